DROP TRIGGER notify_truncate ON api_keys;
DROP TRIGGER notify_change ON api_keys;
DROP FUNCTION notify_change();
DROP INDEX api_keys_by_last_use;
