-- People whom somebody recommends together, for all to read (Mastodon 4.6); whoever is among them may take themselves out.
CREATE TABLE collections (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    language text,
    tag text,
    sensitive boolean NOT NULL DEFAULT false,
    discoverable boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX collections_account ON collections (account_id, id);
COMMENT ON TABLE collections IS 'People whom somebody recommends together, for all to read.';
COMMENT ON COLUMN collections.discoverable IS 'Listed on the profile; else found by whom has its address.';

CREATE TABLE collection_items (
    id bigint PRIMARY KEY DEFAULT next_id(),
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    revoked boolean NOT NULL DEFAULT false,
    UNIQUE (collection_id, account_id)
);
CREATE INDEX collection_items_account ON collection_items (account_id, id);
COMMENT ON TABLE collection_items IS 'Who is in a collection.';
COMMENT ON COLUMN collection_items.revoked IS 'They took themselves out: nobody puts them in again.';
