-- Threads that somebody wants to hear no more of.
CREATE TABLE conversation_mutes (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    conversation_id bigint NOT NULL,
    PRIMARY KEY (account_id, conversation_id)
);
COMMENT ON TABLE conversation_mutes IS 'Threads of which somebody is told nothing more. No foreign key: the mute outlives an erased first post.';
