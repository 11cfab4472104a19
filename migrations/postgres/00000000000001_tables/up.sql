-- Ids are compared and sorted byte by byte (COLLATE "C"), as SQLite does it, whatever the database's
-- locale. Lengths and words are checked here too: what other programs write must be readable.

-- key_count is updated by every create: free space in each page keeps those updates off the index.
CREATE TABLE workspaces (
    id text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
    key_count bigint NOT NULL DEFAULT 0 CHECK (key_count >= 0),
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

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    mode text NOT NULL CHECK (mode IN ('LIVE', 'TEST')),
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    scopes text[] NOT NULL,
    ip_allowlist cidr[] NOT NULL,
    is_disabled boolean NOT NULL,
    expires_at timestamptz,
    secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    secret_hint text NOT NULL CHECK (length(secret_hint) = 4),
    created_at timestamptz NOT NULL,
    created_by text COLLATE "C" CHECK (length(created_by) BETWEEN 1 AND 128),
    version bigint NOT NULL CHECK (version >= 1)
);

CREATE INDEX api_keys_newest_first ON api_keys (workspace_id, created_at DESC, id DESC);

-- No reference to api_keys: the trail outlives the key.
CREATE TABLE audit_events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL,
    api_key_id uuid NOT NULL,
    api_key_mode text NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    action text NOT NULL CHECK (action IN ('CREATED')),
    actor_kind text NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id text COLLATE "C" CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal text CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address inet,
    request_id text NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at timestamptz NOT NULL,
    before jsonb CHECK (jsonb_typeof(before) = 'object'),
    after jsonb CHECK (jsonb_typeof(after) = 'object'),
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
);

CREATE INDEX audit_events_of_key ON audit_events (workspace_id, api_key_id, seq);

-- No reference to workspaces: the record is written before it is known whether there is one.
CREATE TABLE idempotency_records (
    workspace_id text COLLATE "C" NOT NULL,
    operation text NOT NULL CHECK (operation IN ('CREATE')),
    key text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    api_key_id uuid NOT NULL,
    api_key_mode text NOT NULL CHECK (api_key_mode IN ('LIVE', 'TEST')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, operation, key)
);
