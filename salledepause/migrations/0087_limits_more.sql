-- An edit that goes too far waits for a host as a new post does; what the post says stays meanwhile.
ALTER TABLE held_posts ADD COLUMN edit jsonb;
COMMENT ON COLUMN held_posts.edit IS 'Of an edit that waits, what it changes; of one that was published or refused for good, nothing. Null where the post itself waits.';
COMMENT ON TABLE held_posts IS 'Why a post or an edit of it is, or was, held, what its author answers, what a host decided; of a post none of its words.';
