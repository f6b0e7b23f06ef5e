-- Terms of the hospital that administrators wrote, changed or took out; the others come with the house.
CREATE TABLE glossary_terms (
    key text PRIMARY KEY,
    term text NOT NULL,
    meaning text NOT NULL,
    source text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    gone boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN glossary_terms.key IS 'The term without accents nor capitals, as it is named in addresses.';
COMMENT ON COLUMN glossary_terms.gone IS 'Whether a term that comes with the house is told no more.';
COMMENT ON TABLE glossary_terms IS 'Terms that administrators wrote, changed or took out; the others come with the house.';
