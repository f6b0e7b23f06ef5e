-- What the hosts tell everybody, who has read it, who reacted how.
CREATE TABLE announcements (
    id bigint PRIMARY KEY DEFAULT next_id(),
    text text NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    all_day boolean NOT NULL DEFAULT false,
    published_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE announcements IS 'What the hosts tell everybody, until it ends.';
COMMENT ON COLUMN announcements.starts_at IS 'When what it tells of begins; shown, and nothing waits for it.';
COMMENT ON COLUMN announcements.published_at IS 'Empty while it is a draft.';

CREATE TABLE announcement_reads (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    announcement_id bigint NOT NULL REFERENCES announcements ON DELETE CASCADE,
    PRIMARY KEY (account_id, announcement_id)
);
COMMENT ON TABLE announcement_reads IS 'Who put which announcement away.';
CREATE INDEX announcement_reads_announcement ON announcement_reads (announcement_id);

CREATE TABLE announcement_reactions (
    announcement_id bigint NOT NULL REFERENCES announcements ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name text NOT NULL,
    id bigint NOT NULL DEFAULT next_id(),
    PRIMARY KEY (announcement_id, account_id, name)
);
COMMENT ON TABLE announcement_reactions IS 'Who reacted to an announcement with which emoji; only counts are shown.';
CREATE INDEX announcement_reactions_account ON announcement_reactions (account_id);
