ALTER TABLE audit_events DROP COLUMN found_at;
