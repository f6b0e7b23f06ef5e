-- One is told that remarks wait at one's desk, or that a card of one's own is past its date.
DO $$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'notifications_kind_check');
BEGIN
    ALTER TABLE notifications DROP CONSTRAINT notifications_kind_check;
    EXECUTE 'ALTER TABLE notifications ADD CONSTRAINT notifications_kind_check '
        || replace(known, 'ARRAY[', 'ARRAY[''desk''::text, ');
END $$;
