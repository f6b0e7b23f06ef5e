-- A circle is being formed until three people are in it; once formed it stays so: whoever leaves makes no sign of it.
ALTER TABLE rooms ADD COLUMN formed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN rooms.formed IS 'Whether three people were in it one day; never undone, so that it tells of nobody who leaves.';
UPDATE rooms SET formed = true
    WHERE (SELECT count(*) FROM room_members m WHERE m.room_id = rooms.id AND m.standing IN ('member', 'keeper')) >= 3;
