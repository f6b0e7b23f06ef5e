-- Posts of rooms: an audience of their own, which no condition made for the others lets through.
ALTER TABLE posts ADD COLUMN room_id bigint REFERENCES rooms;
ALTER TABLE posts ADD COLUMN expires_at timestamptz;
ALTER TABLE posts DROP CONSTRAINT posts_audience_check;
ALTER TABLE posts ADD CONSTRAINT posts_audience_check CHECK (audience IN ('public', 'unlisted', 'followers', 'direct', 'room'));
ALTER TABLE posts ADD CONSTRAINT posts_room_check CHECK ((audience = 'room') = (room_id IS NOT NULL));
CREATE INDEX posts_room ON posts (room_id, id) WHERE room_id IS NOT NULL;
CREATE INDEX posts_expiring ON posts (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON COLUMN posts.room_id IS 'The room that it was said in, which it never leaves.';
COMMENT ON COLUMN posts.expires_at IS 'When nobody may read it any more; it is erased within a minute.';
