-- What somebody answers to a decision about them, and what became of it.
CREATE TABLE moderation_appeals (
    act_id bigint PRIMARY KEY REFERENCES moderation_acts ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    words text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    verdict text CHECK (verdict IN ('kept', 'lifted')),
    reason text NOT NULL DEFAULT ''
);
COMMENT ON TABLE moderation_appeals IS 'What whom a decision is about answers, once, and what a host decided then; it goes with the account.';
COMMENT ON COLUMN moderation_appeals.verdict IS 'Empty until a host looked again.';
CREATE INDEX moderation_appeals_account ON moderation_appeals (account_id);
CREATE INDEX moderation_appeals_waiting ON moderation_appeals (made_at) WHERE verdict IS NULL;
