-- Expands: one more index.

-- For exports: all events since an instant, in order, page by page.
CREATE INDEX audit_events_by_time ON audit_events (occurred_at, workspace_id, position);
