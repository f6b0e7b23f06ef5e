-- What a post quotes, by consent of its author: nobody may quote unless they said so.
ALTER TABLE posts
    ADD COLUMN quote_policy text NOT NULL DEFAULT 'nobody' CHECK (quote_policy IN ('public', 'followers', 'nobody')),
    ADD COLUMN quotes_count integer NOT NULL DEFAULT 0,
    ADD COLUMN has_quote boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN posts.quote_policy IS 'Who may quote it, beside its author; always nobody for what is not open to all.';

CREATE TABLE quotes (
    post_id bigint PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    quoted_id bigint REFERENCES posts ON DELETE SET NULL,
    revoked boolean NOT NULL DEFAULT false
);
CREATE INDEX quotes_quoted ON quotes (quoted_id, post_id) WHERE quoted_id IS NOT NULL;
COMMENT ON TABLE quotes IS 'Which post a post quotes; whether a viewer sees it there is asked of the gate each time.';
COMMENT ON COLUMN quotes.quoted_id IS 'Empty once the quoted post is erased.';
COMMENT ON COLUMN quotes.revoked IS 'Its author took it back: for ever.';
