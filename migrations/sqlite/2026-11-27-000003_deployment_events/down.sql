DROP TABLE deployment_events;
DROP TABLE deployment_trail;
DROP TRIGGER audit_events_no_replace;
