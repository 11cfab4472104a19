-- Instants are microseconds since the Unix epoch, UUIDs are 16 bytes, lists and documents are JSON.
-- Lengths and words are also checked here, so that rows from other programs are readable.

-- event_count and event_hash are the head of the workspace's trail.
CREATE TABLE workspaces (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
    key_count INTEGER NOT NULL DEFAULT 0 CHECK (key_count >= 0),
    event_count INTEGER NOT NULL DEFAULT 0 CHECK (event_count >= 0),
    event_hash BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(event_hash) = 32),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
    role TEXT NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'OPERATOR', 'VIEWER')),
    PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scopes (
    code TEXT PRIMARY KEY NOT NULL CHECK (length(code) BETWEEN 3 AND 64),
    descriptions TEXT NOT NULL CHECK (json_type(descriptions) = 'object')
) STRICT, WITHOUT ROWID;

-- A key has its current secret and, after a rotation, the previous one until it ends. Last uses do
-- not change the version.
CREATE TABLE api_keys (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('LIVE', 'TEST')),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    name_folded TEXT NOT NULL CHECK (length(name_folded) BETWEEN 1 AND 512),
    scopes TEXT NOT NULL CHECK (json_type(scopes) = 'array'),
    ip_allowlist TEXT NOT NULL CHECK (json_type(ip_allowlist) = 'array'),
    is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
    expires_at INTEGER,
    secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    secret_hint TEXT NOT NULL CHECK (length(secret_hint) = 4),
    secret_created_at INTEGER NOT NULL,
    secret_last_used_at INTEGER,
    secret_last_used_address TEXT,
    secret_use_count INTEGER NOT NULL DEFAULT 0 CHECK (secret_use_count >= 0),
    previous_secret_hash BLOB CHECK (length(previous_secret_hash) = 32),
    previous_secret_hint TEXT CHECK (length(previous_secret_hint) = 4),
    previous_secret_created_at INTEGER,
    previous_secret_ends_at INTEGER,
    previous_secret_last_used_at INTEGER,
    previous_secret_last_used_address TEXT,
    previous_secret_use_count INTEGER NOT NULL DEFAULT 0 CHECK (previous_secret_use_count >= 0),
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT CHECK (length(created_by) BETWEEN 1 AND 128),
    version INTEGER NOT NULL CHECK (version >= 1),
    deleted_at INTEGER,
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_hint IS NULL)),
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_created_at IS NULL)),
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_ends_at IS NULL))
) STRICT;

-- The index includes the columns that lists count and filter by, so that lists only read the rows
-- that they show.
CREATE INDEX api_keys_newest_first ON api_keys
    (workspace_id, deleted_at, created_at DESC, id DESC, is_disabled, expires_at, mode);
CREATE INDEX api_keys_by_name ON api_keys (workspace_id, deleted_at, name_folded, id);
CREATE UNIQUE INDEX api_keys_previous_secret_hash ON api_keys (previous_secret_hash)
    WHERE previous_secret_hash IS NOT NULL;
CREATE INDEX api_keys_expiring ON api_keys (expires_at, id)
    WHERE expires_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX api_keys_deleted ON api_keys (deleted_at) WHERE deleted_at IS NOT NULL;

-- No reference to api_keys: the trail outlives the key. position counts the events of a workspace
-- from 1. hash is chain_hash (a function of the program) of the previous event's hash and this
-- event's digest.
CREATE TABLE audit_events (
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

CREATE INDEX audit_events_of_key ON audit_events (workspace_id, api_key_id, position);

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;

CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;

-- No reference to workspaces: the record is written before it is known whether the workspace
-- exists.
CREATE TABLE idempotency_records (
    workspace_id TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('CREATE', 'ROTATE')),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    api_key_id BLOB NOT NULL CHECK (length(api_key_id) = 16),
    api_key_mode TEXT NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, operation, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_records_oldest_first ON idempotency_records (created_at);
