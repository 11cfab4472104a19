-- Expands: four more tables, and triggers that write to one of them, so that older binaries fill it too.
-- Events before this migration are not published: their history may be long, and nobody waits for it.

-- What is to be published: an event of a workspace's trail (workspace_id, trail_position), an event of the
-- deployment's trail (trail_position only), or a notice (workspace_id, notice, notice_id). A trail is
-- written under the lock of its head, so its events have growing numbers, and become visible in that order.
CREATE TABLE outbox (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text COLLATE "C" CHECK (length(workspace_id) BETWEEN 1 AND 128),
    trail_position bigint CHECK (trail_position >= 1),
    notice jsonb CHECK (jsonb_typeof(notice) = 'object'),
    notice_id uuid UNIQUE,
    CHECK ((notice IS NULL) = (notice_id IS NULL)),
    CHECK ((notice IS NULL) <> (trail_position IS NULL)),
    CHECK (notice IS NULL OR workspace_id IS NOT NULL)
);

-- The published events, in their order. Only a notice has its content here; that of other events is in
-- their trail. sequence counts the events of a workspace from 1. Events of the deployment have no
-- workspace_id here, whatever they are about.
CREATE TABLE published_events (
    position bigint PRIMARY KEY CHECK (position >= 1),
    id uuid NOT NULL UNIQUE,
    workspace_id text COLLATE "C" CHECK (length(workspace_id) BETWEEN 1 AND 128),
    sequence bigint CHECK (sequence >= 1),
    event_type text NOT NULL,
    trail_position bigint NOT NULL CHECK (trail_position >= 0),
    trail_hash bytea NOT NULL CHECK (length(trail_hash) = 32),
    notice jsonb CHECK (jsonb_typeof(notice) = 'object'),
    published_at timestamptz NOT NULL,
    UNIQUE (workspace_id, sequence),
    CHECK ((workspace_id IS NULL) = (sequence IS NULL)),
    CHECK (notice IS NULL OR workspace_id IS NOT NULL)
);

-- The last sequence of each workspace. It outlives the events and the workspace, so that no sequence is
-- used twice.
CREATE TABLE event_sequences (
    workspace_id text COLLATE "C" PRIMARY KEY CHECK (length(workspace_id) BETWEEN 1 AND 128),
    sequence bigint NOT NULL CHECK (sequence >= 1)
);

-- One row: the last position. Who publishes locks it first.
CREATE TABLE event_log (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    head bigint NOT NULL CHECK (head >= 0)
);

INSERT INTO event_log (head) VALUES (0);

-- Roles that serve also publish.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, DELETE ON outbox, published_events TO %s', grantee::regrole);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON event_sequences TO %s', grantee::regrole);
        EXECUTE format('GRANT SELECT, UPDATE ON event_log TO %s', grantee::regrole);
    END LOOP;
END
$$;

-- With the rights of their owner: a role that changes keys may not have any on the new table yet.
CREATE FUNCTION put_key_event() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO outbox (workspace_id, trail_position) VALUES (NEW.workspace_id, NEW.position);
    RETURN NULL;
END
$$;
CREATE FUNCTION put_deployment_event() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO outbox (trail_position) VALUES (NEW.position);
    RETURN NULL;
END
$$;

CREATE TRIGGER put_event AFTER INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION put_key_event();
CREATE TRIGGER put_event AFTER INSERT ON deployment_events
    FOR EACH ROW EXECUTE FUNCTION put_deployment_event();
