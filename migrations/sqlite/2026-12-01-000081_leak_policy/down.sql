ALTER TABLE workspaces DROP COLUMN leak_grace_hours;
ALTER TABLE workspaces DROP COLUMN leak_reaction;
