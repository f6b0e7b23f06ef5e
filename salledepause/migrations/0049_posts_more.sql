-- The author of a victory or of a thank-you may have nobody answer or quote it.
ALTER TABLE posts ADD COLUMN closed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN posts.closed IS 'Whether its author alone may answer it; only of victories and thanks.';
