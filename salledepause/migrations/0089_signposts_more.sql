-- Which signpost somebody said is not what a message is for.
CREATE TABLE signpost_refusals (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    key text NOT NULL,
    PRIMARY KEY (account_id, post_id)
);
COMMENT ON TABLE signpost_refusals IS 'What somebody says a message is not for: proposed to them for it no more; three times, not at all.';
COMMENT ON COLUMN signpost_refusals.key IS 'The signpost that was proposed.';
CREATE INDEX signpost_refusals_post ON signpost_refusals (post_id);
