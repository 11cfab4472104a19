-- Expands: two more tables, three columns that may be null, and more words for actions and decisions.
-- Nodes of earlier releases never name the columns in a statement, so they keep their values. They
-- allow calls whatever the limits are.

-- A plan gives limits to each key of a workspace, and to the workspace as a whole.
CREATE TABLE plans (
    name TEXT PRIMARY KEY NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
    key_limits TEXT NOT NULL CHECK (json_type(key_limits) = 'array'),
    workspace_limits TEXT NOT NULL CHECK (json_type(workspace_limits) = 'array')
) STRICT, WITHOUT ROWID;

-- What is used of a limit: one row for each limit in use. subject is the id of a key, or zero for the
-- workspace as a whole. updated_on is the beginning of the day (UTC) of the last change. Rows refer to
-- no other table: they are removed when they have not changed for longer than any window lasts.
CREATE TABLE limit_ledgers (
    updated_on INTEGER NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    workspace_id TEXT NOT NULL CHECK (length(workspace_id) BETWEEN 1 AND 128),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
    ledger TEXT NOT NULL,
    PRIMARY KEY (workspace_id, subject, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX limit_ledgers_oldest_first ON limit_ledgers (updated_on);

ALTER TABLE workspaces ADD COLUMN plan TEXT REFERENCES plans (name);

-- The key's own limits, an array; NULL when there are none.
ALTER TABLE api_keys ADD COLUMN limits TEXT;

-- SQLite can't drop a constraint without a name, so the table is made anew: only the actions differ.
CREATE TABLE new_deployment_events (
    position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    action TEXT NOT NULL CHECK (action IN (
        'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
        'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED',
        'SCOPE_CHANGED', 'SCOPE_REMOVED')),
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

-- The plan that an event is about.
ALTER TABLE deployment_events ADD COLUMN plan TEXT CHECK (length(plan) BETWEEN 1 AND 32);

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

-- The same: only the decisions differ.
CREATE TABLE new_key_denials (
    hour INTEGER NOT NULL CHECK (hour % 3600000000 = 0),
    last_denied_at INTEGER NOT NULL,
    denial_count INTEGER NOT NULL CHECK (denial_count >= 0),
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    decision TEXT NOT NULL CHECK (decision IN ('DISABLED', 'EXPIRED', 'WRONG_MODE', 'IP_NOT_ALLOWED',
        'NO_SCOPES', 'INSUFFICIENT_SCOPE', 'RATE_LIMITED', 'QUOTA_EXCEEDED', 'COST_ABOVE_LIMIT')),
    last_denied_address TEXT,
    PRIMARY KEY (api_key_id, hour, decision),
    CHECK (last_denied_at >= hour AND last_denied_at - hour < 3600000000)
) STRICT, WITHOUT ROWID;

INSERT INTO new_key_denials SELECT * FROM key_denials;
DROP TABLE key_denials;
ALTER TABLE new_key_denials RENAME TO key_denials;

CREATE INDEX key_denials_oldest_first ON key_denials (hour);
