-- secret_uses goes as a whole with the migration that made it.
SELECT 1;
