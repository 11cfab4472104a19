DROP TRIGGER record_purged_secrets ON api_keys;
DROP TRIGGER record_ended_secrets ON api_keys;
DROP FUNCTION record_ended_secrets;
DROP TABLE ended_secrets;
