-- Expands: one more table.

-- Sessions that somebody has signed out of. session_id is SHA-256 of what is signed in the session's
-- token, never a token; ends_at is the token's exp, after which the row can go.
CREATE TABLE ended_sessions (
    session_id BLOB PRIMARY KEY NOT NULL CHECK (length(session_id) = 32),
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ended_sessions_oldest_first ON ended_sessions (ends_at);
