ALTER TABLE api_keys DROP COLUMN metadata;
ALTER TABLE api_keys DROP COLUMN external_id;
ALTER TABLE api_keys DROP COLUMN description;
