-- Who is away may have an answer sent, once to each who writes in private; what is sent so says that no hand sent it.
ALTER TABLE posts ADD COLUMN automated boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN posts.automated IS 'Whether the house sent it by itself in the name of its author.';
ALTER TABLE notification_policies ADD COLUMN away_reply text NOT NULL DEFAULT '';
COMMENT ON COLUMN notification_policies.away_reply IS 'What is answered to private mentions while the person is away. Empty: nothing.';
ALTER TABLE notification_policies ADD COLUMN away_until date;
COMMENT ON COLUMN notification_policies.away_until IS 'Last day (Paris) on which that is answered. Null: until the person is back.';
CREATE TABLE away_replies (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    to_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    replied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, to_id)
);
CREATE INDEX away_replies_to ON away_replies (to_id);
COMMENT ON TABLE away_replies IS 'Who got the automatic answer of an absence; forgotten when the person is back.';
