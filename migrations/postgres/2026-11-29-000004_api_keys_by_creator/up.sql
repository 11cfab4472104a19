-- Expands: one more index.

-- For disabling all keys of a user, in all workspaces. Built concurrently with writers, which is
-- impossible in a transaction, so this must be the only statement here.
CREATE INDEX CONCURRENTLY api_keys_by_creator ON api_keys (created_by, id)
    WHERE created_by IS NOT NULL AND deleted_at IS NULL;
