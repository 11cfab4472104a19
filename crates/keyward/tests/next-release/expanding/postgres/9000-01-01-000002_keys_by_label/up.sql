-- Expands: an index.
CREATE INDEX CONCURRENTLY api_keys_by_label ON api_keys (label);
