DROP INDEX api_keys_by_last_use;
