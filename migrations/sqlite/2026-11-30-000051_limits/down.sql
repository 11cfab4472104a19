CREATE TABLE old_key_denials (
    hour INTEGER NOT NULL CHECK (hour % 3600000000 = 0),
    last_denied_at INTEGER NOT NULL,
    denial_count INTEGER NOT NULL CHECK (denial_count >= 0),
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    decision TEXT NOT NULL CHECK (decision IN ('DISABLED', 'EXPIRED', 'WRONG_MODE', 'IP_NOT_ALLOWED',
        'NO_SCOPES', 'INSUFFICIENT_SCOPE')),
    last_denied_address TEXT,
    PRIMARY KEY (api_key_id, hour, decision),
    CHECK (last_denied_at >= hour AND last_denied_at - hour < 3600000000)
) STRICT, WITHOUT ROWID;

INSERT INTO old_key_denials SELECT * FROM key_denials;
DROP TABLE key_denials;
ALTER TABLE old_key_denials RENAME TO key_denials;

CREATE INDEX key_denials_oldest_first ON key_denials (hour);

ALTER TABLE deployment_events DROP COLUMN plan;

CREATE TABLE old_deployment_events (
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

INSERT INTO old_deployment_events SELECT * FROM deployment_events;
DROP TABLE deployment_events;
ALTER TABLE old_deployment_events RENAME TO deployment_events;

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

ALTER TABLE api_keys DROP COLUMN limits;
ALTER TABLE workspaces DROP COLUMN plan;
DROP TABLE limit_ledgers;
DROP TABLE plans;
