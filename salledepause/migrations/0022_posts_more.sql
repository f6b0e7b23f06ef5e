-- What an erased post showed waits a day for its author's new draft.
ALTER TABLE media ADD COLUMN freed_at timestamptz;
COMMENT ON COLUMN media.freed_at IS 'When the post that showed it was erased; it waits a day for another, under another address.';
