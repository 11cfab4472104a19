-- Contracts: binaries before 9000-01-01-000001 do not know that keys have labels.
UPDATE schema_compatibility SET oldest_migration = '90000101000001', oldest_release = '9.0.0';
