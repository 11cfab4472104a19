-- Expands: two columns that may be null. Nodes of earlier releases never name them in a statement, so
-- they keep their values.

-- What happens to a key of the workspace when its secret leaks; the default when it is null. Rows that
-- exist have none, so there is nothing to validate.
ALTER TABLE workspaces
    ADD COLUMN leak_reaction text,
    ADD COLUMN leak_grace_hours bigint;
ALTER TABLE workspaces ADD CONSTRAINT workspaces_leak_policy CHECK (
    CASE leak_reaction
        WHEN 'EXPIRE' THEN leak_grace_hours IS NOT NULL AND leak_grace_hours BETWEEN 1 AND 720
        ELSE leak_grace_hours IS NULL AND coalesce(leak_reaction IN ('NOTIFY', 'DISABLE'), true)
    END
) NOT VALID;
