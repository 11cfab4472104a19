-- Contracts: every binary writes labels since 9000-01-01-000001.
UPDATE schema_compatibility SET oldest_migration = '90000101000001', oldest_release = '9.0.0';
