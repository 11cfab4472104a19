DROP INDEX api_keys_by_external_id;
