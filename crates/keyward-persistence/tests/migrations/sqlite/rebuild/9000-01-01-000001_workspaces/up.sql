CREATE TABLE new_workspaces (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 200),
    key_count INTEGER NOT NULL DEFAULT 0 CHECK (key_count >= 0),
    event_count INTEGER NOT NULL DEFAULT 0 CHECK (event_count >= 0),
    event_hash BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(event_hash) = 32),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO new_workspaces
    SELECT id, key_count, event_count, event_hash, created_at FROM workspaces;
DROP TABLE workspaces;
ALTER TABLE new_workspaces RENAME TO workspaces;
