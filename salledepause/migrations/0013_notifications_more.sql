-- Where apps want to be woken: one subscription a token, gone with it.
CREATE TABLE push_subscriptions (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    token_id bigint NOT NULL UNIQUE REFERENCES tokens ON DELETE CASCADE,
    token bytea NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    standard boolean NOT NULL,
    alerts text[] NOT NULL,
    policy text NOT NULL CHECK (policy IN ('all', 'followed', 'follower', 'none')),
    failures smallint NOT NULL DEFAULT 0
);
CREATE INDEX push_subscriptions_account ON push_subscriptions (account_id, id);
COMMENT ON TABLE push_subscriptions IS 'Where apps are sent what somebody is told of, encrypted for them alone.';
COMMENT ON COLUMN push_subscriptions.failures IS 'Attempts in a row that reached nobody; too many end it.';
COMMENT ON COLUMN push_subscriptions.token IS 'The access token, which apps find their account by; sealed with the secret of the installation.';
