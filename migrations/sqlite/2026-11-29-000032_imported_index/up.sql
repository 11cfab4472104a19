-- Expands: one more index.

-- To know whether any key was imported.
CREATE INDEX api_keys_imported ON api_keys (id)
    WHERE is_imported;
