-- The shield: who wears it, what waits behind it, what its wearer taught it; helpers, friends who tease, evidence, pile-ons.
CREATE TABLE shields (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    worn boolean NOT NULL,
    digest text NOT NULL DEFAULT 'none' CHECK (digest IN ('none', 'hour')),
    digest_at smallint NOT NULL DEFAULT 1080 CHECK (digest_at BETWEEN 0 AND 1439),
    digested_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE shields IS 'Who has, or had, a shield before their mentions.';
COMMENT ON COLUMN shields.digest_at IS 'Minutes after midnight, on the clock of Paris.';

CREATE TABLE shield_items (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    from_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'judging' CHECK (state IN ('judging', 'held', 'kept', 'gone')),
    kind text NOT NULL DEFAULT '',
    target text NOT NULL DEFAULT '',
    tie text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    UNIQUE (account_id, post_id)
);
COMMENT ON TABLE shield_items IS 'Mentions that wait behind a shield: for their verdict, or in the sas.';
COMMENT ON COLUMN shield_items.state IS 'gone: taken out of the sas unread; it stays covered.';
CREATE INDEX shield_items_post ON shield_items (post_id);
CREATE INDEX shield_items_from ON shield_items (from_id);
CREATE INDEX shield_items_sas ON shield_items (account_id, id) WHERE state IN ('held', 'kept');
CREATE INDEX shield_items_judging ON shield_items (id) WHERE state = 'judging';

CREATE TABLE shield_lessons (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    words bytea NOT NULL,
    from_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL,
    PRIMARY KEY (account_id, words)
);
COMMENT ON TABLE shield_lessons IS 'What a wearer said was not hostile: the SHA-256 of its bare words, never the text.';
CREATE INDEX shield_lessons_from ON shield_lessons (from_id);

CREATE TABLE shield_words (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    word text NOT NULL,
    PRIMARY KEY (account_id, word)
);
COMMENT ON TABLE shield_words IS 'Insults that a wearer wants counted, however they are spelt.';

CREATE TABLE shield_weeks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    week date NOT NULL,
    kind text NOT NULL,
    word text NOT NULL DEFAULT '',
    number int NOT NULL,
    PRIMARY KEY (account_id, week, kind, word)
);
COMMENT ON TABLE shield_weeks IS 'How many hostile mentions a wearer had, by week (Monday, Paris) and kind, and with which of their words.';

CREATE TABLE shield_helpers (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    helper_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    accepted boolean NOT NULL DEFAULT false,
    CHECK (account_id <> helper_id)
);
COMMENT ON TABLE shield_helpers IS 'Whom a wearer trusts to sort what waits, once they accepted.';
CREATE INDEX shield_helpers_helper ON shield_helpers (helper_id);

CREATE TABLE duels (
    low_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    high_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    asked_by bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    agreed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (low_id, high_id),
    CHECK (low_id < high_id AND asked_by IN (low_id, high_id))
);
COMMENT ON TABLE duels IS 'Two friends who may tease each other, once both said so.';
CREATE INDEX duels_high ON duels (high_id);
CREATE INDEX duels_asked ON duels (asked_by);

CREATE TABLE evidence (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post bigint NOT NULL,
    address text NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    warning text NOT NULL,
    said_at timestamptz NOT NULL,
    edited_at timestamptz,
    kept_at timestamptz NOT NULL,
    UNIQUE (account_id, post)
);
COMMENT ON TABLE evidence IS 'What somebody put aside for a complaint: a copy, kept when its author erases what they wrote.';
COMMENT ON COLUMN evidence.post IS 'Id of the post, which may be there no more.';

CREATE TABLE newcomers (
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at timestamptz NOT NULL,
    PRIMARY KEY (target_id, account_id)
);
COMMENT ON TABLE newcomers IS 'Who answered somebody they are strangers to, and when last: an hour is kept.';
CREATE INDEX newcomers_account ON newcomers (account_id);
CREATE INDEX newcomers_at ON newcomers (at);
