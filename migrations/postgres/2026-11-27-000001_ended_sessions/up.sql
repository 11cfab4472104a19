-- Expands: one more table.

-- Sessions that somebody has signed out of. session_id is SHA-256 of what is signed in the session's
-- token, never a token; ends_at is the token's exp, after which the row can go.
CREATE TABLE ended_sessions (
    session_id bytea PRIMARY KEY CHECK (length(session_id) = 32),
    ends_at timestamptz NOT NULL
);

CREATE INDEX ended_sessions_oldest_first ON ended_sessions (ends_at);

-- Roles that serve have to read and write it.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON ended_sessions TO %s', grantee::regrole);
    END LOOP;
END
$$;
