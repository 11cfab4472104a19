DROP INDEX api_keys_imported;
