-- Expands: a column that may be null. Nodes of earlier releases write it as null, and can't verify an
-- event that has it.

-- Where the secret was found whose report has caused the change: a list of URLs.
ALTER TABLE audit_events ADD COLUMN found_at jsonb;
