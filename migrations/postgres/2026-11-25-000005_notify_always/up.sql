-- Expands: two triggers fire in more sessions.

-- Also in those that replicate or restore (session_replication_role = replica): whatever changes a key,
-- every node hears of it.
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_truncate;
