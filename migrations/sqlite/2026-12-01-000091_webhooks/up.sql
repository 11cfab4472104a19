-- Expands: two more tables, a column that may be null, more words for actions, and a trigger that fills one of
-- the tables, so that publication by older binaries fills it too.

-- Where events are sent: those about keys of a workspace, or, without workspace_id, all. event_types is an array of
-- texts; an empty one means every type. Keys for signatures are derived from id and secret_generation.
CREATE TABLE webhooks (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    workspace_id TEXT REFERENCES workspaces (id) ON DELETE CASCADE,
    url TEXT NOT NULL CHECK (length(url) BETWEEN 8 AND 2048),
    event_types TEXT NOT NULL CHECK (json_type(event_types) = 'array'),
    encoding TEXT NOT NULL CHECK (encoding IN ('KEYWARD', 'CAEP')),
    secret_generation INTEGER NOT NULL CHECK (secret_generation >= 0),
    created_at INTEGER NOT NULL,
    previous_secret_until INTEGER,
    failing_since INTEGER,
    disabled_at INTEGER,
    disabled_reason TEXT CHECK (disabled_reason IN ('FAILING', 'GONE')),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
) STRICT;

CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, id);

-- One row for each event and each webhook that gets it. Events with the same ordered_by, the id of their key or
-- zero, are delivered one after the other: of those that are pending, only the first has due_at. A node that
-- tries it moves due_at to the end of its lease.
CREATE TABLE webhook_deliveries (
    webhook_id BLOB NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    position INTEGER NOT NULL REFERENCES published_events (position) ON DELETE CASCADE,
    ordered_by BLOB NOT NULL CHECK (length(ordered_by) = 16),
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    due_at INTEGER,
    lease BLOB CHECK (length(lease) = 16),
    attempted_at INTEGER,
    duration_micros INTEGER CHECK (duration_micros >= 0),
    answer_status INTEGER CHECK (answer_status BETWEEN 100 AND 999),
    answer TEXT CHECK (length(answer) <= 512),
    failure TEXT CHECK (length(failure) BETWEEN 1 AND 64),
    PRIMARY KEY (webhook_id, position),
    CHECK (due_at IS NULL OR status = 'PENDING'),
    CHECK ((answer_status IS NULL) = (answer IS NULL)),
    CHECK (attempted_at IS NULL OR (answer_status IS NULL) <> (failure IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (position);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_in_order
    ON webhook_deliveries (webhook_id, ordered_by, position) WHERE status = 'PENDING';
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (position) WHERE status = 'PENDING';

-- The key that a notice is about. An event of a trail has its key there. Older binaries leave it null.
ALTER TABLE published_events ADD COLUMN api_key_id BLOB CHECK (length(api_key_id) = 16);

-- SQLite can't drop a constraint without a name, so the table is made anew: only the actions differ.
CREATE TABLE new_deployment_events (
    position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    action TEXT NOT NULL CHECK (action IN (
        'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
        'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED',
        'SCOPE_CHANGED', 'SCOPE_REMOVED', 'WEBHOOK_ADDED', 'WEBHOOK_CHANGED', 'WEBHOOK_REMOVED')),
    workspace_id TEXT CHECK (length(workspace_id) BETWEEN 1 AND 128),
    user_id TEXT CHECK (length(user_id) BETWEEN 1 AND 128),
    scope TEXT CHECK (length(scope) BETWEEN 3 AND 64),
    before TEXT CHECK (json_type(before) IN ('text', 'object')),
    after TEXT CHECK (json_type(after) IN ('text', 'object')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id TEXT CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal TEXT CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address TEXT,
    request_id TEXT NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at INTEGER NOT NULL,
    actor_service TEXT
        CHECK (
            actor_service IS NULL
            OR (length(actor_service) BETWEEN 1 AND 31 AND actor_kind = 'OPERATOR')
        ),
    plan TEXT CHECK (length(plan) BETWEEN 1 AND 32),
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
) STRICT;

INSERT INTO new_deployment_events SELECT * FROM deployment_events;
DROP TABLE deployment_events;
ALTER TABLE new_deployment_events RENAME TO deployment_events;

-- The webhook that an event is about.
ALTER TABLE deployment_events ADD COLUMN webhook_id BLOB CHECK (length(webhook_id) = 16);

CREATE TRIGGER deployment_events_no_update BEFORE UPDATE ON deployment_events
BEGIN
    SELECT RAISE(ABORT, 'deployment_events is append-only');
END;

CREATE TRIGGER deployment_events_no_delete BEFORE DELETE ON deployment_events
BEGIN
    SELECT RAISE(ABORT, 'deployment_events is append-only');
END;

-- INSERT OR REPLACE does not fire delete triggers.
CREATE TRIGGER deployment_events_no_replace BEFORE INSERT ON deployment_events
WHEN EXISTS (SELECT 1 FROM deployment_events WHERE position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'deployment_events is append-only');
END;

CREATE TRIGGER put_deployment_event AFTER INSERT ON deployment_events
BEGIN
    INSERT INTO outbox (trail_position) VALUES (NEW.position);
END;

-- The webhooks that get an event, and what it is ordered by.
CREATE VIEW webhook_events AS
    SELECT webhooks.id AS webhook_id, webhooks.disabled_at, published_events.position,
        published_events.workspace_id, published_events.sequence, published_events.published_at,
        COALESCE(published_events.api_key_id, audit_events.api_key_id, zeroblob(16)) AS ordered_by
    FROM published_events
        LEFT JOIN audit_events ON published_events.notice IS NULL
            AND published_events.workspace_id = audit_events.workspace_id
            AND published_events.trail_position = audit_events.position
        INNER JOIN webhooks
            ON (webhooks.workspace_id IS NULL OR webhooks.workspace_id = published_events.workspace_id)
            AND (webhooks.event_types = '[]'
                OR EXISTS (SELECT 1 FROM json_each(webhooks.event_types) WHERE value = published_events.event_type));

CREATE TRIGGER put_deliveries AFTER INSERT ON published_events
BEGIN
    INSERT INTO webhook_deliveries (webhook_id, position, ordered_by, status, attempts, due_at)
    SELECT webhook_id, position, ordered_by, 'PENDING', 0,
        CASE WHEN NOT EXISTS (
            SELECT 1 FROM webhook_deliveries AS earlier
            WHERE earlier.webhook_id = webhook_events.webhook_id
                AND earlier.ordered_by = webhook_events.ordered_by AND earlier.status = 'PENDING')
        THEN published_at END
    FROM webhook_events
    WHERE disabled_at IS NULL AND position = NEW.position;
END;
