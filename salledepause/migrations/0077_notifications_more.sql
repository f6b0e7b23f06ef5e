-- What the shield tells: the digest of its wearer; that somebody asks for help or for a duel; that many answer one person at once.
DO $$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'notifications_kind_check');
BEGIN
    ALTER TABLE notifications DROP CONSTRAINT notifications_kind_check;
    EXECUTE 'ALTER TABLE notifications ADD CONSTRAINT notifications_kind_check '
        || replace(known, 'ARRAY[', 'ARRAY[''shield_digest''::text, ''shield_asked''::text, ''pile_on''::text, ');
END $$;
