DROP INDEX CONCURRENTLY IF EXISTS api_keys_by_external_id;
