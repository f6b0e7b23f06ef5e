-- What somebody asked to carry away or to bring in: done by a job while they do something else.
CREATE TABLE errands (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    what text NOT NULL CHECK (what IN ('archive', 'follows', 'lists', 'mutes', 'blocks', 'domain-blocks', 'bookmarks')),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    part real NOT NULL DEFAULT 0,
    given bytea CHECK (octet_length(given) <= 4194304),
    file text,
    sums jsonb NOT NULL DEFAULT '{}',
    told jsonb NOT NULL DEFAULT '[]',
    expires_at timestamptz NOT NULL
);
CREATE INDEX errands_account ON errands (account_id, id);
COMMENT ON TABLE errands IS 'Archives to write and tables to bring in, asked for by their person, with how far they are; kept a week.';
COMMENT ON COLUMN errands.given IS 'The table to bring in, until it is.';
COMMENT ON COLUMN errands.file IS 'The private name of an archive that waits to be taken, once.';
COMMENT ON COLUMN errands.sums IS 'How many lines had each outcome; `told` has the place and the reason of those that were not taken.';

-- When notifications keep silent: at night as each one sets it, and while one is away.
ALTER TABLE notification_policies
    ADD COLUMN quiet boolean NOT NULL DEFAULT true,
    ADD COLUMN quiet_from smallint NOT NULL DEFAULT 1320 CHECK (quiet_from BETWEEN 0 AND 1439),
    ADD COLUMN quiet_to smallint NOT NULL DEFAULT 360 CHECK (quiet_to BETWEEN 0 AND 1439),
    ADD COLUMN away_from bigint,
    ADD COLUMN away_note text NOT NULL DEFAULT '';
COMMENT ON COLUMN notification_policies.quiet_from IS 'Minutes after midnight in Paris from which, and with `quiet_to` until which, nothing rings.';
COMMENT ON COLUMN notification_policies.away_from IS 'The id that was next when the person went away: notifications from it on are kept aside. Null: they are here.';

-- A browser is woken as long as its session lasts, as an app is as long as its token does.
ALTER TABLE push_subscriptions
    ADD COLUMN session_id bigint UNIQUE REFERENCES sessions (id) ON DELETE CASCADE;
ALTER TABLE push_subscriptions
    ALTER COLUMN token_id DROP NOT NULL,
    ALTER COLUMN token DROP NOT NULL,
    ADD CHECK (num_nonnulls(token_id, session_id) = 1);
COMMENT ON COLUMN push_subscriptions.session_id IS 'The browser that is woken, where it is one.';
