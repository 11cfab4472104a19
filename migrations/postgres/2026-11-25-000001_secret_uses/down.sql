DROP TRIGGER record_previous_secret_use ON api_keys;
DROP TRIGGER record_secret_use ON api_keys;
DROP FUNCTION record_secret_use;
DROP TABLE secret_uses;
