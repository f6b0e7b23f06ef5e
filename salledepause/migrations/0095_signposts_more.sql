-- What several people say of a signpost and of the same words is learned for the house, by the words of the table alone.
ALTER TABLE signpost_refusals ADD COLUMN words text[] NOT NULL DEFAULT '{}';

COMMENT ON COLUMN signpost_refusals.words IS 'Words of the table that proposed it, where the message was said to them; none once an administrator forgot them.';

CREATE INDEX signpost_refusals_key ON signpost_refusals (key);

CREATE TABLE signpost_confirmations (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    key text NOT NULL,
    words text[] NOT NULL,
    PRIMARY KEY (account_id, post_id)
);
COMMENT ON TABLE signpost_confirmations IS 'What somebody answered a message that was said to them by: the words of its signpost are right for the house too.';
COMMENT ON COLUMN signpost_confirmations.words IS 'Words of the table that stand in the message.';
CREATE INDEX signpost_confirmations_post ON signpost_confirmations (post_id);
CREATE INDEX signpost_confirmations_key ON signpost_confirmations (key);
