-- The small victories of a month are found among all that was said in it.
CREATE INDEX posts_victories ON posts (id) WHERE kind = 'victory';
