ALTER TABLE deployment_events DROP COLUMN actor_service;
ALTER TABLE audit_events DROP COLUMN actor_service;
DROP TABLE service_tokens;
