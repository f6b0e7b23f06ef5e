CREATE TABLE limits (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL DEFAULT next_id(),
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
CREATE INDEX limits_target ON limits (target_id);
COMMENT ON TABLE limits IS 'Who limits whom: what they say is met only where one goes to look, and what one is told of them waits aside.';
