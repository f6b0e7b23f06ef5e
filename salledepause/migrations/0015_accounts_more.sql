-- What hosts may do short of a suspension: close the doors of an account, veil its pictures.
ALTER TABLE accounts
    ADD COLUMN disabled boolean NOT NULL DEFAULT false,
    ADD COLUMN sensitized boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN accounts.disabled IS 'Nobody gets in: no session, no token; what was said stays readable.';
COMMENT ON COLUMN accounts.sensitized IS 'Its pictures are shown veiled.';
