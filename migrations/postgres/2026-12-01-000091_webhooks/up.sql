-- Expands: two more tables, a column that may be null, more words for actions, and a trigger that fills one of
-- the tables, so that publication by older binaries fills it too.

-- Where events are sent: those about keys of a workspace, or, without workspace_id, all. event_types is an array of
-- texts; an empty one means every type. Keys for signatures are derived from id and secret_generation.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    workspace_id text COLLATE "C" REFERENCES workspaces (id) ON DELETE CASCADE,
    url text NOT NULL CHECK (length(url) BETWEEN 8 AND 2048),
    event_types jsonb NOT NULL CHECK (jsonb_typeof(event_types) = 'array'),
    encoding text NOT NULL CHECK (encoding IN ('KEYWARD', 'CAEP')),
    secret_generation bigint NOT NULL CHECK (secret_generation >= 0),
    created_at timestamptz NOT NULL,
    previous_secret_until timestamptz,
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_reason text CHECK (disabled_reason IN ('FAILING', 'GONE')),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, id);

-- One row for each event and each webhook that gets it. Events with the same ordered_by, the id of their key or
-- zero, are delivered one after the other: of those that are pending, only the first has due_at. A node that
-- tries it moves due_at to the end of its lease.
CREATE TABLE webhook_deliveries (
    webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    position bigint NOT NULL REFERENCES published_events (position) ON DELETE CASCADE,
    ordered_by uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
    attempts bigint NOT NULL CHECK (attempts >= 0),
    due_at timestamptz,
    lease uuid,
    attempted_at timestamptz,
    duration_micros bigint CHECK (duration_micros >= 0),
    answer_status bigint CHECK (answer_status BETWEEN 100 AND 999),
    answer text CHECK (length(answer) <= 512),
    failure text CHECK (length(failure) BETWEEN 1 AND 64),
    PRIMARY KEY (webhook_id, position),
    CHECK (due_at IS NULL OR status = 'PENDING'),
    CHECK ((answer_status IS NULL) = (answer IS NULL)),
    CHECK (attempted_at IS NULL OR (answer_status IS NULL) <> (failure IS NULL))
);

CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (position);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_in_order
    ON webhook_deliveries (webhook_id, ordered_by, position) WHERE status = 'PENDING';
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (position) WHERE status = 'PENDING';

-- The key that a notice is about. An event of a trail has its key there. Older binaries leave it null.
ALTER TABLE published_events ADD COLUMN api_key_id uuid;

-- The webhook that an event is about. All rows that exist have one of the other actions.
ALTER TABLE deployment_events ADD COLUMN webhook_id uuid;
-- squawk-ignore ban-drop-constraint
ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
    'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED',
    'SCOPE_REMOVED', 'WEBHOOK_ADDED', 'WEBHOOK_CHANGED', 'WEBHOOK_REMOVED')) NOT VALID;

-- The webhooks that get an event, and what it is ordered by.
CREATE VIEW webhook_events AS
    SELECT webhooks.id AS webhook_id, webhooks.disabled_at, published_events.position,
        published_events.workspace_id, published_events.sequence, published_events.published_at,
        COALESCE(published_events.api_key_id, audit_events.api_key_id,
            '00000000-0000-0000-0000-000000000000') AS ordered_by
    FROM published_events
        LEFT JOIN audit_events ON published_events.notice IS NULL
            AND published_events.workspace_id = audit_events.workspace_id
            AND published_events.trail_position = audit_events.position
        INNER JOIN webhooks
            ON (webhooks.workspace_id IS NULL OR webhooks.workspace_id = published_events.workspace_id)
            AND (webhooks.event_types = '[]' OR jsonb_exists(webhooks.event_types, published_events.event_type));

-- Roles that publish also deliver.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'published_events'::regclass AND privilege_type = 'INSERT' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks, webhook_deliveries TO %s', grantee::regrole);
        EXECUTE format('GRANT SELECT ON webhook_events TO %s', grantee::regrole);
    END LOOP;
END
$$;

-- With the rights of their owner, as the other triggers. The lock of the webhooks waits for nodes that end a delivery:
-- they look for the next event, and must find those of this publication, or this publication must see that none is
-- pending.
CREATE FUNCTION put_deliveries() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM webhooks
    WHERE workspace_id IS NULL OR workspace_id IN (SELECT workspace_id FROM published)
    ORDER BY id FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO webhook_deliveries (webhook_id, position, ordered_by, status, attempts, due_at)
    SELECT webhook_id, position, ordered_by, 'PENDING', 0,
        CASE WHEN row_number() OVER (PARTITION BY webhook_id, ordered_by ORDER BY position) = 1
            AND NOT EXISTS (
                SELECT 1 FROM webhook_deliveries AS earlier
                WHERE earlier.webhook_id = webhook_events.webhook_id
                    AND earlier.ordered_by = webhook_events.ordered_by AND earlier.status = 'PENDING')
        THEN published_at END
    FROM webhook_events
    WHERE disabled_at IS NULL AND position IN (SELECT position FROM published);
    RETURN NULL;
END
$$;

CREATE TRIGGER put_deliveries AFTER INSERT ON published_events REFERENCING NEW TABLE AS published
    FOR EACH STATEMENT EXECUTE FUNCTION put_deliveries();
