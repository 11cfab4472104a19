DROP TABLE idempotency_records;
DROP TABLE audit_events;
DROP TABLE api_keys;
DROP TABLE scopes;
DROP TABLE members;
DROP TABLE workspaces;
DROP FUNCTION chain_hash(bytea, bytea);
DROP FUNCTION refuse_change();
