-- An emoji may rest: texts show its code until it is let out again.
ALTER TABLE emojis ADD COLUMN resting boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN emojis.resting IS 'Whether it is kept and shown nowhere.';
