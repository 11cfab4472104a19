-- The role that `keyward serve` runs as, when another one owns the tables and runs `keyward migrate`.
-- It does everything that serving and the operators' commands need, and can neither alter nor remove
-- an audit event. Run it as the owner, in Keyward's database, after `keyward migrate`; again after
-- every upgrade. Give the role a password or a certificate as your platform does.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyward_serve') THEN
        CREATE ROLE keyward_serve LOGIN;
    END IF;
END
$$;

-- Whoever may connect to a database may notify in it, and so pretend to be a node: changes would be
-- answered as pending. Nobody else needs to connect to this one.
DO $$
BEGIN
    EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO keyward_serve', current_database());
END
$$;

GRANT USAGE ON SCHEMA public TO keyward_serve;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON workspaces, members, scopes, api_keys, secret_uses, key_denials, idempotency_records
    TO keyward_serve;
GRANT SELECT, INSERT, DELETE ON ended_sessions TO keyward_serve;
GRANT SELECT, INSERT ON audit_events, deployment_events TO keyward_serve;
GRANT SELECT, UPDATE ON deployment_trail TO keyward_serve;
GRANT SELECT ON __diesel_schema_migrations, schema_compatibility TO keyward_serve;
