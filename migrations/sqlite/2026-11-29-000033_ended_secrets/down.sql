DROP TRIGGER record_purged_secret;
DROP TRIGGER record_ended_previous_secret;
DROP TRIGGER record_ended_secret;
DROP TABLE ended_secrets;
