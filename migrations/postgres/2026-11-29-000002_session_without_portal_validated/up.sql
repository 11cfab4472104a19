-- Expands: nothing. It proves what the constraint before this one asks for.
ALTER TABLE audit_events VALIDATE CONSTRAINT audit_events_portal_of_user;
