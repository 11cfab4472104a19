-- Expands: nothing. A server of SQLite notices the writes of others by itself.
SELECT 1;
