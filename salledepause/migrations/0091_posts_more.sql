-- A picture whose refusal was wrong is lost; one may wait with an edit.
ALTER TABLE media DROP CONSTRAINT media_state_check,
    ADD CHECK (state IN ('processing', 'ready', 'failed', 'held', 'refused', 'lost'));
COMMENT ON COLUMN media.position IS 'Place in the post; -1 once an edit took it out, which the history still shows, or while it waits with an edit.';
COMMENT ON COLUMN media.freed_at IS 'When the post that showed it was erased, or the edit that it waited with is no more; it waits a day for another.';
