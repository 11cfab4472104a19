CREATE TABLE old_audit_events (
    workspace_id TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    api_key_id BLOB NOT NULL CHECK (length(api_key_id) = 16),
    api_key_mode TEXT NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    action TEXT NOT NULL CHECK (action IN (
        'CREATED', 'UPDATED', 'DISABLED', 'ENABLED', 'ROTATED', 'OVERLAP_ENDED', 'DELETED')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id TEXT CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal TEXT CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address TEXT,
    request_id TEXT NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at INTEGER NOT NULL,
    before TEXT CHECK (json_type(before) = 'object'),
    after TEXT CHECK (json_type(after) = 'object'),
    PRIMARY KEY (workspace_id, position),
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
) STRICT;

INSERT INTO old_audit_events SELECT * FROM audit_events;
DROP TABLE audit_events;
ALTER TABLE old_audit_events RENAME TO audit_events;

CREATE INDEX audit_events_of_key ON audit_events (workspace_id, api_key_id, position);
CREATE INDEX audit_events_by_time ON audit_events (occurred_at, workspace_id, position);

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;

CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;

-- INSERT OR REPLACE fires no trigger of a removal.
CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events
    WHERE workspace_id = NEW.workspace_id AND position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
