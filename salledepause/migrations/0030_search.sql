-- What posts are found by is written with them: words for the French stemmer and marks of what they are (features/posts/finding.py).
ALTER TABLE posts ADD COLUMN words tsvector;
COMMENT ON COLUMN posts.words IS 'What it is found by; NULL for a boost, and for a post from before, until `posts.index_older` comes by.';
DROP INDEX posts_words;
CREATE INDEX posts_words ON posts USING gin (words);
CREATE INDEX posts_unfound ON posts (id) WHERE words IS NULL AND boost_of_id IS NULL;
