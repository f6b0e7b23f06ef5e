-- Any post may be closed by its author. Whoever answers asks first whether anything is closed in the thread: the index holds closed
-- posts alone, so that almost always nothing is there.
CREATE INDEX posts_closed ON posts (conversation_id) WHERE closed;
COMMENT ON COLUMN posts.closed IS 'Whether its author alone may answer it, or what stands below it, and quote it.';
