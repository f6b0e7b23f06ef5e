-- Evidence holds what a message said before it was edited, and what tells its pictures apart.
ALTER TABLE evidence ADD COLUMN former jsonb NOT NULL DEFAULT '[]';

COMMENT ON COLUMN evidence.former IS 'What the message said before it was put aside, each version with its hour, the oldest first.';

ALTER TABLE evidence ADD COLUMN media jsonb NOT NULL DEFAULT '[]';

COMMENT ON COLUMN evidence.media IS 'Its media: kind, description, SHA-256 of the file, by which one that was saved is known.';
