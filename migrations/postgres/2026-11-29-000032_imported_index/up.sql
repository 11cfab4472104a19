-- Expands: one more index.

-- To know whether any key was imported. Built concurrently with writers, which is impossible
-- in a transaction, so this must be the only statement here.
CREATE INDEX CONCURRENTLY api_keys_imported ON api_keys (id)
    WHERE is_imported;
