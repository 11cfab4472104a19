-- Expands: one more index.

-- For lists of the keys with one external id. Built concurrently with writers, which is impossible in
-- a transaction, so this must be the only statement here.
CREATE INDEX CONCURRENTLY api_keys_by_external_id
    ON api_keys (workspace_id, external_id, created_at DESC, id DESC)
    WHERE external_id IS NOT NULL AND deleted_at IS NULL;
