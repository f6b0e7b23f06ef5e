-- Noticeboards of rooms: what is said to be so, what became of it, and who must hear of a denial.
CREATE TABLE notices (
    post_id bigint PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    room_id bigint NOT NULL REFERENCES rooms ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('rumour', 'checking', 'confirmed', 'denied')),
    source text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    pinned boolean NOT NULL DEFAULT true,
    CHECK (source <> '' OR state IN ('rumour', 'checking'))
);
CREATE INDEX notices_board ON notices (room_id, post_id) WHERE pinned;
COMMENT ON TABLE notices IS 'Posts of rooms pinned to a board, and what is known of them: rumour, to check, confirmed or denied.';

CREATE TABLE notice_steps (
    id bigint PRIMARY KEY DEFAULT next_id(),
    post_id bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
    state text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by text NOT NULL CHECK (by IN ('author', 'keeper', 'host')),
    source text NOT NULL DEFAULT ''
);
CREATE INDEX notice_steps_post ON notice_steps (post_id, id);
COMMENT ON TABLE notice_steps IS 'Each change of an item, dated, with its source; as what somebody decided, never who.';

CREATE TABLE notice_readers (
    post_id bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    met_on date NOT NULL DEFAULT current_date,
    PRIMARY KEY (post_id, account_id)
);
CREATE INDEX notice_readers_account ON notice_readers (account_id);
CREATE INDEX notice_readers_day ON notice_readers (met_on);
COMMENT ON TABLE notice_readers IS 'Who was shown a rumour, so that a denial reaches them: read by nothing else, erased once they are told or in thirty days.';
