-- Pseudonyms, what opens them, and the apps they let in. No e-mail, no address, no user agent anywhere.
CREATE TABLE accounts (
    id bigint PRIMARY KEY DEFAULT next_id(),
    handle text NOT NULL CHECK (handle ~ '^[A-Za-z0-9_]{1,30}$'),
    name text NOT NULL DEFAULT '',
    family text NOT NULL CHECK (family IN ('soignant-medical', 'soignant-paramedical', 'direction',
        'administratif-technique', 'patient-proche', 'autre')),
    shows_family boolean NOT NULL DEFAULT true,
    mode text NOT NULL DEFAULT 'contributor' CHECK (mode IN ('contributor', 'reader')),
    role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'host', 'admin')),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('pending', 'active', 'suspended')),
    silenced boolean NOT NULL DEFAULT false,
    note text NOT NULL DEFAULT '',
    fields jsonb NOT NULL DEFAULT '[]',
    avatar text,
    header text,
    avatar_description text NOT NULL DEFAULT '',
    header_description text NOT NULL DEFAULT '',
    locked boolean NOT NULL DEFAULT false,
    bot boolean NOT NULL DEFAULT false,
    discoverable boolean NOT NULL DEFAULT true,
    indexable boolean NOT NULL DEFAULT true,
    hide_collections boolean NOT NULL DEFAULT false,
    language text NOT NULL DEFAULT 'fr',
    default_audience text NOT NULL DEFAULT 'public' CHECK (default_audience IN ('public', 'unlisted', 'followers', 'direct')),
    default_sensitive boolean NOT NULL DEFAULT false,
    attribution_domains text[] NOT NULL DEFAULT '{}',
    quote_policy text NOT NULL DEFAULT 'nobody' CHECK (quote_policy IN ('public', 'followers', 'nobody')),
    application text NOT NULL DEFAULT '',
    followers_count integer NOT NULL DEFAULT 0,
    following_count integer NOT NULL DEFAULT 0,
    posts_count integer NOT NULL DEFAULT 0,
    last_post_on date,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN accounts.application IS 'Why the person asks to join, where registration is by approval; emptied once decided.';
CREATE UNIQUE INDEX accounts_handle ON accounts (lower(handle));

-- The words of a text as search compares them: small letters, no accents, a space before each word.
CREATE FUNCTION search_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ' ' || btrim(regexp_replace(public.unaccent('public.unaccent', lower($1)), '[^[:alnum:]_]+', ' ', 'g'))
$$;
CREATE INDEX accounts_words ON accounts USING gin (search_words(handle || ' ' || name) gin_trgm_ops);
CREATE INDEX accounts_pending ON accounts (id) WHERE state = 'pending';

CREATE TABLE credentials (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    password text NOT NULL,
    recovery text NOT NULL
);
COMMENT ON TABLE credentials IS 'Argon2 hashes of the password and of the recovery words.';

CREATE TABLE sessions (
    hash bytea PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    csrf text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE invitations (
    id bigint PRIMARY KEY DEFAULT next_id(),
    hash bytea NOT NULL UNIQUE,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    uses_left integer NOT NULL DEFAULT 1,
    expires_at timestamptz NOT NULL
);

CREATE TABLE apps (
    id bigint PRIMARY KEY DEFAULT next_id(),
    client_id text NOT NULL UNIQUE,
    secret_hash bytea NOT NULL,
    name text NOT NULL,
    website text,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE grants (
    hash bytea PRIMARY KEY,
    app_id bigint NOT NULL REFERENCES apps ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    scopes text[] NOT NULL,
    redirect_uri text NOT NULL,
    challenge text,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE grants IS 'Authorisation codes: used once, within sixty seconds.';

CREATE TABLE tokens (
    id bigint PRIMARY KEY DEFAULT next_id(),
    hash bytea NOT NULL UNIQUE,
    app_id bigint REFERENCES apps ON DELETE CASCADE,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    scopes text[] NOT NULL,
    grant_hash bytea,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN tokens.grant_hash IS 'The code that gave this token: a code that comes back takes the token with it.';
CREATE INDEX tokens_grant ON tokens (grant_hash) WHERE grant_hash IS NOT NULL;
CREATE INDEX tokens_account ON tokens (account_id);
CREATE INDEX tokens_app ON tokens (app_id);
