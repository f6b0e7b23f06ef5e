-- A room may be spoken in between two instants alone; before and after it is read.
ALTER TABLE rooms ADD COLUMN opens_at timestamptz;
ALTER TABLE rooms ADD COLUMN ends_at timestamptz;
ALTER TABLE rooms ADD CONSTRAINT rooms_term_check CHECK (ends_at > opens_at);
COMMENT ON COLUMN rooms.opens_at IS 'From when one speaks there; always, where nothing is said.';
COMMENT ON COLUMN rooms.ends_at IS 'Until when one speaks there; then it is closed, whoever says so first: the clock, or a job.';
