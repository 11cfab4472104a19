ALTER TABLE api_keys ENABLE TRIGGER notify_change;
ALTER TABLE api_keys ENABLE TRIGGER notify_truncate;
