-- The role of `keyward serve`, for deployments where another role owns the tables and runs `keyward
-- migrate`. It can do everything that serving and the operators' commands need, but can neither
-- change nor remove an audit event. Run this as the owner, in Keyward's database, after `keyward
-- migrate` and again after every upgrade. Give the role a password or a certificate as your
-- platform requires.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyward_serve') THEN
        CREATE ROLE keyward_serve LOGIN;
    END IF;
END
$$;

-- Everyone who can connect to a database can notify in it, and so imitate a node: changes would be
-- reported as pending. No one else needs to connect to this database.
DO $$
BEGIN
    EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO keyward_serve', current_database());
END
$$;

GRANT USAGE ON SCHEMA public TO keyward_serve;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON workspaces, members, scopes, plans, api_keys, secret_uses, key_denials, key_uses,
       scope_uses, limit_ledgers, idempotency_records, webhooks, webhook_deliveries
    TO keyward_serve;
GRANT SELECT, INSERT, DELETE ON ended_sessions TO keyward_serve;
GRANT SELECT ON ended_secrets TO keyward_serve;
GRANT SELECT, INSERT, UPDATE ON service_tokens, resources TO keyward_serve;
GRANT SELECT, INSERT ON audit_events, deployment_events TO keyward_serve;
GRANT SELECT, UPDATE ON deployment_trail TO keyward_serve;
GRANT SELECT, INSERT, DELETE ON outbox, published_events TO keyward_serve;
GRANT SELECT ON webhook_events TO keyward_serve;
GRANT SELECT, INSERT, UPDATE ON event_sequences TO keyward_serve;
GRANT SELECT, UPDATE ON event_log TO keyward_serve;
GRANT SELECT ON __diesel_schema_migrations, schema_compatibility TO keyward_serve;
