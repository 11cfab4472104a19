-- Expands: a table that triggers write, so that older binaries fill it too.

-- The hashes of secrets that no key has any more: ended by a rotation, or purged with their key. They
-- are never imported, so that repeating an import never makes a revoked secret valid again.
CREATE TABLE ended_secrets (
    secret_hash bytea PRIMARY KEY CHECK (length(secret_hash) = 32)
);

-- With the rights of its owner: the role that serves may not have any on the new table yet.
CREATE FUNCTION record_ended_secrets() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO ended_secrets
            SELECT hash FROM unnest(ARRAY[OLD.secret_hash, OLD.previous_secret_hash]) AS hash
            WHERE hash IS NOT NULL
            ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO ended_secrets
            SELECT hash FROM unnest(ARRAY[OLD.secret_hash, OLD.previous_secret_hash]) AS hash
            WHERE hash <> NEW.secret_hash AND hash IS DISTINCT FROM NEW.previous_secret_hash
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER record_ended_secrets AFTER UPDATE OF secret_hash, previous_secret_hash ON api_keys
    FOR EACH ROW WHEN (OLD.secret_hash <> NEW.secret_hash
        OR OLD.previous_secret_hash IS DISTINCT FROM NEW.previous_secret_hash)
    EXECUTE FUNCTION record_ended_secrets();
CREATE TRIGGER record_purged_secrets AFTER DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION record_ended_secrets();
