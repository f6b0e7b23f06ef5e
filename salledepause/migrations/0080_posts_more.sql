-- A post that waits for a host is between its author and nobody, whatever audience it was meant for.
ALTER TABLE posts ADD COLUMN held boolean NOT NULL DEFAULT false;
ALTER TABLE posts ADD CONSTRAINT posts_held CHECK (NOT held OR audience = 'direct') NOT VALID;
COMMENT ON COLUMN posts.held IS 'Whether it waits for a host (held_posts): a direct post that names nobody, so that every gate keeps it.';
