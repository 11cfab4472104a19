-- Expands: one more index.

-- For disabling all keys of a user, in all workspaces.
CREATE INDEX api_keys_by_creator ON api_keys (created_by, id)
    WHERE created_by IS NOT NULL AND deleted_at IS NULL;
