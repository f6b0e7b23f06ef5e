-- What somebody wants to be told of by whom; what is put aside waits as a request of whom it comes from.
CREATE TABLE notification_policies (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    for_not_following text NOT NULL DEFAULT 'accept' CHECK (for_not_following IN ('accept', 'filter', 'drop')),
    for_not_followers text NOT NULL DEFAULT 'accept' CHECK (for_not_followers IN ('accept', 'filter', 'drop')),
    for_new_accounts text NOT NULL DEFAULT 'accept' CHECK (for_new_accounts IN ('accept', 'filter', 'drop')),
    for_private_mentions text NOT NULL DEFAULT 'accept' CHECK (for_private_mentions IN ('accept', 'filter', 'drop')),
    for_limited_accounts text NOT NULL DEFAULT 'filter' CHECK (for_limited_accounts IN ('accept', 'filter', 'drop'))
);
COMMENT ON TABLE notification_policies IS 'Whose notifications are told, put aside or dropped; who never chose has the defaults and no row.';

CREATE TABLE notification_permissions (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    from_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, from_id)
);
CREATE INDEX notification_permissions_from ON notification_permissions (from_id);
COMMENT ON TABLE notification_permissions IS 'Whose requests somebody accepted: their notifications pass whatever the policy says.';

CREATE TABLE notification_requests (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    from_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    UNIQUE (account_id, from_id)
);
CREATE INDEX notification_requests_account ON notification_requests (account_id, id);
CREATE INDEX notification_requests_from ON notification_requests (from_id);
COMMENT ON TABLE notification_requests IS 'From whom notifications were put aside; how many and of what is read from the notifications.';

ALTER TABLE notifications ADD COLUMN filtered boolean NOT NULL DEFAULT false;
CREATE INDEX notifications_filtered ON notifications (account_id, from_id) WHERE filtered AND NOT dismissed;
COMMENT ON COLUMN notifications.filtered IS 'Put aside by the policy of whom it is for: in no list but on demand, pushed nowhere.';
