-- What a profile shows beside its posts, as its owner wishes (Mastodon 4.6).
ALTER TABLE accounts
    ADD COLUMN show_media boolean NOT NULL DEFAULT true,
    ADD COLUMN show_media_replies boolean NOT NULL DEFAULT true,
    ADD COLUMN show_featured boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN accounts.show_media IS 'Whether apps show a page of its pictures; `show_media_replies`: those of its answers too.';
COMMENT ON COLUMN accounts.show_featured IS 'Whether apps show a page of what it recommends.';
