-- Expands: one more index.

-- For exports: all events since an instant, in order, page by page. Built concurrently with
-- writers, which is impossible in a transaction, so this must be the only statement here.
CREATE INDEX CONCURRENTLY audit_events_by_time
    ON audit_events (occurred_at, workspace_id, position);
