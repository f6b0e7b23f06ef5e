-- « J'ai appris » : what somebody learned here, for themselves alone. An entry outlives its post, of which it keeps no word.
CREATE TABLE learned (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id bigint NOT NULL,
    handle text NOT NULL,
    note text NOT NULL DEFAULT '',
    words tsvector NOT NULL DEFAULT '',
    edited_at timestamptz,
    UNIQUE (account_id, post_id)
);
CREATE INDEX learned_account ON learned (account_id, id);
COMMENT ON TABLE learned IS 'What somebody marked as learned, and noted; nobody else ever reads it.';
COMMENT ON COLUMN learned.post_id IS 'The post, which may be gone: no reference, so that the note stays.';
COMMENT ON COLUMN learned.handle IS 'Who had said it, as they were called then.';
COMMENT ON COLUMN learned.words IS 'What the note is found by, as posts are (features/posts/finding.py).';
COMMENT ON COLUMN learned.edited_at IS 'When the note was last changed, NULL when it never was.';
