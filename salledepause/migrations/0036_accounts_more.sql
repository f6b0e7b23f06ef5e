-- What one sees of one's open doors, and the keys that devices keep in the stead of a password.
ALTER TABLE sessions
    ADD COLUMN id bigint NOT NULL DEFAULT next_id() UNIQUE,
    ADD COLUMN used_on date NOT NULL DEFAULT current_date;
COMMENT ON COLUMN sessions.used_on IS 'The last day that it was used; nothing finer is kept.';
ALTER TABLE tokens ADD COLUMN used_on date NOT NULL DEFAULT current_date;
COMMENT ON COLUMN tokens.used_on IS 'The last day that it was used; nothing finer is kept.';

CREATE TABLE passkeys (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    credential bytea NOT NULL UNIQUE CHECK (octet_length(credential) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL,
    signatures bigint NOT NULL,
    name text NOT NULL,
    used_on date
);
CREATE INDEX passkeys_account ON passkeys (account_id, id);
COMMENT ON TABLE passkeys IS 'Public halves of the keys that devices keep (WebAuthn), each with the name that its person gave it.';
COMMENT ON COLUMN passkeys.signatures IS 'How often the device says that it signed: it never goes back, unless the key was copied.';

CREATE TABLE challenges (
    hash bytea PRIMARY KEY,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX challenges_account ON challenges (account_id);
COMMENT ON TABLE challenges IS 'Hashes of what devices are asked to sign: once, within five minutes; of nobody yet where one signs in.';
