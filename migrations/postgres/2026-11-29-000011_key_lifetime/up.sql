-- Expands: four columns that may be null, a trigger, and one more action of deployment events. Nodes
-- of earlier releases never name the columns in a statement, so they keep their values.

-- The workspace's own policy for the lifetime of its keys, which it has when key_may_never_expire is
-- not null; otherwise the deployment's counts. Rows that exist have none, so there is nothing to
-- validate.
ALTER TABLE workspaces
    ADD COLUMN key_lifetime_default_days bigint,
    ADD COLUMN key_lifetime_max_days bigint,
    ADD COLUMN key_may_never_expire boolean,
    ADD COLUMN key_lifetime_existing text;
ALTER TABLE workspaces ADD CONSTRAINT workspaces_key_lifetime CHECK (
    CASE WHEN key_may_never_expire IS NULL
        THEN key_lifetime_existing IS NULL AND key_lifetime_default_days IS NULL
            AND key_lifetime_max_days IS NULL
        ELSE key_lifetime_existing IS NOT NULL AND key_lifetime_existing IN ('REPORT', 'REFUSE')
            AND coalesce(key_lifetime_default_days, 1) BETWEEN 1 AND 3650
            AND coalesce(key_lifetime_max_days, 1) BETWEEN 1 AND 3650
            AND (key_lifetime_existing = 'REPORT' OR key_lifetime_max_days IS NOT NULL)
            AND coalesce(key_lifetime_default_days <= key_lifetime_max_days, true)
    END
) NOT VALID;

-- A policy counts for the verification of all keys of its workspace. No node knows which of its
-- cached keys these are, so every node reads all keys again.
CREATE FUNCTION notify_all_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('keyward_changes', 'changed all');
    RETURN NULL;
END
$$;

CREATE TRIGGER notify_key_lifetime AFTER UPDATE OF
    key_lifetime_max_days, key_may_never_expire, key_lifetime_existing ON workspaces
    FOR EACH ROW EXECUTE FUNCTION notify_all_changed();
ALTER TABLE workspaces ENABLE ALWAYS TRIGGER notify_key_lifetime;

-- The age of a secret counts too, so a change of it by hand notifies all nodes. Every other change of it
-- also changes the hash.
CREATE TRIGGER notify_secret_age AFTER UPDATE OF secret_created_at, previous_secret_created_at ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND (
        OLD.secret_created_at <> NEW.secret_created_at
        OR OLD.previous_secret_created_at IS DISTINCT FROM NEW.previous_secret_created_at))
    EXECUTE FUNCTION notify_change();
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_secret_age;

-- The constraint without a name in 2026-11-27-000003, with one more action: all rows that exist have
-- one of the others.
-- squawk-ignore ban-drop-constraint
ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action_check;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED',
    'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED', 'SCOPE_REMOVED')) NOT VALID;
