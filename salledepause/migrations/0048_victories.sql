-- Whom a victory or a thank-you goes to: sites of the register, teams by their words, people with an account.
CREATE TABLE teams (
    id bigint PRIMARY KEY DEFAULT next_id(),
    finess text UNIQUE REFERENCES hospitals,
    name text,
    key text UNIQUE,
    words tsvector,
    merged_into bigint REFERENCES teams,
    CHECK ((finess IS NULL) = (name IS NOT NULL AND key IS NOT NULL AND words IS NOT NULL))
);
COMMENT ON TABLE teams IS 'Teams that were thanked: a site of the register, or the words that somebody typed.';
COMMENT ON COLUMN teams.key IS 'The words compared: small letters, no accents; the same words are the same team.';
COMMENT ON COLUMN teams.merged_into IS 'The team that hosts said it is: its words lead there.';
CREATE INDEX teams_words ON teams USING gin (words);
CREATE INDEX teams_merged ON teams (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE thanks (
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    place smallint NOT NULL,
    team_id bigint REFERENCES teams,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (post_id, place),
    CHECK (num_nonnulls(team_id, account_id) = 1)
);
COMMENT ON TABLE thanks IS 'To whom a victory or a thank-you goes, in the order its author gave.';
CREATE UNIQUE INDEX thanks_team ON thanks (team_id, post_id) WHERE team_id IS NOT NULL;
CREATE UNIQUE INDEX thanks_account ON thanks (account_id, post_id) WHERE account_id IS NOT NULL;
