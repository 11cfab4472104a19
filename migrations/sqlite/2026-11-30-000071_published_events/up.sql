-- Expands: four more tables, and triggers that write to one of them, so that older binaries fill it too.
-- Events before this migration are not published: their history may be long, and nobody waits for it.

-- What is to be published: an event of a workspace's trail (workspace_id, trail_position), an event of the
-- deployment's trail (trail_position only), or a notice (workspace_id, notice, notice_id).
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    workspace_id TEXT CHECK (length(workspace_id) BETWEEN 1 AND 128),
    trail_position INTEGER CHECK (trail_position >= 1),
    notice TEXT CHECK (json_type(notice) = 'object'),
    notice_id BLOB UNIQUE CHECK (length(notice_id) = 16),
    CHECK ((notice IS NULL) = (notice_id IS NULL)),
    CHECK ((notice IS NULL) <> (trail_position IS NULL)),
    CHECK (notice IS NULL OR workspace_id IS NOT NULL)
) STRICT;

-- The published events, in their order. Only a notice has its content here; that of other events is in
-- their trail. sequence counts the events of a workspace from 1. Events of the deployment have no
-- workspace_id here, whatever they are about.
CREATE TABLE published_events (
    position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    workspace_id TEXT CHECK (length(workspace_id) BETWEEN 1 AND 128),
    sequence INTEGER CHECK (sequence >= 1),
    event_type TEXT NOT NULL,
    trail_position INTEGER NOT NULL CHECK (trail_position >= 0),
    trail_hash BLOB NOT NULL CHECK (length(trail_hash) = 32),
    notice TEXT CHECK (json_type(notice) = 'object'),
    published_at INTEGER NOT NULL,
    UNIQUE (workspace_id, sequence),
    CHECK ((workspace_id IS NULL) = (sequence IS NULL)),
    CHECK (notice IS NULL OR workspace_id IS NOT NULL)
) STRICT;

-- The last sequence of each workspace. It outlives the events and the workspace, so that no sequence is
-- used twice.
CREATE TABLE event_sequences (
    workspace_id TEXT PRIMARY KEY NOT NULL CHECK (length(workspace_id) BETWEEN 1 AND 128),
    sequence INTEGER NOT NULL CHECK (sequence >= 1)
) STRICT, WITHOUT ROWID;

-- One row: the last position.
CREATE TABLE event_log (
    is_only INTEGER PRIMARY KEY NOT NULL DEFAULT 1 CHECK (is_only = 1),
    head INTEGER NOT NULL CHECK (head >= 0)
) STRICT;

INSERT INTO event_log (head) VALUES (0);

CREATE TRIGGER put_key_event AFTER INSERT ON audit_events
BEGIN
    INSERT INTO outbox (workspace_id, trail_position) VALUES (NEW.workspace_id, NEW.position);
END;
CREATE TRIGGER put_deployment_event AFTER INSERT ON deployment_events
BEGIN
    INSERT INTO outbox (trail_position) VALUES (NEW.position);
END;
