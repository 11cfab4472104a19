CREATE INDEX api_keys_by_last_use
    ON api_keys (workspace_id, deleted_at, last_used_at IS NOT NULL, last_used_at, id);
