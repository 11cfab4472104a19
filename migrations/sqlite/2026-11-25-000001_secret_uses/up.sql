-- Expands: one more table.

-- Last uses have their own narrow table. A row belongs to a secret that its key has, or had until
-- the last rotation, and is deleted with the key.
--
-- The old columns in api_keys stay for the previous release, which reads and writes them after a
-- rollback. A later release drops them (secret_last_used_at, secret_last_used_address,
-- secret_use_count and the same of previous_secret), the index api_keys_by_last_use, and the two
-- triggers. api_keys.last_used_at stays: it has the last use of secrets that the key no longer has.
CREATE TABLE secret_uses (
    last_used_at INTEGER NOT NULL,
    use_count INTEGER NOT NULL CHECK (use_count >= 0),
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    secret_hash BLOB PRIMARY KEY NOT NULL CHECK (length(secret_hash) = 32),
    last_used_address TEXT
) STRICT, WITHOUT ROWID;

-- This index has all columns that lists by last use need.
CREATE INDEX secret_uses_of_key ON secret_uses (api_key_id, last_used_at);

-- Copies what the previous release records in api_keys. The first copy includes the whole count of
-- the column.
CREATE TRIGGER record_secret_use AFTER UPDATE OF secret_use_count ON api_keys
WHEN NEW.secret_hash = OLD.secret_hash
    AND NEW.secret_use_count > OLD.secret_use_count
    AND NEW.secret_last_used_at IS NOT NULL
BEGIN
    INSERT INTO secret_uses
        (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
    VALUES (NEW.secret_hash, NEW.id, NEW.secret_last_used_at, NEW.secret_last_used_address,
        NEW.secret_use_count)
    ON CONFLICT (secret_hash) DO UPDATE SET
        last_used_at = max(last_used_at, excluded.last_used_at),
        last_used_address = iif(excluded.last_used_at > last_used_at,
            excluded.last_used_address, last_used_address),
        use_count = use_count + NEW.secret_use_count - OLD.secret_use_count;
END;

CREATE TRIGGER record_previous_secret_use AFTER UPDATE OF previous_secret_use_count ON api_keys
WHEN NEW.previous_secret_hash = OLD.previous_secret_hash
    AND NEW.previous_secret_use_count > OLD.previous_secret_use_count
    AND NEW.previous_secret_last_used_at IS NOT NULL
BEGIN
    INSERT INTO secret_uses
        (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
    VALUES (NEW.previous_secret_hash, NEW.id, NEW.previous_secret_last_used_at,
        NEW.previous_secret_last_used_address, NEW.previous_secret_use_count)
    ON CONFLICT (secret_hash) DO UPDATE SET
        last_used_at = max(last_used_at, excluded.last_used_at),
        last_used_address = iif(excluded.last_used_at > last_used_at,
            excluded.last_used_address, last_used_address),
        use_count = use_count + NEW.previous_secret_use_count - OLD.previous_secret_use_count;
END;
