-- Expands: three columns that may be null. Nodes of earlier releases never name them in a statement,
-- so a key that they change keeps its values.

ALTER TABLE api_keys
    ADD COLUMN description text,
    ADD COLUMN external_id text COLLATE "C",
    ADD COLUMN metadata jsonb;

-- Verification answers with the external id and the metadata, so a change of them, too, notifies all
-- nodes.
DROP TRIGGER notify_change ON api_keys;
CREATE TRIGGER notify_change AFTER DELETE OR UPDATE OF
    id, mode, workspace_id, name, scopes, ip_allowlist, is_disabled, expires_at, secret_hash,
    previous_secret_hash, previous_secret_ends_at, deleted_at, external_id, metadata ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION notify_change();
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
