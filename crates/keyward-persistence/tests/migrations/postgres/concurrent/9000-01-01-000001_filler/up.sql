INSERT INTO workspaces (id, created_at)
SELECT 'ws_' || n, now() FROM generate_series(1, 20000) AS n;
