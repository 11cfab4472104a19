-- Expands: one more table, and one more column of the trails that may be null.

-- A service token is never removed: its name in the trails is never another token's. hash is
-- SHA-256 of its secret.
CREATE TABLE service_tokens (
    name TEXT PRIMARY KEY NOT NULL CHECK (length(name) BETWEEN 1 AND 31),
    permissions TEXT NOT NULL CHECK (json_type(permissions) = 'array'),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

-- The name of the service token that made a change. actor_kind is OPERATOR then, because older
-- binaries know no other kind that fits: they show an operator.
ALTER TABLE audit_events ADD COLUMN actor_service TEXT
    CHECK (
        actor_service IS NULL OR (length(actor_service) BETWEEN 1 AND 31 AND actor_kind = 'OPERATOR')
    );
ALTER TABLE deployment_events ADD COLUMN actor_service TEXT
    CHECK (
        actor_service IS NULL OR (length(actor_service) BETWEEN 1 AND 31 AND actor_kind = 'OPERATOR')
    );
