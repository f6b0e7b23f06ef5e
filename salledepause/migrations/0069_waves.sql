-- A wave of congratulations on a victory: when it is, who claps, what each has given today; who wants the weekly question.
CREATE TABLE waves (
    post_id bigint PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    opened_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended boolean NOT NULL DEFAULT false,
    families text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE waves IS 'A victory is congratulated once, for a quarter of an hour; then what was said is kept, and nothing is added.';
COMMENT ON COLUMN waves.ended IS 'Whether what it leaves is made: nothing ties an anonymous clap to anybody any more.';
COMMENT ON COLUMN waves.families IS 'Once it ended: the families of which at least five people clapped without their name.';
CREATE INDEX waves_open ON waves (ends_at) WHERE NOT ended;

CREATE TABLE claps (
    id bigint PRIMARY KEY DEFAULT next_id(),
    post_id bigint NOT NULL REFERENCES waves ON DELETE CASCADE,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    voice bytea,
    family text,
    sign text NOT NULL,
    word text NOT NULL DEFAULT '',
    UNIQUE (post_id, voice)
);
COMMENT ON TABLE claps IS 'A row each, never changed by whoever claps next: they are counted when they are read.';
COMMENT ON COLUMN claps.account_id IS 'Who claps under their name.';
COMMENT ON COLUMN claps.voice IS 'While the wave lasts: who claps, as only the key of the house could tell, so that each claps once.';
COMMENT ON COLUMN claps.family IS 'While the wave lasts: of an anonymous clap, the family that its account shows.';
CREATE INDEX claps_account ON claps (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE clap_days (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    day date NOT NULL,
    given smallint NOT NULL CHECK (given BETWEEN 0 AND 5),
    PRIMARY KEY (account_id, day)
);
COMMENT ON TABLE clap_days IS 'How many claps somebody gave on a day of Paris: not to whom. Two days are kept.';

CREATE TABLE victory_prompts (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    told_on date NOT NULL
);
COMMENT ON TABLE victory_prompts IS 'Who wants to be asked for a small victory each week, and when they last were (or began to want it).';

DO $$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'notifications_kind_check');
BEGIN
    ALTER TABLE notifications DROP CONSTRAINT notifications_kind_check;
    EXECUTE 'ALTER TABLE notifications ADD CONSTRAINT notifications_kind_check '
        || replace(known, 'ARRAY[', 'ARRAY[''wave''::text, ''victory_prompt''::text, ');
END $$;
