-- Expands: a column with a default, which older binaries need not write, and a table.
ALTER TABLE api_keys ADD COLUMN label TEXT NOT NULL DEFAULT '';
CREATE TABLE labels (name TEXT PRIMARY KEY NOT NULL) STRICT;
