-- Pictures that the house refuses, by what they look like; and those that are held from view until a host decides.
CREATE TABLE refused_pictures (
    id bigint PRIMARY KEY DEFAULT next_id(),
    rule smallint NOT NULL,
    listed_on date NOT NULL DEFAULT current_date,
    looked bigint NOT NULL DEFAULT 0,
    to_look bigint NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE refused_pictures IS 'What hosts refuse: the rule and the day, no picture, nobody''s name.';
COMMENT ON COLUMN refused_pictures.rule IS 'Place in the charter, from 1.';
COMMENT ON COLUMN refused_pictures.looked IS 'How many of the `to_look` media that were there when it was listed have been compared.';

CREATE TABLE refused_likenesses (
    picture_id bigint NOT NULL REFERENCES refused_pictures ON DELETE CASCADE,
    bits bit(256) NOT NULL
);
COMMENT ON TABLE refused_likenesses IS 'How a refused picture looks, whole and cut in several ways (kernel/likeness.py).';
CREATE INDEX refused_likenesses_picture ON refused_likenesses (picture_id);

CREATE TABLE held_images (
    media_id bigint PRIMARY KEY REFERENCES media ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    rule smallint NOT NULL,
    automated boolean NOT NULL,
    report_id bigint REFERENCES reports ON DELETE SET NULL,
    contest text NOT NULL DEFAULT '',
    verdict text CHECK (verdict IN ('restored', 'refused')),
    reason text NOT NULL DEFAULT '',
    held_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE held_images IS 'Why a medium is, or was, held from view, what its author answers, and what a host decided.';
COMMENT ON COLUMN held_images.automated IS 'Whether it looked like a refused picture; otherwise somebody reported it.';
CREATE INDEX held_images_account ON held_images (account_id);
CREATE INDEX held_images_report ON held_images (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX held_images_waiting ON held_images (held_at) WHERE verdict IS NULL;
