-- Expands: a column that may be null, and a table.
ALTER TABLE api_keys ADD COLUMN label TEXT;
CREATE TABLE labels (name TEXT PRIMARY KEY NOT NULL) STRICT;
