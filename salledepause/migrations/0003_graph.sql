-- Who follows, awaits, blocks, mutes and lists whom. `id` orders pages; the pair is the key.
CREATE TABLE follows (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL DEFAULT next_id(),
    boosts boolean NOT NULL DEFAULT true,
    notify boolean NOT NULL DEFAULT false,
    languages text[],
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
CREATE UNIQUE INDEX follows_target ON follows (target_id, account_id);

CREATE TABLE follow_requests (LIKE follows INCLUDING ALL);
ALTER TABLE follow_requests
    ADD FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE,
    ADD FOREIGN KEY (target_id) REFERENCES accounts ON DELETE CASCADE;

CREATE INDEX follows_newest ON follows (target_id, id);
CREATE INDEX follows_notify ON follows (target_id) WHERE notify;

CREATE TABLE blocks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL DEFAULT next_id(),
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
CREATE INDEX blocks_target ON blocks (target_id, account_id);

CREATE TABLE mutes (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL DEFAULT next_id(),
    notifications boolean NOT NULL DEFAULT true,
    expires_at timestamptz,
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
CREATE INDEX mutes_target ON mutes (target_id);

CREATE TABLE lists (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    title text NOT NULL,
    replies_policy text NOT NULL DEFAULT 'list' CHECK (replies_policy IN ('followed', 'list', 'none')),
    exclusive boolean NOT NULL DEFAULT false
);
CREATE INDEX lists_account ON lists (account_id);

CREATE TABLE list_members (
    list_id bigint NOT NULL REFERENCES lists ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (list_id, account_id)
);
CREATE INDEX list_members_account ON list_members (account_id);

CREATE TABLE followed_tags (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    tag text NOT NULL,
    id bigint NOT NULL DEFAULT next_id(),
    PRIMARY KEY (account_id, tag)
);
CREATE INDEX followed_tags_tag ON followed_tags (tag, account_id);

CREATE TABLE featured_tags (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    tag text NOT NULL,
    name text NOT NULL,
    UNIQUE (account_id, tag)
);
