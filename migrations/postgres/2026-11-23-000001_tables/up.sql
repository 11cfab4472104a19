-- Ids are compared and sorted byte by byte (COLLATE "C"), as on SQLite, whatever the database's
-- locale. Lengths and words are also checked here, so that rows from other programs are readable.

-- Every change to a key updates key_count, event_count and event_hash. Free space in each page
-- keeps these updates out of the index (HOT). event_count and event_hash are the head of the
-- workspace's trail.
CREATE TABLE workspaces (
    id text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
    key_count bigint NOT NULL DEFAULT 0 CHECK (key_count >= 0),
    event_count bigint NOT NULL DEFAULT 0 CHECK (event_count >= 0),
    event_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(event_hash) = 32),
    created_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE members (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id text COLLATE "C" NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
    role text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'OPERATOR', 'VIEWER')),
    PRIMARY KEY (workspace_id, user_id)
);

CREATE TABLE scopes (
    code text COLLATE "C" PRIMARY KEY CHECK (length(code) BETWEEN 3 AND 64),
    descriptions jsonb NOT NULL CHECK (jsonb_typeof(descriptions) = 'object')
);

-- A key has its current secret and, after a rotation, the previous one until it ends. Last uses do
-- not change the version.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    mode text NOT NULL CHECK (mode IN ('LIVE', 'TEST')),
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    name_folded text COLLATE "C" NOT NULL CHECK (length(name_folded) BETWEEN 1 AND 512),
    scopes text[] NOT NULL,
    ip_allowlist cidr[] NOT NULL,
    is_disabled boolean NOT NULL,
    expires_at timestamptz,
    secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    secret_hint text NOT NULL CHECK (length(secret_hint) = 4),
    secret_created_at timestamptz NOT NULL,
    secret_last_used_at timestamptz,
    secret_last_used_address inet,
    secret_use_count bigint NOT NULL DEFAULT 0 CHECK (secret_use_count >= 0),
    previous_secret_hash bytea CHECK (length(previous_secret_hash) = 32),
    previous_secret_hint text CHECK (length(previous_secret_hint) = 4),
    previous_secret_created_at timestamptz,
    previous_secret_ends_at timestamptz,
    previous_secret_last_used_at timestamptz,
    previous_secret_last_used_address inet,
    previous_secret_use_count bigint NOT NULL DEFAULT 0 CHECK (previous_secret_use_count >= 0),
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by text COLLATE "C" CHECK (length(created_by) BETWEEN 1 AND 128),
    version bigint NOT NULL CHECK (version >= 1),
    deleted_at timestamptz,
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_hint IS NULL)),
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_created_at IS NULL)),
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_ends_at IS NULL))
);

-- The index includes the columns that lists count and filter by, so that lists only read the rows
-- that they show.
CREATE INDEX api_keys_newest_first ON api_keys (workspace_id, created_at DESC, id DESC)
    INCLUDE (is_disabled, expires_at, mode) WHERE deleted_at IS NULL;
CREATE INDEX api_keys_by_name ON api_keys (workspace_id, name_folded, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX api_keys_previous_secret_hash ON api_keys (previous_secret_hash)
    WHERE previous_secret_hash IS NOT NULL;
CREATE INDEX api_keys_expiring ON api_keys (expires_at, id)
    WHERE expires_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX api_keys_deleted ON api_keys (deleted_at) WHERE deleted_at IS NOT NULL;

-- No reference to api_keys: the trail outlives the key. position counts the events of a workspace
-- from 1. hash is chain_hash of the previous event's hash and this event's digest.
CREATE TABLE audit_events (
    workspace_id text COLLATE "C" NOT NULL,
    position bigint NOT NULL CHECK (position >= 1),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    api_key_id uuid NOT NULL,
    api_key_mode text NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    action text NOT NULL CHECK (action IN (
        'CREATED', 'UPDATED', 'DISABLED', 'ENABLED', 'ROTATED', 'OVERLAP_ENDED', 'DELETED')),
    actor_kind text NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id text COLLATE "C" CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal text CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address inet,
    request_id text NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at timestamptz NOT NULL,
    before jsonb CHECK (jsonb_typeof(before) = 'object'),
    after jsonb CHECK (jsonb_typeof(after) = 'object'),
    PRIMARY KEY (workspace_id, position),
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
);

CREATE INDEX audit_events_of_key ON audit_events (workspace_id, api_key_id, position);

CREATE FUNCTION chain_hash(previous bytea, digest bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS 'SELECT sha256(previous || digest)';

-- Append-only. The role that migrates (and may also serve) loses the right; the trigger stops roles
-- that still have it, such as a superuser.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM CURRENT_USER;

-- No reference to workspaces: the record is written before it is known whether the workspace
-- exists.
CREATE TABLE idempotency_records (
    workspace_id text COLLATE "C" NOT NULL,
    operation text NOT NULL CHECK (operation IN ('CREATE', 'ROTATE')),
    key text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    api_key_id uuid NOT NULL,
    api_key_mode text NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, operation, key)
);

CREATE INDEX idempotency_records_oldest_first ON idempotency_records (created_at);
