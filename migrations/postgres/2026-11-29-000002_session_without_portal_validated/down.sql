-- A constraint is not made doubtful again.
SELECT 1;
