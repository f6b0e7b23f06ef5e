-- A desk answers on other servers too, by a bot of its own there: who asked it, in which thread, and what leaves.
CREATE TABLE desk_watches (
    id bigint PRIMARY KEY DEFAULT next_id(),
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    server text NOT NULL,
    account text NOT NULL,
    seen text NOT NULL DEFAULT '',
    UNIQUE (desk_id, server, account)
);
COMMENT ON TABLE desk_watches IS 'Bots of desks on other servers: the server, the id of the account there.';
COMMENT ON COLUMN desk_watches.seen IS 'The id there of the last notification that was read.';

CREATE TABLE desk_strangers (
    id bigint PRIMARY KEY DEFAULT next_id(),
    desk_id bigint NOT NULL REFERENCES desks ON DELETE CASCADE,
    address text NOT NULL,
    refused boolean NOT NULL DEFAULT false,
    UNIQUE (desk_id, address)
);
COMMENT ON TABLE desk_strangers IS 'Who asked a desk on another server: somebody@server, and nothing else of them.';
COMMENT ON COLUMN desk_strangers.refused IS 'Whether they told the desk never to answer them by itself.';

CREATE TABLE desk_threads (
    id bigint PRIMARY KEY DEFAULT next_id(),
    watch_id bigint NOT NULL REFERENCES desk_watches ON DELETE CASCADE,
    root text NOT NULL,
    UNIQUE (watch_id, root)
);
COMMENT ON TABLE desk_threads IS 'Conversations on other servers, by the id there of the post that began them; its id stands for a conversation.';

ALTER TABLE desk_remarks ALTER COLUMN account_id DROP NOT NULL;

ALTER TABLE desk_remarks ADD COLUMN stranger_id bigint REFERENCES desk_strangers ON DELETE CASCADE;

COMMENT ON COLUMN desk_remarks.stranger_id IS 'Who asks, where it is somebody on another server.';

ALTER TABLE desk_remarks ADD CONSTRAINT desk_remarks_somebody CHECK (num_nonnulls(account_id, stranger_id) = 1);

CREATE INDEX desk_remarks_stranger ON desk_remarks (stranger_id);

ALTER TABLE desk_sayings ADD COLUMN stranger_id bigint REFERENCES desk_strangers ON DELETE CASCADE;

COMMENT ON COLUMN desk_sayings.stranger_id IS 'To whom, where it was on another server; the conversation is then a thread there.';

CREATE INDEX desk_sayings_stranger ON desk_sayings (stranger_id);

CREATE TABLE desk_elsewhere (
    remark_id bigint PRIMARY KEY REFERENCES desk_remarks ON DELETE CASCADE,
    watch_id bigint NOT NULL REFERENCES desk_watches ON DELETE CASCADE,
    thread_id bigint NOT NULL REFERENCES desk_threads ON DELETE CASCADE,
    status text NOT NULL,
    words text NOT NULL DEFAULT '',
    letters jsonb,
    UNIQUE (watch_id, status)
);
COMMENT ON TABLE desk_elsewhere IS 'Of remarks made on other servers: the id of the post there, and what leaves for it.';
COMMENT ON COLUMN desk_elsewhere.words IS 'An answer that a member wrote, where it is no card''s.';
COMMENT ON COLUMN desk_elsewhere.letters IS 'What is sent, written down before any of it leaves; nothing while nothing may have left.';
CREATE INDEX desk_elsewhere_thread ON desk_elsewhere (thread_id);
