DROP TRIGGER notify_change ON api_keys;
CREATE TRIGGER notify_change AFTER DELETE OR UPDATE OF
    id, mode, workspace_id, name, scopes, ip_allowlist, is_disabled, expires_at, secret_hash,
    previous_secret_hash, previous_secret_ends_at, deleted_at, external_id, metadata ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION notify_change();
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
ALTER TABLE idempotency_records DROP COLUMN api_key_prefix;
ALTER TABLE audit_events DROP COLUMN api_key_prefix;
ALTER TABLE api_keys DROP COLUMN prefix;
