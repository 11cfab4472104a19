-- Expands: one more table.

-- Last uses have their own narrow table. Recording one changes no indexed column, and the free
-- space in each page takes the new version of the row (a HOT update). A row belongs to a secret
-- that its key has, or had until the last rotation, and is deleted with the key.
--
-- The old columns in api_keys stay for the previous release, which reads and writes them next to
-- newer nodes. A later release drops them (secret_last_used_at, secret_last_used_address,
-- secret_use_count and the same of previous_secret), the index api_keys_by_last_use, and the two
-- triggers. api_keys.last_used_at stays: it has the last use of secrets that the key no longer has.
CREATE TABLE secret_uses (
    last_used_at timestamptz NOT NULL,
    use_count bigint NOT NULL CHECK (use_count >= 0),
    api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    secret_hash bytea PRIMARY KEY CHECK (length(secret_hash) = 32),
    last_used_address inet
) WITH (fillfactor = 50);

CREATE INDEX secret_uses_of_key ON secret_uses (api_key_id);

-- Roles that may record last uses in api_keys may also record them here.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON secret_uses TO %s', grantee::regrole);
    END LOOP;
END
$$;

-- Copies what a node of the previous release records in api_keys. The first copy includes the whole
-- count of the column.
CREATE FUNCTION record_secret_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'current' THEN
        INSERT INTO secret_uses AS kept
            (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
        VALUES (NEW.secret_hash, NEW.id, NEW.secret_last_used_at, NEW.secret_last_used_address,
            NEW.secret_use_count)
        ON CONFLICT (secret_hash) DO UPDATE SET
            last_used_at = greatest(kept.last_used_at, EXCLUDED.last_used_at),
            last_used_address = CASE WHEN EXCLUDED.last_used_at > kept.last_used_at
                THEN EXCLUDED.last_used_address ELSE kept.last_used_address END,
            use_count = kept.use_count + NEW.secret_use_count - OLD.secret_use_count;
    ELSE
        INSERT INTO secret_uses AS kept
            (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
        VALUES (NEW.previous_secret_hash, NEW.id, NEW.previous_secret_last_used_at,
            NEW.previous_secret_last_used_address, NEW.previous_secret_use_count)
        ON CONFLICT (secret_hash) DO UPDATE SET
            last_used_at = greatest(kept.last_used_at, EXCLUDED.last_used_at),
            last_used_address = CASE WHEN EXCLUDED.last_used_at > kept.last_used_at
                THEN EXCLUDED.last_used_address ELSE kept.last_used_address END,
            use_count = kept.use_count
                + NEW.previous_secret_use_count - OLD.previous_secret_use_count;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER record_secret_use AFTER UPDATE OF secret_use_count ON api_keys
    FOR EACH ROW WHEN (
        NEW.secret_hash = OLD.secret_hash
        AND NEW.secret_use_count > OLD.secret_use_count
        AND NEW.secret_last_used_at IS NOT NULL)
    EXECUTE FUNCTION record_secret_use('current');

CREATE TRIGGER record_previous_secret_use AFTER UPDATE OF previous_secret_use_count ON api_keys
    FOR EACH ROW WHEN (
        NEW.previous_secret_hash = OLD.previous_secret_hash
        AND NEW.previous_secret_use_count > OLD.previous_secret_use_count
        AND NEW.previous_secret_last_used_at IS NOT NULL)
    EXECUTE FUNCTION record_secret_use('previous');
