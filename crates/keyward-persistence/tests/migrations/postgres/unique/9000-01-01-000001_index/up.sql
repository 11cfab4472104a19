CREATE UNIQUE INDEX CONCURRENTLY workspaces_of_an_age ON workspaces (created_at);
