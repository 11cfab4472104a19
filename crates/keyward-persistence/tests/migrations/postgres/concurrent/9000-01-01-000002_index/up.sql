CREATE INDEX CONCURRENTLY workspaces_by_age ON workspaces (created_at);
