-- Expands: one more table.

-- The last day (UTC, its beginning) on which an allowed call with a key required a scope: one row per key
-- and scope. Rows are removed with their key. The previous release records nothing here.
CREATE TABLE scope_uses (
    last_used_on INTEGER NOT NULL CHECK (last_used_on % 86400000000 = 0),
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    scope TEXT NOT NULL CHECK (length(scope) BETWEEN 3 AND 64),
    PRIMARY KEY (api_key_id, scope)
) STRICT, WITHOUT ROWID;
