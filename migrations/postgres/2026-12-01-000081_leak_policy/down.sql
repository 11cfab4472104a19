ALTER TABLE workspaces
    DROP CONSTRAINT workspaces_leak_policy,
    DROP COLUMN leak_reaction,
    DROP COLUMN leak_grace_hours;
