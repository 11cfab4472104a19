-- Expands: three columns with a default, the prefix of all keys so far. Nodes of earlier releases never
-- name them in a statement, so a key that they change keeps its prefix.

-- Tables are locked in the order in which a change of a key locks them, and api_keys, which every
-- verification reads, last. Rows that exist have the default, so there is nothing to validate.
ALTER TABLE idempotency_records ADD COLUMN api_key_prefix text COLLATE "C" NOT NULL DEFAULT 'sk';
ALTER TABLE idempotency_records ADD CONSTRAINT idempotency_records_api_key_prefix
    CHECK (api_key_prefix ~ '^[a-z][a-z0-9]{1,11}$') NOT VALID;
ALTER TABLE audit_events ADD COLUMN api_key_prefix text COLLATE "C" NOT NULL DEFAULT 'sk';
ALTER TABLE audit_events ADD CONSTRAINT audit_events_api_key_prefix
    CHECK (api_key_prefix ~ '^[a-z][a-z0-9]{1,11}$') NOT VALID;
ALTER TABLE api_keys ADD COLUMN prefix text COLLATE "C" NOT NULL DEFAULT 'sk';
ALTER TABLE api_keys ADD CONSTRAINT api_keys_prefix
    CHECK (prefix ~ '^[a-z][a-z0-9]{1,11}$') NOT VALID;

-- Verification answers with the id, and the prefix is a part of it, so a change of it, too, notifies
-- all nodes.
DROP TRIGGER notify_change ON api_keys;
CREATE TRIGGER notify_change AFTER DELETE OR UPDATE OF
    id, mode, workspace_id, name, scopes, ip_allowlist, is_disabled, expires_at, secret_hash,
    previous_secret_hash, previous_secret_ends_at, deleted_at, external_id, metadata, prefix ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION notify_change();
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
