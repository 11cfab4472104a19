-- Expands: one more table.

-- Sessions that were signed out. session_id is SHA-256 of the signed part of the session's token,
-- never a token. ends_at is the token's exp; after that the row can be removed.
CREATE TABLE ended_sessions (
    session_id bytea PRIMARY KEY CHECK (length(session_id) = 32),
    ends_at timestamptz NOT NULL
);

CREATE INDEX ended_sessions_oldest_first ON ended_sessions (ends_at);

-- Roles that serve must read and write it.
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
