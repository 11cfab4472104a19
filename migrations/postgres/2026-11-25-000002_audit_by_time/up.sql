-- For exports: all events since an instant, in order, page by page. Made beside writers, which no
-- transaction allows: this must be the only statement here. When it is interrupted, it leaves an
-- invalid index, and can be run again after DROP INDEX audit_events_by_time.
CREATE INDEX CONCURRENTLY audit_events_by_time
    ON audit_events (occurred_at, workspace_id, position);
