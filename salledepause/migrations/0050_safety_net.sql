-- Help lines as an administrator keeps them, and who asks the hosts for a word.
CREATE TABLE help_lines (
    id bigint PRIMARY KEY DEFAULT next_id(),
    name text NOT NULL,
    number text NOT NULL,
    hours text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    on_card boolean NOT NULL DEFAULT true,
    verified_on date
);
COMMENT ON TABLE help_lines IS 'Whom one can call, in order of id; empty until an administrator changes what the house comes with.';
COMMENT ON COLUMN help_lines.on_card IS 'Whether the small card shows it; the page of help shows them all.';
COMMENT ON COLUMN help_lines.verified_on IS 'When somebody last checked that the number answers.';

CREATE TABLE help_calls (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL UNIQUE REFERENCES accounts ON DELETE CASCADE,
    words text NOT NULL DEFAULT '',
    taken_by bigint REFERENCES accounts ON DELETE SET NULL
);
COMMENT ON TABLE help_calls IS 'Who asks the hosts for a word, of their own will; the row goes once it is settled, taken back, or thirty days old.';
CREATE INDEX help_calls_taken ON help_calls (taken_by) WHERE taken_by IS NOT NULL;
