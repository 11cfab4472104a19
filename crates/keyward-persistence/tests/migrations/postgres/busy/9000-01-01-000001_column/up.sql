ALTER TABLE workspaces ADD COLUMN label text;
