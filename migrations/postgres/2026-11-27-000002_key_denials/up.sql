-- Expands: one more table.

-- Denials of keys by reason and hour: one row per key, reason and hour (UTC, beginning at `hour`).
-- Recording more denials changes no indexed column, and the free space in each page takes the new
-- version of the row (a HOT update). Rows are removed with their key, or after 90 days.
CREATE TABLE key_denials (
    hour timestamptz NOT NULL
        CHECK (hour AT TIME ZONE 'UTC' = date_trunc('hour', hour AT TIME ZONE 'UTC')),
    last_denied_at timestamptz NOT NULL,
    denial_count bigint NOT NULL CHECK (denial_count >= 0),
    api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    decision text NOT NULL CHECK (decision IN ('DISABLED', 'EXPIRED', 'WRONG_MODE', 'IP_NOT_ALLOWED',
        'NO_SCOPES', 'INSUFFICIENT_SCOPE')),
    last_denied_address inet,
    PRIMARY KEY (api_key_id, hour, decision),
    CHECK (last_denied_at >= hour AND last_denied_at - hour < interval '1 hour')
) WITH (fillfactor = 70);

CREATE INDEX key_denials_oldest_first ON key_denials (hour);

-- Roles that may record last uses may also record denials.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'secret_uses'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON key_denials TO %s', grantee::regrole);
    END LOOP;
END
$$;
