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
