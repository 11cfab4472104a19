-- Expands: one more table.

-- Uses of keys by hour: one row per key and hour (UTC, beginning at `hour`). `addresses` has one bit of 64
-- for each address, by its hash, so that sums of hours can estimate how many there were. Recording more
-- uses changes no indexed column, and the free space in each page takes the new version of the row (a HOT
-- update). Rows are removed with their key, or after some time. The previous release records no uses here.
CREATE TABLE key_uses (
    hour timestamptz NOT NULL
        CHECK (hour AT TIME ZONE 'UTC' = date_trunc('hour', hour AT TIME ZONE 'UTC')),
    use_count bigint NOT NULL CHECK (use_count >= 0),
    addresses bigint NOT NULL,
    api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    PRIMARY KEY (api_key_id, hour)
) WITH (fillfactor = 70);

CREATE INDEX key_uses_oldest_first ON key_uses (hour);

-- Roles that may record last uses may also record these.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'secret_uses'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON key_uses TO %s', grantee::regrole);
    END LOOP;
END
$$;
