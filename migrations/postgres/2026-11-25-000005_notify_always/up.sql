-- Expands: two triggers fire in every session.

-- This includes sessions that replicate or restore (session_replication_role = replica), so that
-- every node receives every change to a key.
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change;
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_truncate;
