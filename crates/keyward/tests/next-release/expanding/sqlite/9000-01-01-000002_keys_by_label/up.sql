-- Expands: an index.
CREATE INDEX api_keys_by_label ON api_keys (label);
