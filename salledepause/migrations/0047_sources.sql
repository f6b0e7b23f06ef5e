-- The official register of hospitals, as the house last read it, and how far a reading came.
CREATE TABLE hospitals (
    finess text PRIMARY KEY CHECK (finess ~ '^(\d\d|2[AB])\d{7}$'),
    name text NOT NULL,
    town text NOT NULL,
    postcode text NOT NULL,
    words tsvector NOT NULL
);
COMMENT ON TABLE hospitals IS 'Sites of the official register (FINESS); facts of public record, nothing of anybody.';
COMMENT ON COLUMN hospitals.words IS 'What it is found by: words of name and town without accents, abbreviations spelt out, long names abbreviated.';
CREATE INDEX hospitals_words ON hospitals USING gin (words);

CREATE TABLE register_readings (
    digest bytea PRIMARY KEY,
    line integer NOT NULL
);
COMMENT ON TABLE register_readings IS 'Readings of a register that were interrupted, by the SHA-256 of the file: its first `line` lines are in.';
