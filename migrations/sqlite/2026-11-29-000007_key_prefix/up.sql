-- Expands: three columns with a default, the prefix of all keys so far. Nodes of earlier releases never
-- name them in a statement, so a key that they change keeps its prefix.

ALTER TABLE idempotency_records ADD COLUMN api_key_prefix TEXT NOT NULL DEFAULT 'sk'
    CHECK (length(api_key_prefix) BETWEEN 2 AND 12 AND api_key_prefix GLOB '[a-z]*'
        AND api_key_prefix NOT GLOB '*[^a-z0-9]*');
ALTER TABLE audit_events ADD COLUMN api_key_prefix TEXT NOT NULL DEFAULT 'sk'
    CHECK (length(api_key_prefix) BETWEEN 2 AND 12 AND api_key_prefix GLOB '[a-z]*'
        AND api_key_prefix NOT GLOB '*[^a-z0-9]*');
ALTER TABLE api_keys ADD COLUMN prefix TEXT NOT NULL DEFAULT 'sk'
    CHECK (length(prefix) BETWEEN 2 AND 12 AND prefix GLOB '[a-z]*'
        AND prefix NOT GLOB '*[^a-z0-9]*');
