-- Expands: one more index.

-- For lists of the keys with one external id.
CREATE INDEX api_keys_by_external_id
    ON api_keys (workspace_id, external_id, created_at DESC, id DESC)
    WHERE external_id IS NOT NULL AND deleted_at IS NULL;
