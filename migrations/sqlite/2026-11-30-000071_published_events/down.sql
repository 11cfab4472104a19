DROP TRIGGER put_deployment_event;
DROP TRIGGER put_key_event;
DROP TABLE event_log;
DROP TABLE event_sequences;
DROP TABLE published_events;
DROP TABLE outbox;
