ALTER TABLE audit_events DROP CONSTRAINT audit_events_portal_of_user;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_check1
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL));
