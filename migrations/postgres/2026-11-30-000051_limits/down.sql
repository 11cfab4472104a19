DROP TRIGGER notify_change ON api_keys;
CREATE TRIGGER notify_change AFTER DELETE OR UPDATE OF
    id, mode, workspace_id, name, scopes, ip_allowlist, is_disabled, expires_at, secret_hash,
    previous_secret_hash, previous_secret_ends_at, deleted_at, external_id, metadata, prefix ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION notify_change();
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
ALTER TABLE api_keys DROP COLUMN limits;
ALTER TABLE key_denials DROP CONSTRAINT key_denials_decision;
ALTER TABLE key_denials ADD CONSTRAINT key_denials_decision_check CHECK (decision IN (
    'DISABLED', 'EXPIRED', 'WRONG_MODE', 'IP_NOT_ALLOWED', 'NO_SCOPES', 'INSUFFICIENT_SCOPE'));
ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED',
    'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED', 'SCOPE_REMOVED'));
ALTER TABLE deployment_events DROP COLUMN plan;
DROP TRIGGER notify_plan ON workspaces;
ALTER TABLE workspaces DROP COLUMN plan;
DROP TABLE limit_ledgers;
DROP TABLE plans;
