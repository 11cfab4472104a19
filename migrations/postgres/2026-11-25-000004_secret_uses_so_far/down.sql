-- The migration that created secret_uses drops the whole table.
SELECT 1;
