-- Expands: a table that triggers write, so that older binaries fill it too.

-- The hashes of secrets that no key has any more: ended by a rotation, or purged with their key. They
-- are never imported, so that repeating an import never makes a revoked secret valid again.
CREATE TABLE ended_secrets (
    secret_hash BLOB PRIMARY KEY NOT NULL CHECK (length(secret_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER record_ended_secret AFTER UPDATE OF secret_hash, previous_secret_hash ON api_keys
    WHEN OLD.secret_hash <> NEW.secret_hash AND OLD.secret_hash IS NOT NEW.previous_secret_hash
BEGIN
    INSERT INTO ended_secrets VALUES (OLD.secret_hash) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER record_ended_previous_secret AFTER UPDATE OF secret_hash, previous_secret_hash ON api_keys
    WHEN OLD.previous_secret_hash IS NOT NULL
        AND OLD.previous_secret_hash <> NEW.secret_hash
        AND OLD.previous_secret_hash IS NOT NEW.previous_secret_hash
BEGIN
    INSERT INTO ended_secrets VALUES (OLD.previous_secret_hash) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER record_purged_secret AFTER DELETE ON api_keys
BEGIN
    INSERT INTO ended_secrets VALUES (OLD.secret_hash) ON CONFLICT DO NOTHING;
    INSERT INTO ended_secrets
        SELECT OLD.previous_secret_hash WHERE OLD.previous_secret_hash IS NOT NULL
        ON CONFLICT DO NOTHING;
END;
