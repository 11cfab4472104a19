DROP TRIGGER record_previous_secret_use;
DROP TRIGGER record_secret_use;
DROP TABLE secret_uses;
