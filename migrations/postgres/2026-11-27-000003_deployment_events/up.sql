-- Expands: two more tables.

-- Changes to workspaces, members and scopes. position counts them from 1. hash is chain_hash of the
-- previous event's hash and this event's digest. before and after are a role or descriptions.
CREATE TABLE deployment_events (
    position bigint PRIMARY KEY CHECK (position >= 1),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    action text NOT NULL CHECK (action IN (
        'WORKSPACE_ADDED', 'WORKSPACE_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED',
        'SCOPE_ADDED', 'SCOPE_CHANGED', 'SCOPE_REMOVED')),
    workspace_id text COLLATE "C" CHECK (length(workspace_id) BETWEEN 1 AND 128),
    user_id text COLLATE "C" CHECK (length(user_id) BETWEEN 1 AND 128),
    scope text COLLATE "C" CHECK (length(scope) BETWEEN 3 AND 64),
    before jsonb CHECK (jsonb_typeof(before) IN ('string', 'object')),
    after jsonb CHECK (jsonb_typeof(after) IN ('string', 'object')),
    actor_kind text NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id text COLLATE "C" CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal text CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address inet,
    request_id text NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at timestamptz NOT NULL,
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
);

-- One row: the head of this trail.
CREATE TABLE deployment_trail (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    event_count bigint NOT NULL CHECK (event_count >= 0),
    event_hash bytea NOT NULL CHECK (length(event_hash) = 32)
);

INSERT INTO deployment_trail (event_count, event_hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deployment_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON deployment_events FROM CURRENT_USER;

-- Roles that serve also run the operators' commands.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format('GRANT SELECT, INSERT ON deployment_events TO %s', grantee::regrole);
        EXECUTE format('GRANT SELECT, UPDATE ON deployment_trail TO %s', grantee::regrole);
    END LOOP;
END
$$;
