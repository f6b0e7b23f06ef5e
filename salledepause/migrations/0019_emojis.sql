-- Small pictures of the house, written `:code:` in any text.
CREATE TABLE emojis (
    code text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9_]{2,60}$'),
    picture text NOT NULL,
    still text NOT NULL,
    category text,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE emojis IS 'Small pictures of the house, written `:code:` in any text; both columns of pictures are keys of blobs.';
COMMENT ON COLUMN emojis.still IS 'The same without movement; of a still, the same file.';
