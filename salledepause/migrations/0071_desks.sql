-- Desks: ready answers that several people own together, what is asked of them, what was answered to whom.
CREATE TABLE desks (
    id bigint PRIMARY KEY DEFAULT next_id(),
    name text NOT NULL CHECK (name <> ''),
    purpose text NOT NULL DEFAULT '',
    asked boolean NOT NULL DEFAULT true,
    answers boolean NOT NULL DEFAULT false,
    pace smallint NOT NULL DEFAULT 20 CHECK (pace BETWEEN 1 AND 200),
    version integer NOT NULL DEFAULT 1
);
COMMENT ON TABLE desks IS 'Where a few people answer many together.';
COMMENT ON COLUMN desks.asked IS 'Whether anybody may ask it.';
COMMENT ON COLUMN desks.answers IS 'Whether it answers by itself what it is sure of.';
COMMENT ON COLUMN desks.pace IS 'How many answers it gives by itself in an hour at most.';
COMMENT ON COLUMN desks.version IS 'Raised by whatever changes what it has learned.';

CREATE TABLE desk_members (
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    joined boolean NOT NULL DEFAULT false,
    takes_in boolean NOT NULL DEFAULT false,
    PRIMARY KEY (desk_id, account_id)
);
COMMENT ON TABLE desk_members IS 'Who owns a desk with others, or is invited to.';
COMMENT ON COLUMN desk_members.takes_in IS 'Whether what is said to them in the open goes to the desk.';
CREATE INDEX desk_members_account ON desk_members (account_id);
CREATE INDEX desk_members_taking_in ON desk_members (account_id) WHERE takes_in;

CREATE TABLE desk_weeks (
    desk_id bigint NOT NULL,
    account_id bigint NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    PRIMARY KEY (desk_id, account_id, weekday, hour),
    FOREIGN KEY (desk_id, account_id) REFERENCES desk_members ON DELETE CASCADE
);
COMMENT ON TABLE desk_weeks IS 'Hours of every week that a member takes, as the clock of Paris shows them; Monday is 1.';

CREATE TABLE desk_rings (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at timestamptz NOT NULL
);
COMMENT ON TABLE desk_rings IS 'When members were told that remarks wait, whatever the desk; kept a day.';
CREATE INDEX desk_rings_account ON desk_rings (account_id, at);

CREATE TABLE desk_cards (
    id bigint PRIMARY KEY DEFAULT next_id(),
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    owner_id bigint REFERENCES accounts ON DELETE SET NULL,
    remark text NOT NULL CHECK (remark <> ''),
    answer text NOT NULL CHECK (answer <> ''),
    nuance text NOT NULL DEFAULT '',
    sources text[] NOT NULL DEFAULT '{}',
    as_of date NOT NULL,
    expires_on date NOT NULL,
    minutes smallint NOT NULL DEFAULT 4 CHECK (minutes BETWEEN 0 AND 240),
    automatic boolean NOT NULL DEFAULT false,
    public boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    said bigint NOT NULL DEFAULT 0,
    lapse_told boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE desk_cards IS 'Ready answers: the remark, the answer and its nuance, sources, dates, how often it was said.';
COMMENT ON COLUMN desk_cards.automatic IS 'Whether its owner lets the desk answer it by itself.';
COMMENT ON COLUMN desk_cards.public IS 'Whether what is answered by itself is then said in public too, folded.';
COMMENT ON COLUMN desk_cards.minutes IS 'What an answer would take to write.';
COMMENT ON COLUMN desk_cards.lapse_told IS 'Whether its owner was told that it is past its date.';
CREATE INDEX desk_cards_desk ON desk_cards (desk_id);
CREATE INDEX desk_cards_owner ON desk_cards (owner_id);

CREATE TABLE desk_card_versions (
    card_id bigint NOT NULL REFERENCES desk_cards ON DELETE CASCADE,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    by_id bigint REFERENCES accounts ON DELETE SET NULL,
    remark text NOT NULL,
    answer text NOT NULL,
    nuance text NOT NULL,
    sources text[] NOT NULL,
    as_of date NOT NULL,
    expires_on date NOT NULL,
    PRIMARY KEY (card_id, version)
);
COMMENT ON TABLE desk_card_versions IS 'What a card said, since when, and who wrote it.';
CREATE INDEX desk_card_versions_by ON desk_card_versions (by_id);

CREATE TABLE desk_remarks (
    id bigint PRIMARY KEY DEFAULT next_id(),
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint REFERENCES posts ON DELETE CASCADE,
    text text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'answered', 'aside')),
    learned integer NOT NULL DEFAULT 0,
    candidates jsonb NOT NULL DEFAULT '[]',
    reason text NOT NULL DEFAULT '',
    card_id bigint REFERENCES desk_cards ON DELETE SET NULL,
    by_id bigint REFERENCES accounts ON DELETE SET NULL,
    draft text NOT NULL DEFAULT '',
    draft_by bigint REFERENCES accounts ON DELETE SET NULL,
    draft_at timestamptz,
    UNIQUE (desk_id, post_id),
    CHECK (post_id IS NOT NULL OR text <> '')
);
COMMENT ON TABLE desk_remarks IS 'What a desk is asked: a post to one of its members, or words of its own. Answered ones go after thirty days.';
COMMENT ON COLUMN desk_remarks.learned IS 'The version of the desk by which its cards were proposed; 0: none yet.';
COMMENT ON COLUMN desk_remarks.candidates IS 'The nearest cards: id, how sure that is, the known words that are nearest.';
COMMENT ON COLUMN desk_remarks.by_id IS 'Who chose the answer; nobody where the desk did.';
COMMENT ON COLUMN desk_remarks.draft IS 'An answer that a member is writing, which the others see.';
CREATE INDEX desk_remarks_open ON desk_remarks (desk_id, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX desk_remarks_account ON desk_remarks (account_id);
CREATE INDEX desk_remarks_post ON desk_remarks (post_id);
CREATE INDEX desk_remarks_card ON desk_remarks (card_id);
CREATE INDEX desk_remarks_by ON desk_remarks (by_id);
CREATE INDEX desk_remarks_draft ON desk_remarks (draft_by);

CREATE TABLE desk_wordings (
    id bigint PRIMARY KEY DEFAULT next_id(),
    card_id bigint NOT NULL REFERENCES desk_cards ON DELETE CASCADE,
    key bytea NOT NULL,
    text text NOT NULL,
    fits boolean NOT NULL,
    remark_id bigint REFERENCES desk_remarks ON DELETE CASCADE,
    UNIQUE (card_id, key)
);
COMMENT ON TABLE desk_wordings IS 'Texts that were said to be the remark of a card, or not to be; those that come from a post go with it.';
CREATE INDEX desk_wordings_remark ON desk_wordings (remark_id);

CREATE TABLE desk_sayings (
    id bigint PRIMARY KEY DEFAULT next_id(),
    card_id bigint NOT NULL REFERENCES desk_cards ON DELETE CASCADE,
    said_at timestamptz NOT NULL,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    post_id bigint REFERENCES posts ON DELETE SET NULL,
    conversation_id bigint,
    automated boolean NOT NULL DEFAULT false,
    key bytea UNIQUE
);
COMMENT ON TABLE desk_sayings IS 'Each time that a card was said: here to whom and in which conversation, elsewhere by the key of its line.';
CREATE INDEX desk_sayings_card ON desk_sayings (card_id, account_id);
CREATE INDEX desk_sayings_account ON desk_sayings (account_id);
CREATE INDEX desk_sayings_post ON desk_sayings (post_id);
CREATE INDEX desk_sayings_conversation ON desk_sayings (conversation_id);

CREATE TABLE desk_stops (
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    conversation_id bigint NOT NULL,
    PRIMARY KEY (desk_id, conversation_id)
);
COMMENT ON TABLE desk_stops IS 'Conversations in which a desk was told to stop answering by itself.';

CREATE TABLE desk_refusals (
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (desk_id, account_id)
);
COMMENT ON TABLE desk_refusals IS 'Who told a desk never to answer them by itself.';
CREATE INDEX desk_refusals_account ON desk_refusals (account_id);
