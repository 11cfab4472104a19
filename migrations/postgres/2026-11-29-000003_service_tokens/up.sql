-- Expands: one more table, and one more column of the trails that may be null.

-- A service token is never removed: its name in the trails is never another token's. hash is
-- SHA-256 of its secret.
CREATE TABLE service_tokens (
    name text COLLATE "C" PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 31),
    permissions text[] NOT NULL,
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);

-- The name of the service token that made a change. actor_kind is OPERATOR then, because older
-- binaries know no other kind that fits: they show an operator. Rows that exist have no name, so
-- there is nothing to validate.
ALTER TABLE audit_events ADD COLUMN actor_service text;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_actor_service CHECK (
    actor_service IS NULL OR (length(actor_service) BETWEEN 1 AND 31 AND actor_kind = 'OPERATOR')
) NOT VALID;
ALTER TABLE deployment_events ADD COLUMN actor_service text;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_actor_service CHECK (
    actor_service IS NULL OR (length(actor_service) BETWEEN 1 AND 31 AND actor_kind = 'OPERATOR')
) NOT VALID;

-- Roles that serve must read the tokens and write their last use, and also run the operators'
-- commands.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON service_tokens TO %s', grantee::regrole);
    END LOOP;
END
$$;
