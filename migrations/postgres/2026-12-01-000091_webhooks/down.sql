DROP TRIGGER put_deliveries ON published_events;
DROP FUNCTION put_deliveries;
DROP VIEW webhook_events;
ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
    'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED',
    'SCOPE_REMOVED'));
ALTER TABLE deployment_events DROP COLUMN webhook_id;
ALTER TABLE published_events DROP COLUMN api_key_id;
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
