-- Media held from view lie under private names, and every picture says what it looks like.
ALTER TABLE media ADD COLUMN likeness bit(256);
ALTER TABLE media ADD COLUMN held_small text;
ALTER TABLE media ADD COLUMN decorative boolean NOT NULL DEFAULT false;
ALTER TABLE media DROP CONSTRAINT media_state_check,
    ADD CHECK (state IN ('processing', 'ready', 'failed', 'held', 'refused'));
COMMENT ON COLUMN media.likeness IS 'What it looks like (kernel/likeness.py); all zero when it is too even, empty before anybody looked.';
COMMENT ON COLUMN media.held_small IS 'Private name of the small rendition while it is held; `source` is that of the original.';
COMMENT ON COLUMN media.decorative IS 'Whether its author says that it shows nothing that a description would tell.';
CREATE INDEX media_unlike ON media (id) WHERE likeness IS NULL AND state = 'ready';
