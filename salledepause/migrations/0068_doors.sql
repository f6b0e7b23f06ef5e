-- Open doors: rooms with a term, whose diarists alone speak; visitors ask beside (features/doors).
CREATE TABLE doors (
    room_id bigint PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
    ended boolean NOT NULL DEFAULT false
);
CREATE INDEX doors_running ON doors (room_id) WHERE NOT ended;
COMMENT ON TABLE doors IS 'Rooms that are open doors; their topic, their term and who reads them are their room''s.';
COMMENT ON COLUMN doors.ended IS 'Whether its end was done: closed for good, and nothing left of the questions without an answer.';

CREATE TABLE door_diarists (
    room_id bigint NOT NULL REFERENCES doors ON DELETE CASCADE,
    place smallint NOT NULL CHECK (place IN (0, 1)),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    title text NOT NULL,
    PRIMARY KEY (room_id, place),
    UNIQUE (room_id, account_id)
);
CREATE INDEX door_diarists_account ON door_diarists (account_id);
COMMENT ON TABLE door_diarists IS 'Who was asked to keep a diary behind a door: whether they agreed is what they are to its room.';

CREATE TABLE door_questions (
    id bigint PRIMARY KEY DEFAULT next_id(),
    room_id bigint NOT NULL REFERENCES doors ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    text text NOT NULL,
    aside boolean NOT NULL DEFAULT false,
    leader_id bigint REFERENCES door_questions ON DELETE SET NULL,
    answer_id bigint REFERENCES posts ON DELETE CASCADE
);
CREATE INDEX door_questions_room ON door_questions (room_id, id);
CREATE INDEX door_questions_account ON door_questions (account_id);
CREATE INDEX door_questions_leader ON door_questions (leader_id) WHERE leader_id IS NOT NULL;
CREATE INDEX door_questions_answer ON door_questions (answer_id) WHERE answer_id IS NOT NULL;
COMMENT ON TABLE door_questions IS 'What visitors ask: for the diarists and who asks, until an entry answers it. Who asked is never shown beside an answer.';
COMMENT ON COLUMN door_questions.leader_id IS 'The same question, asked before: it is answered for both.';
