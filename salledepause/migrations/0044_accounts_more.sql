-- Handles that no account may bear because something else does: what one names in a text is one thing or the other.
CREATE TABLE held_handles (
    handle text PRIMARY KEY CHECK (handle = lower(handle))
);
COMMENT ON TABLE held_handles IS 'Handles, in small letters, that rooms bear: no account takes them, in any order of events.';
CREATE FUNCTION account_handle_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(lower(NEW.handle), 0));
    IF EXISTS (SELECT FROM held_handles WHERE handle = lower(NEW.handle)) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_handle_is_free BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION account_handle_is_free();
CREATE FUNCTION held_handle_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.handle, 0));
    IF EXISTS (SELECT FROM accounts WHERE lower(handle) = NEW.handle) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held_handle_is_free BEFORE INSERT ON held_handles FOR EACH ROW EXECUTE FUNCTION held_handle_is_free();
