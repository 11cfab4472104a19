-- Expands: nothing. SQLite has copied all rows under the new constraint.
SELECT 1;
