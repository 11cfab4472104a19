ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action_check CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED',
    'SCOPE_ADDED', 'SCOPE_CHANGED', 'SCOPE_REMOVED'));
DROP TRIGGER notify_secret_age ON api_keys;
DROP TRIGGER notify_key_lifetime ON workspaces;
DROP FUNCTION notify_all_changed();
ALTER TABLE workspaces
    DROP CONSTRAINT workspaces_key_lifetime,
    DROP COLUMN key_lifetime_default_days,
    DROP COLUMN key_lifetime_max_days,
    DROP COLUMN key_may_never_expire,
    DROP COLUMN key_lifetime_existing;
