-- What somebody does not meet although it is theirs to read: a mention that waits behind their shield. And threads that are slowed.
CREATE TABLE covers (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    PRIMARY KEY (account_id, post_id)
);
COMMENT ON TABLE covers IS 'Posts kept out of the lists of one reader, who may still open them by their address.';
CREATE INDEX covers_post ON covers (post_id);

CREATE TABLE slowed (
    conversation_id bigint PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
    spared_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    until timestamptz NOT NULL
);
COMMENT ON TABLE slowed IS 'Conversations where everybody but one leaves time between two answers, until an instant.';
CREATE INDEX slowed_spared ON slowed (spared_id);
CREATE INDEX slowed_until ON slowed (until);
