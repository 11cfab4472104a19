-- Expands: nothing. On SQLite, the server detects writes of other processes by itself.
SELECT 1;
