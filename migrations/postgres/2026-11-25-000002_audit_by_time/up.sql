-- Expands: one more index.

-- For exports: all events since an instant, in order, page by page. Made beside writers, which no
-- transaction allows: this must be the only statement here.
CREATE INDEX CONCURRENTLY audit_events_by_time
    ON audit_events (occurred_at, workspace_id, position);
