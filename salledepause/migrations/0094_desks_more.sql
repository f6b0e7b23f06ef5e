-- Who said « stop » to a desk may take it back; what a desk answered in the open is known as its own.
ALTER TABLE desk_stops DROP CONSTRAINT desk_stops_pkey;

ALTER TABLE desk_stops ADD COLUMN by_id bigint REFERENCES accounts ON DELETE SET NULL;

CREATE UNIQUE INDEX desk_stops_one ON desk_stops (desk_id, conversation_id, by_id);

CREATE INDEX desk_stops_by ON desk_stops (by_id);

COMMENT ON COLUMN desk_stops.by_id IS 'Who said it and may take it back; nobody once their account is gone, and for who saw no answer of the desk there.';

ALTER TABLE desk_sayings ADD COLUMN open_post_id bigint;

COMMENT ON COLUMN desk_sayings.open_post_id IS 'The post by which it was said in the open too.';

CREATE INDEX desk_sayings_open_post ON desk_sayings (open_post_id);

UPDATE desk_sayings s SET open_post_id = o.id FROM posts p JOIN posts o ON o.parent_id = p.parent_id
    AND o.account_id = p.account_id AND o.automated AND o.audience = 'public' AND o.id > p.id
WHERE s.post_id = p.id AND s.automated;
