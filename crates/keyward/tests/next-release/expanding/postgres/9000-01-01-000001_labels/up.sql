-- Expands: a column that may be null, and a table.
ALTER TABLE api_keys ADD COLUMN label text;
CREATE TABLE labels (name text PRIMARY KEY);
