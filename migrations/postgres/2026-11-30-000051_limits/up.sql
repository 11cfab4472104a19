-- Expands: two more tables, three columns that may be null, and more words for actions and decisions.
-- Nodes of earlier releases never name the columns in a statement, so they keep their values. They
-- allow calls whatever the limits are.

-- A plan gives limits to each key of a workspace, and to the workspace as a whole.
CREATE TABLE plans (
    name text COLLATE "C" PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32),
    key_limits jsonb NOT NULL CHECK (jsonb_typeof(key_limits) = 'array'),
    workspace_limits jsonb NOT NULL CHECK (jsonb_typeof(workspace_limits) = 'array')
);

-- What is used of a limit: one row for each limit in use. subject is the id of a key, or zero for the
-- workspace as a whole. ledger is JSON; as jsonb, it would be larger. updated_on is the beginning of
-- the day (UTC) of the last change, so that a row changes an indexed column only once a day. The free
-- space in each page takes the new version of the row (a HOT update). Rows refer to no other table: they
-- are removed when they have not changed for longer than any window lasts.
CREATE TABLE limit_ledgers (
    updated_on timestamptz NOT NULL,
    subject uuid NOT NULL,
    workspace_id text COLLATE "C" NOT NULL CHECK (length(workspace_id) BETWEEN 1 AND 128),
    name text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
    ledger text NOT NULL,
    PRIMARY KEY (workspace_id, subject, name)
) WITH (fillfactor = 50);

CREATE INDEX limit_ledgers_oldest_first ON limit_ledgers (updated_on);

-- Roles that serve must read plans and write ledgers, and also run the operators' commands.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON plans, limit_ledgers TO %s', grantee::regrole);
    END LOOP;
END
$$;

-- Tables are locked in the order in which changes lock them, and api_keys, which every verification
-- reads, last. Rows that exist have no plan, so there is nothing to validate.
ALTER TABLE workspaces ADD COLUMN plan text COLLATE "C";
ALTER TABLE workspaces ADD CONSTRAINT workspaces_plan
    FOREIGN KEY (plan) REFERENCES plans (name) NOT VALID;

-- A plan counts for the verification of all keys of its workspaces, so every node reads all keys again.
CREATE TRIGGER notify_plan AFTER UPDATE OF plan ON workspaces
    FOR EACH ROW EXECUTE FUNCTION notify_all_changed();
ALTER TABLE workspaces ENABLE ALWAYS TRIGGER notify_plan;
CREATE TRIGGER notify_limits AFTER UPDATE OF key_limits, workspace_limits ON plans
    FOR EACH ROW EXECUTE FUNCTION notify_all_changed();
ALTER TABLE plans ENABLE ALWAYS TRIGGER notify_limits;

-- The plan that an event is about. The constraint of 2026-11-29-000011 gets three more actions: all rows
-- that exist have one of the others.
ALTER TABLE deployment_events ADD COLUMN plan text COLLATE "C";
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_plan
    CHECK (length(plan) BETWEEN 1 AND 32) NOT VALID;
-- squawk-ignore ban-drop-constraint
ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
    'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED',
    'SCOPE_REMOVED')) NOT VALID;

-- The constraint without a name in 2026-11-27-000002, with three more decisions: all rows that exist
-- have one of the others.
-- squawk-ignore ban-drop-constraint
ALTER TABLE key_denials DROP CONSTRAINT key_denials_decision_check;
ALTER TABLE key_denials ADD CONSTRAINT key_denials_decision CHECK (decision IN (
    'DISABLED', 'EXPIRED', 'WRONG_MODE', 'IP_NOT_ALLOWED', 'NO_SCOPES', 'INSUFFICIENT_SCOPE',
    'RATE_LIMITED', 'QUOTA_EXCEEDED', 'COST_ABOVE_LIMIT')) NOT VALID;

-- The key's own limits, an array; NULL when there are none.
ALTER TABLE api_keys ADD COLUMN limits jsonb;

-- Verification counts by them, so a change of them, too, notifies all nodes.
DROP TRIGGER notify_change ON api_keys;
CREATE TRIGGER notify_change AFTER DELETE OR UPDATE OF
    id, mode, workspace_id, name, scopes, ip_allowlist, is_disabled, expires_at, secret_hash,
    previous_secret_hash, previous_secret_ends_at, deleted_at, external_id, metadata, prefix, limits
    ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION notify_change();
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
