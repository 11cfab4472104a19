-- Instants are microseconds since the Unix epoch, UUIDs 16 bytes, lists and documents JSON.
-- Lengths and words are checked here too: what other programs write must be readable.

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
    key_count INTEGER NOT NULL DEFAULT 0 CHECK (key_count >= 0),
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

CREATE TABLE api_keys (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('LIVE', 'TEST')),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    scopes TEXT NOT NULL CHECK (json_type(scopes) = 'array'),
    ip_allowlist TEXT NOT NULL CHECK (json_type(ip_allowlist) = 'array'),
    is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
    expires_at INTEGER,
    secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    secret_hint TEXT NOT NULL CHECK (length(secret_hint) = 4),
    created_at INTEGER NOT NULL,
    created_by TEXT CHECK (length(created_by) BETWEEN 1 AND 128),
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_newest_first ON api_keys (workspace_id, created_at DESC, id DESC);

-- No reference to api_keys: the trail outlives the key.
CREATE TABLE audit_events (
    seq INTEGER PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    api_key_id BLOB NOT NULL CHECK (length(api_key_id) = 16),
    api_key_mode TEXT NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    action TEXT NOT NULL CHECK (action IN ('CREATED')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id TEXT CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal TEXT CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address TEXT,
    request_id TEXT NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at INTEGER NOT NULL,
    before TEXT CHECK (json_type(before) = 'object'),
    after TEXT CHECK (json_type(after) = 'object'),
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
) STRICT;

CREATE INDEX audit_events_of_key ON audit_events (workspace_id, api_key_id, seq);

-- No reference to workspaces: the record is written before it is known whether there is one.
CREATE TABLE idempotency_records (
    workspace_id TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('CREATE')),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    api_key_id BLOB NOT NULL CHECK (length(api_key_id) = 16),
    api_key_mode TEXT NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, operation, key)
) STRICT, WITHOUT ROWID;
