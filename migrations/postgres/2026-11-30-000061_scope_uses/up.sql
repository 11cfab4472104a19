-- Expands: one more table.

-- The last day (UTC, its beginning) on which an allowed call with a key required a scope: one row per key
-- and scope, which changes at most once a day. This changes no indexed column, and the free space in each
-- page takes the new version of the row (a HOT update). Rows are removed with their key. The previous release
-- records nothing here.
CREATE TABLE scope_uses (
    last_used_on timestamptz NOT NULL
        CHECK (last_used_on AT TIME ZONE 'UTC' = date_trunc('day', last_used_on AT TIME ZONE 'UTC')),
    api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    scope text COLLATE "C" NOT NULL CHECK (length(scope) BETWEEN 3 AND 64),
    PRIMARY KEY (api_key_id, scope)
) WITH (fillfactor = 80);

-- Roles that may record uses by hour may also record these.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'key_uses'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON scope_uses TO %s', grantee::regrole);
    END LOOP;
END
$$;
