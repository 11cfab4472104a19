-- Expands: three columns that may be null. Nodes of earlier releases never name them in a statement,
-- so a key that they change keeps its values.

ALTER TABLE api_keys ADD COLUMN description TEXT;
ALTER TABLE api_keys ADD COLUMN external_id TEXT;
ALTER TABLE api_keys ADD COLUMN metadata TEXT;
