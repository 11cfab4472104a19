-- Expands: two more tables, and triggers that refuse to replace an event.

-- Changes to workspaces, members and scopes. position counts them from 1. hash is chain_hash (a
-- function of the program) of the previous event's hash and this event's digest. before and after
-- are a role or descriptions.
CREATE TABLE deployment_events (
    position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    action TEXT NOT NULL CHECK (action IN (
        'WORKSPACE_ADDED', 'WORKSPACE_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED',
        'SCOPE_ADDED', 'SCOPE_CHANGED', 'SCOPE_REMOVED')),
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
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
) STRICT;

-- One row: the head of this trail.
CREATE TABLE deployment_trail (
    is_only INTEGER PRIMARY KEY NOT NULL DEFAULT 1 CHECK (is_only = 1),
    event_count INTEGER NOT NULL CHECK (event_count >= 0),
    event_hash BLOB NOT NULL CHECK (length(event_hash) = 32)
) STRICT;

INSERT INTO deployment_trail (event_count, event_hash) VALUES (0, zeroblob(32));

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

CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events
    WHERE workspace_id = NEW.workspace_id AND position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
