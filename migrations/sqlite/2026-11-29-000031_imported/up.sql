-- Expands: a column that is false for all keys of older binaries.

-- Whether the key's first secret was imported: only its hash is known, and it may have any form.
ALTER TABLE api_keys ADD COLUMN is_imported INTEGER NOT NULL DEFAULT 0
    CHECK (is_imported IN (0, 1));
