-- What every table stands on: time-ordered ids and French search without accents.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SEQUENCE ids;

-- Milliseconds since 1970 in the upper 48 bits, a shared sequence in the lower 16 (kernel/ids.py reads them).
CREATE FUNCTION next_id(at timestamptz DEFAULT clock_timestamp()) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (floor(extract(epoch FROM at) * 1000)::bigint << 16) | (nextval('ids') & 65535)
$$;

CREATE TEXT SEARCH CONFIGURATION salledepause (COPY = french);
ALTER TEXT SEARCH CONFIGURATION salledepause ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
