-- What somebody writes for themselves about somebody else, and whom they recommend on their profile.
CREATE TABLE account_notes (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    comment text NOT NULL,
    PRIMARY KEY (account_id, target_id)
);
CREATE INDEX account_notes_target ON account_notes (target_id);
COMMENT ON TABLE account_notes IS 'What somebody wrote for themselves about somebody else; shown to nobody but them.';

CREATE TABLE endorsements (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL DEFAULT next_id(),
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
CREATE INDEX endorsements_account ON endorsements (account_id, id);
CREATE INDEX endorsements_target ON endorsements (target_id);
COMMENT ON TABLE endorsements IS 'Whom somebody recommends on their profile, among those they follow.';
