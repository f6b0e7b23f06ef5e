-- What the house holds for a person to look at, and whether it does.
CREATE TABLE limit_rules (
    whole boolean PRIMARY KEY DEFAULT true CHECK (whole),
    holds boolean NOT NULL,
    asks boolean NOT NULL
);
COMMENT ON TABLE limit_rules IS 'One row, once an administrator decided; until then both are on.';
COMMENT ON COLUMN limit_rules.holds IS 'Whether what is rouge waits for a host.';
COMMENT ON COLUMN limit_rules.asks IS 'Whether our pages ask for a second thought before they send what is orange.';

CREATE TABLE held_posts (
    post_id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    audience text NOT NULL,
    quote_policy text NOT NULL,
    quoted_id bigint,
    ground text NOT NULL CHECK (ground IN ('threat', 'discrimination', 'sexual', 'secret')),
    contest text NOT NULL DEFAULT '',
    verdict text CHECK (verdict IN ('published', 'refused')),
    reason text NOT NULL DEFAULT '',
    held_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz
);
COMMENT ON TABLE held_posts IS 'Why a post is, or was, held, what its author answers, what a host decided; none of its words.';
COMMENT ON COLUMN held_posts.post_id IS 'No foreign key: the reasons outlive what was refused, for a while.';
COMMENT ON COLUMN held_posts.audience IS 'Who was to read it, and does once it is published.';
CREATE INDEX held_posts_account ON held_posts (account_id);
CREATE INDEX held_posts_waiting ON held_posts (held_at) WHERE verdict IS NULL;
