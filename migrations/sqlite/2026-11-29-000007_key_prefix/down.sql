ALTER TABLE idempotency_records DROP COLUMN api_key_prefix;
ALTER TABLE audit_events DROP COLUMN api_key_prefix;
ALTER TABLE api_keys DROP COLUMN prefix;
