-- Expands: four columns that may be null, and one more action of deployment events. Nodes of earlier
-- releases never name the columns in a statement, so they keep their values.

-- The workspace's own policy for the lifetime of its keys, which it has when key_may_never_expire is
-- not null; otherwise the deployment's counts.
ALTER TABLE workspaces ADD COLUMN key_lifetime_default_days INTEGER
    CHECK (key_lifetime_default_days BETWEEN 1 AND 3650);
ALTER TABLE workspaces ADD COLUMN key_lifetime_max_days INTEGER
    CHECK (
        key_lifetime_max_days BETWEEN 1 AND 3650
        AND coalesce(key_lifetime_default_days <= key_lifetime_max_days, 1)
    );
ALTER TABLE workspaces ADD COLUMN key_may_never_expire INTEGER
    CHECK (key_may_never_expire IN (0, 1));
ALTER TABLE workspaces ADD COLUMN key_lifetime_existing TEXT
    CHECK (
        CASE WHEN key_may_never_expire IS NULL
            THEN key_lifetime_existing IS NULL AND key_lifetime_default_days IS NULL
                AND key_lifetime_max_days IS NULL
            ELSE key_lifetime_existing IS NOT NULL
                AND key_lifetime_existing IN ('REPORT', 'REFUSE')
                AND (key_lifetime_existing = 'REPORT' OR key_lifetime_max_days IS NOT NULL)
        END
    );

-- SQLite can't drop a constraint without a name, so the table is made anew: only the actions differ.
CREATE TABLE new_deployment_events (
    position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    action TEXT NOT NULL CHECK (action IN (
        'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'MEMBER_ADDED',
        'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED', 'SCOPE_REMOVED')),
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
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
) STRICT;

INSERT INTO new_deployment_events SELECT * FROM deployment_events;
DROP TABLE deployment_events;
ALTER TABLE new_deployment_events RENAME TO deployment_events;

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
