-- Expands: one more table.

-- Sessions that were signed out. session_id is SHA-256 of the signed part of the session's token,
-- never a token. ends_at is the token's exp; after that the row can be removed.
CREATE TABLE ended_sessions (
    session_id BLOB PRIMARY KEY NOT NULL CHECK (length(session_id) = 32),
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ended_sessions_oldest_first ON ended_sessions (ends_at);
