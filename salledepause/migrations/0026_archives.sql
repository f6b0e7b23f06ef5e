-- What came from elsewhere: the address that it had there, so that it comes once, and is found by that address.
CREATE TABLE post_origins (
    uri text NOT NULL CHECK (octet_length(uri) <= 2000),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    PRIMARY KEY (uri, account_id)
);
CREATE INDEX post_origins_post ON post_origins (post_id);
CREATE INDEX post_origins_account ON post_origins (account_id);
COMMENT ON TABLE post_origins IS 'The address that an imported post had where it came from: it is imported once, and found by that address.';

CREATE TABLE account_origins (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uri text NOT NULL CHECK (octet_length(uri) <= 2000),
    PRIMARY KEY (account_id, uri)
);
COMMENT ON TABLE account_origins IS 'Who an account was elsewhere: its archive goes on into the same account.';
