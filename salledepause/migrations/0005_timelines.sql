-- The materialised home: one narrow row a reader and post. No foreign key: a reading joins what still exists, a job sweeps the rest.
CREATE TABLE home (
    reader_id bigint NOT NULL,
    post_id bigint NOT NULL,
    PRIMARY KEY (reader_id, post_id)
);

-- How far somebody has read, as their apps tell; the same page on every device.
CREATE TABLE markers (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    timeline text NOT NULL CHECK (timeline IN ('home', 'notifications')),
    last_read_id bigint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, timeline)
);

-- Tags are found by their beginning, whatever the collation of the database.
CREATE INDEX post_tags_beginning ON post_tags (tag text_pattern_ops);

-- Conversations are the threads of direct posts one takes part in; how far one read each, and up to where one put it away.
CREATE TABLE conversation_marks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    conversation_id bigint NOT NULL,
    read_id bigint NOT NULL DEFAULT 0,
    hidden_id bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, conversation_id)
);
CREATE INDEX posts_direct ON posts (account_id, id) WHERE audience = 'direct';

-- People whom one does not want to be proposed again.
CREATE TABLE dismissed_suggestions (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, target_id)
);
CREATE INDEX dismissed_suggestions_target ON dismissed_suggestions (target_id);

-- What somebody does not want to read: words and posts, in which lists, and how it is then shown.
CREATE TABLE filters (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    title text NOT NULL,
    contexts text[] NOT NULL,
    action text NOT NULL CHECK (action IN ('warn', 'hide', 'blur')),
    expires_at timestamptz
);
CREATE INDEX filters_account ON filters (account_id);

CREATE TABLE filter_keywords (
    id bigint PRIMARY KEY DEFAULT next_id(),
    filter_id bigint NOT NULL REFERENCES filters ON DELETE CASCADE,
    keyword text NOT NULL,
    whole_word boolean NOT NULL
);
CREATE INDEX filter_keywords_filter ON filter_keywords (filter_id);

CREATE TABLE filter_posts (
    id bigint PRIMARY KEY DEFAULT next_id(),
    filter_id bigint NOT NULL REFERENCES filters ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    UNIQUE (filter_id, post_id)
);
CREATE INDEX filter_posts_post ON filter_posts (post_id);
