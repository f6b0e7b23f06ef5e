-- The words that somebody is found by are kept, rather than made again for each name that a search passes by.
ALTER TABLE accounts ADD COLUMN words text GENERATED ALWAYS AS (search_words(handle || ' ' || name)) STORED;
COMMENT ON COLUMN accounts.words IS 'What it is found by: its handle and its name, without case nor accents, a space before each word.';
DROP INDEX accounts_words;
CREATE INDEX accounts_words ON accounts USING gin (words gin_trgm_ops);
