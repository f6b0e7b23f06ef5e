-- Posts, and everything that hangs on one. A boost is a row too: same id space, `boost_of_id` set, no text.
CREATE TABLE posts (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL DEFAULT 'opinion' CHECK (kind IN ('opinion', 'doubt', 'story', 'victory', 'thanks', 'question', 'idea',
        'rant', 'info', 'experience', 'source')),
    audience text NOT NULL CHECK (audience IN ('public', 'unlisted', 'followers', 'direct')),
    text text NOT NULL DEFAULT '',
    warning text NOT NULL DEFAULT '',
    sensitive boolean NOT NULL DEFAULT false,
    language text,
    shows_family boolean NOT NULL DEFAULT true,
    parent_id bigint,
    parent_account_id bigint,
    conversation_id bigint NOT NULL,
    boost_of_id bigint REFERENCES posts ON DELETE CASCADE,
    app_id bigint REFERENCES apps ON DELETE SET NULL,
    has_poll boolean NOT NULL DEFAULT false,
    has_media boolean NOT NULL DEFAULT false,
    replies_count integer NOT NULL DEFAULT 0,
    boosts_count integer NOT NULL DEFAULT 0,
    favourites_count integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz
);
COMMENT ON COLUMN posts.parent_id IS 'No foreign key: the answer outlives what it answers (see tombstones).';
CREATE INDEX posts_account ON posts (account_id, id);
CREATE INDEX posts_conversation ON posts (conversation_id, id);
CREATE INDEX posts_public ON posts (id) WHERE audience = 'public' AND boost_of_id IS NULL;
CREATE UNIQUE INDEX posts_boost ON posts (boost_of_id, account_id) WHERE boost_of_id IS NOT NULL;
CREATE INDEX posts_app ON posts (app_id) WHERE app_id IS NOT NULL;
CREATE INDEX posts_words ON posts USING gin (to_tsvector('salledepause', text)) WHERE audience = 'public' AND boost_of_id IS NULL;

CREATE TABLE conversations (
    id bigint PRIMARY KEY,
    families integer NOT NULL,
    posts_count integer NOT NULL
);
COMMENT ON TABLE conversations IS 'One row a thread of two posts or more; `families` has a bit for each role family that spoke.';

CREATE TABLE tombstones (
    id bigint PRIMARY KEY,
    parent_id bigint,
    conversation_id bigint NOT NULL
);
CREATE INDEX tombstones_conversation ON tombstones (conversation_id);
COMMENT ON TABLE tombstones IS 'Where an erased post stood in its thread, so that the thread stays whole; nothing else of it is kept.';

CREATE TABLE mentions (
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    silent boolean NOT NULL DEFAULT false,
    PRIMARY KEY (post_id, account_id)
);
CREATE INDEX mentions_account ON mentions (account_id, post_id);
COMMENT ON COLUMN mentions.silent IS 'May read but is no longer named in the text (kept from before an edit).';

CREATE TABLE post_tags (
    tag text NOT NULL,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    name text NOT NULL,
    PRIMARY KEY (tag, post_id)
);
CREATE INDEX post_tags_post ON post_tags (post_id);

CREATE TABLE gestures (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    kind smallint NOT NULL CHECK (kind IN (1, 2, 4, 8)),
    UNIQUE (account_id, post_id, kind)
);
CREATE INDEX gestures_post ON gestures (post_id, kind, id);
CREATE INDEX gestures_account ON gestures (account_id, kind, id);
COMMENT ON COLUMN gestures.kind IS 'A bit each: 1 favourite, 2 boost, 4 bookmark, 8 pin (features/posts/model.py).';

CREATE TABLE post_edits (
    id bigint PRIMARY KEY DEFAULT next_id(),
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    text text NOT NULL,
    warning text NOT NULL,
    sensitive boolean NOT NULL,
    options text[],
    media jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL
);
CREATE INDEX post_edits_post ON post_edits (post_id, id);

CREATE TABLE polls (
    id bigint PRIMARY KEY DEFAULT next_id(),
    post_id bigint NOT NULL UNIQUE REFERENCES posts ON DELETE CASCADE,
    options text[] NOT NULL,
    tallies integer[] NOT NULL,
    voters_count integer NOT NULL DEFAULT 0,
    multiple boolean NOT NULL DEFAULT false,
    hides_totals boolean NOT NULL DEFAULT false,
    expires_at timestamptz,
    ended boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN polls.ended IS 'Whether its end was told.';

CREATE TABLE poll_votes (
    poll_id bigint NOT NULL REFERENCES polls ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    choices smallint[] NOT NULL,
    PRIMARY KEY (poll_id, account_id)
);
CREATE INDEX poll_votes_account ON poll_votes (account_id);

CREATE TABLE scheduled_posts (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    app_id bigint REFERENCES apps ON DELETE SET NULL,
    at timestamptz NOT NULL,
    draft jsonb NOT NULL
);
CREATE INDEX scheduled_posts_account ON scheduled_posts (account_id, id);

CREATE TABLE media (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint REFERENCES posts ON DELETE CASCADE,
    scheduled_id bigint REFERENCES scheduled_posts ON DELETE SET NULL,
    position smallint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'processing' CHECK (state IN ('processing', 'ready', 'failed')),
    kind text NOT NULL DEFAULT 'image' CHECK (kind IN ('image', 'gifv', 'video')),
    source text,
    original text,
    small text,
    width integer,
    height integer,
    small_width integer,
    small_height integer,
    duration double precision,
    frame_rate double precision,
    blurhash text,
    focus_x double precision NOT NULL DEFAULT 0,
    focus_y double precision NOT NULL DEFAULT 0,
    description text NOT NULL DEFAULT ''
);
CREATE INDEX media_post ON media (post_id, position);
CREATE INDEX media_account ON media (account_id);
CREATE INDEX media_scheduled ON media (scheduled_id) WHERE scheduled_id IS NOT NULL;
CREATE INDEX media_loose ON media (id) WHERE post_id IS NULL;
COMMENT ON COLUMN media.original IS 'Keys in kernel/blobs; `source` is the upload as received, gone once decoded.';
COMMENT ON COLUMN media.position IS 'Place in the post; -1 once an edit took it out: the history still shows it.';

CREATE TABLE idempotency (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    key bytea NOT NULL,
    post_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
COMMENT ON COLUMN idempotency.post_id IS 'Of a post or of a scheduled post: they share one id space.';
