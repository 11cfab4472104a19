-- Expands: one more table.

-- Denials of keys by reason and hour: one row per key, reason and hour (UTC, beginning at `hour`).
-- Rows are removed with their key, or after 90 days.
CREATE TABLE key_denials (
    hour INTEGER NOT NULL CHECK (hour % 3600000000 = 0),
    last_denied_at INTEGER NOT NULL,
    denial_count INTEGER NOT NULL CHECK (denial_count >= 0),
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    decision TEXT NOT NULL CHECK (decision IN ('DISABLED', 'EXPIRED', 'WRONG_MODE', 'IP_NOT_ALLOWED',
        'NO_SCOPES', 'INSUFFICIENT_SCOPE')),
    last_denied_address TEXT,
    PRIMARY KEY (api_key_id, hour, decision),
    CHECK (last_denied_at >= hour AND last_denied_at - hour < 3600000000)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_denials_oldest_first ON key_denials (hour);
