-- What is said for some hours is written closed, under a key that dies with its hour (kernel/seals.py, decision 0013).
ALTER TABLE posts ADD COLUMN sealed bytea;
ALTER TABLE post_edits ADD COLUMN sealed bytea;
ALTER TABLE posts ADD CONSTRAINT posts_sealed_check CHECK (sealed IS NULL OR text = '' AND warning = '');
ALTER TABLE post_edits ADD CONSTRAINT post_edits_sealed_check CHECK (sealed IS NULL OR text = '' AND warning = '');
COMMENT ON COLUMN posts.sealed IS 'Text and warning of a post that ends, closed; its columns of words are empty then.';
COMMENT ON COLUMN post_edits.sealed IS 'As in posts: what it said before, closed.';
