-- Words of support, in the place of favourites where a room counts nothing; and la soupape, which every house has.
CREATE TABLE supports (
    post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    word text NOT NULL CHECK (word IN ('here', 'me_too', 'courage', 'listening')),
    PRIMARY KEY (post_id, account_id)
);
CREATE INDEX supports_account ON supports (account_id);
COMMENT ON TABLE supports IS 'What somebody answers with one gesture; only the author of the post learns which words came, from which families.';

UPDATE rooms SET media = false, boosts = false, quotes = false, searchable = false WHERE expires_hours IS NOT NULL;
WITH bearing AS (SELECT coalesce((SELECT name FROM unnest(ARRAY['la_soupape', 'soupape']) WITH ORDINALITY AS wanted (name, place)
        WHERE NOT EXISTS (SELECT FROM accounts WHERE lower(handle) = name)
            AND NOT EXISTS (SELECT FROM held_handles WHERE handle = name) ORDER BY place LIMIT 1),
        'soupape_' || next_id()) AS handle WHERE NOT EXISTS (SELECT FROM rooms WHERE sort = 'vent')),
    held AS (INSERT INTO held_handles (handle) SELECT handle FROM bearing RETURNING handle)
INSERT INTO rooms (handle, sort, name, purpose, listed, reads, speaks, families, entry, expires_hours, media, scores, rings)
    SELECT handle, 'vent', 'La soupape', 'Entre soignant·es. On dépose, on souffle, et tout s’efface.', true, 'verified', 'verified',
        '{soignant-medical,soignant-paramedical}', 'free', 24, false, false, 'never' FROM held;
