-- Company: who asks for a word, who is on shift to give one, whom it was told.
CREATE TABLE company_calls (
    post_id bigint PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    conversation_id bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    claimed_by bigint REFERENCES accounts ON DELETE SET NULL,
    claimed_until timestamptz,
    paged smallint NOT NULL DEFAULT 0,
    CHECK ((claimed_by IS NULL) OR (claimed_until IS NOT NULL))
);
COMMENT ON TABLE company_calls IS 'Posts whose author asks for a word; withdrawn ones have no row, answered ones go thirty days later.';
COMMENT ON COLUMN company_calls.answered_at IS 'When somebody else first gave support.';
COMMENT ON COLUMN company_calls.claimed_until IS 'Until when the one who said to be answering is waited for; it lapses by itself.';
COMMENT ON COLUMN company_calls.paged IS 'How many times hosts were called.';
CREATE INDEX company_calls_waiting ON company_calls (asked_at) WHERE answered_at IS NULL;
CREATE INDEX company_calls_conversation ON company_calls (conversation_id);
CREATE INDEX company_calls_account ON company_calls (account_id);
CREATE INDEX company_calls_claimed ON company_calls (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE company_told (
    post_id bigint NOT NULL REFERENCES company_calls ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at timestamptz NOT NULL,
    paged boolean NOT NULL DEFAULT false,
    PRIMARY KEY (post_id, account_id)
);
COMMENT ON TABLE company_told IS 'Whom a call was told: volunteers on shift, then hosts one after the other.';
CREATE INDEX company_told_account ON company_told (account_id, at);

CREATE TABLE company_advice (
    post_id bigint PRIMARY KEY REFERENCES posts ON DELETE CASCADE
);
COMMENT ON TABLE company_advice IS 'Answers to a call whose author said that they give advice: such an answer leaves the call open.';

CREATE TABLE company_hours (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    starts timestamptz NOT NULL CHECK (starts = date_trunc('hour', starts, 'UTC')),
    there boolean NOT NULL,
    PRIMARY KEY (account_id, starts)
);
COMMENT ON TABLE company_hours IS 'Hours of the rota, as instants, that somebody took, or left although their week would have them there.';
CREATE INDEX company_hours_starts ON company_hours (starts);

CREATE TABLE company_weeks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    PRIMARY KEY (account_id, weekday, hour)
);
COMMENT ON TABLE company_weeks IS 'Hours that somebody takes every week, as the clock of Paris shows them; Monday is 1.';
CREATE INDEX company_weeks_hour ON company_weeks (weekday, hour);
