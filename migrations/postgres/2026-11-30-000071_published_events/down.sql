DROP TRIGGER put_event ON deployment_events;
DROP TRIGGER put_event ON audit_events;
DROP FUNCTION put_deployment_event;
DROP FUNCTION put_key_event;
DROP TABLE event_log;
DROP TABLE event_sequences;
DROP TABLE published_events;
DROP TABLE outbox;
