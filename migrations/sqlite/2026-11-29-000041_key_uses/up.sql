-- Expands: one more table.

-- Uses of keys by hour: one row per key and hour (UTC, beginning at `hour`). `addresses` has one bit of 64
-- for each address, by its hash. Rows are removed with their key, or after some time.
CREATE TABLE key_uses (
    hour INTEGER NOT NULL CHECK (hour % 3600000000 = 0),
    use_count INTEGER NOT NULL CHECK (use_count >= 0),
    addresses INTEGER NOT NULL,
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    PRIMARY KEY (api_key_id, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_uses_oldest_first ON key_uses (hour);
