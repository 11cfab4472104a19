-- Expands: one more index.

-- For the keys with one external id in all workspaces.
CREATE INDEX api_keys_by_external_id_everywhere ON api_keys (external_id, id)
    WHERE external_id IS NOT NULL AND deleted_at IS NULL;
