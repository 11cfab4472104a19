-- Expands: one more table, with the oldest binary that may serve this schema.

-- One row. A binary that does not know all applied migrations may serve if it contains
-- oldest_migration. oldest_release is the first release that contains it, for people. Contracting
-- migrations raise both.
CREATE TABLE schema_compatibility (
    is_only INTEGER PRIMARY KEY NOT NULL DEFAULT 1 CHECK (is_only = 1),
    oldest_migration TEXT NOT NULL CHECK (length(oldest_migration) BETWEEN 1 AND 64),
    oldest_release TEXT NOT NULL CHECK (length(oldest_release) BETWEEN 1 AND 64)
) STRICT;

INSERT INTO schema_compatibility (oldest_migration, oldest_release)
VALUES ('20261125000003', '0.1.0');
