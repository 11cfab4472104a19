CREATE INDEX api_keys_by_last_use
    ON api_keys (workspace_id, (last_used_at IS NOT NULL), last_used_at, id)
    INCLUDE (is_disabled, expires_at, mode) WHERE deleted_at IS NULL;

-- Every change notifies all nodes, even one with SQL by hand; recorded uses do not.
CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('keyward_changes', 'changed ' || CASE TG_OP
        WHEN 'TRUNCATE' THEN 'all' ELSE OLD.id::text END);
    RETURN NULL;
END
$$;

CREATE TRIGGER notify_change AFTER DELETE OR UPDATE OF
    id, mode, workspace_id, name, scopes, ip_allowlist, is_disabled, expires_at, secret_hash,
    previous_secret_hash, previous_secret_ends_at, deleted_at ON api_keys
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION notify_change();

CREATE TRIGGER notify_truncate AFTER TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION notify_change();
