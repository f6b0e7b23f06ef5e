-- What a person is told of, once each. A dismissed row stays, so that nobody is told of the same thing again.
CREATE TABLE notifications (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update',
        'admin.sign_up', 'admin.report')),
    from_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint REFERENCES posts ON DELETE CASCADE,
    report_id bigint,
    group_key text NOT NULL,
    dismissed boolean NOT NULL DEFAULT false,
    UNIQUE NULLS NOT DISTINCT (account_id, kind, from_id, post_id, report_id)
);
COMMENT ON COLUMN notifications.post_id IS 'Of a boost (reblog): the boost itself, so that the row goes when the boost does.';
CREATE INDEX notifications_account ON notifications (account_id, id) WHERE NOT dismissed;
CREATE INDEX notifications_group ON notifications (account_id, group_key, id) WHERE NOT dismissed;
CREATE INDEX notifications_from ON notifications (from_id);
CREATE INDEX notifications_post ON notifications (post_id);
