-- Kinds of requests and the desks that answer them, as administrators wrote, changed or took out; the others come with the house.
CREATE TABLE signposts (
    key text PRIMARY KEY,
    name text NOT NULL,
    desk text NOT NULL,
    does text NOT NULL DEFAULT '',
    reply text NOT NULL,
    source text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    words text[] NOT NULL DEFAULT '{}',
    hints text[] NOT NULL DEFAULT '{}',
    gone boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN signposts.key IS 'The name without accents nor capitals, as it is named in addresses.';
COMMENT ON COLUMN signposts.words IS 'Words that are each enough for a question to be recognised.';
COMMENT ON COLUMN signposts.hints IS 'Words of which it takes two.';
COMMENT ON COLUMN signposts.gone IS 'Whether one that comes with the house is told no more.';
COMMENT ON TABLE signposts IS 'Kinds of requests and who answers them, as administrators wrote, changed or took out; the others come with the house.';
