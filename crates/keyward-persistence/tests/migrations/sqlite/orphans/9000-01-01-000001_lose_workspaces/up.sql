DELETE FROM workspaces;
