-- The barometer of rooms: what was read of posts, what each room's comes to; and the brake that a room is under.
CREATE TABLE room_readings (
    post_id bigint PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    version integer NOT NULL,
    zone text NOT NULL CHECK (zone IN ('vert', 'orange', 'rouge'))
);
COMMENT ON TABLE room_readings IS 'How sharp posts of rooms are, read once in each version, for a day; never those of rooms where words end.';

CREATE TABLE room_barometers (
    room_id bigint PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'calm' CHECK (state IN ('calm', 'tense', 'red')),
    since timestamptz NOT NULL,
    people integer NOT NULL DEFAULT 0 CHECK (people % 5 = 0),
    reasons jsonb NOT NULL DEFAULT '[]',
    off boolean NOT NULL DEFAULT false,
    begun timestamptz
);
CREATE INDEX room_barometers_stirred ON room_barometers (room_id) WHERE state <> 'calm';
COMMENT ON TABLE room_barometers IS 'How tense a room is, in numbers rounded to fives; a room that was never stirred has no row.';
COMMENT ON COLUMN room_barometers.reasons IS 'Kinds of signs that five people or more gave, and how many at least; of a calm room nothing.';
COMMENT ON COLUMN room_barometers.begun IS 'From when signs count: since it was lifted by hand, or switched on again.';

ALTER TABLE rooms ADD COLUMN brake_seconds integer NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD CONSTRAINT rooms_brake CHECK (brake_seconds BETWEEN 0 AND 86400) NOT VALID;
COMMENT ON COLUMN rooms.brake_seconds IS 'Seconds between two posts of one person while the room is slowed, beside those of its rules.';
