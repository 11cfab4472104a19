-- Expands: a column with a default, which older binaries need not write, and a table.
ALTER TABLE api_keys ADD COLUMN label text NOT NULL DEFAULT '';
CREATE TABLE labels (name text PRIMARY KEY);
