-- Expands: one more table, with the oldest binary that may serve this schema.

-- One row. A binary that does not know all applied migrations may serve if it contains
-- oldest_migration. oldest_release is the first release that contains it, for people. Contracting
-- migrations raise both.
CREATE TABLE schema_compatibility (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    oldest_migration text NOT NULL CHECK (length(oldest_migration) BETWEEN 1 AND 64),
    oldest_release text NOT NULL CHECK (length(oldest_release) BETWEEN 1 AND 64)
);

INSERT INTO schema_compatibility (oldest_migration, oldest_release)
VALUES ('20261125000003', '0.1.0');

-- Roles that serve must read it.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format('GRANT SELECT ON schema_compatibility TO %s', grantee::regrole);
    END LOOP;
END
$$;
