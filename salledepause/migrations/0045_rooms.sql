-- Rooms: one mechanism, a row of rules (features/rooms/model.py says what each rule means).
CREATE TABLE rooms (
    id bigint PRIMARY KEY DEFAULT next_id(),
    handle text NOT NULL UNIQUE CHECK (handle = lower(handle)),
    sort text NOT NULL DEFAULT 'room',
    name text NOT NULL,
    purpose text NOT NULL DEFAULT '',
    listed boolean NOT NULL DEFAULT false,
    reads text NOT NULL CHECK (reads IN ('everyone', 'signed_in', 'families', 'verified', 'members')),
    speaks text NOT NULL CHECK (speaks IN ('signed_in', 'families', 'verified', 'members', 'keepers')),
    families text[] NOT NULL DEFAULT '{}',
    entry text NOT NULL CHECK (entry IN ('free', 'code', 'invitation')),
    most_members integer CHECK (most_members BETWEEN 2 AND 100000),
    expires_hours integer CHECK (expires_hours BETWEEN 1 AND 72),
    pace_seconds integer NOT NULL DEFAULT 0 CHECK (pace_seconds BETWEEN 0 AND 86400),
    media boolean NOT NULL DEFAULT true,
    boosts boolean NOT NULL DEFAULT false,
    quotes boolean NOT NULL DEFAULT false,
    searchable boolean NOT NULL DEFAULT false,
    scores boolean NOT NULL DEFAULT true,
    rings text NOT NULL DEFAULT 'bare' CHECK (rings IN ('words', 'bare', 'never')),
    quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 23),
    quiet_to smallint CHECK (quiet_to BETWEEN 0 AND 23),
    presence boolean NOT NULL DEFAULT false,
    code bytea,
    closed_at timestamptz,
    created_on date NOT NULL DEFAULT current_date,
    CHECK (NOT boosts OR reads IN ('everyone', 'signed_in')),
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
CREATE INDEX rooms_open ON rooms (id) WHERE reads <> 'members';
COMMENT ON TABLE rooms IS 'Rooms and their rules; who made one is not kept, who keeps it is a standing in it.';
COMMENT ON COLUMN rooms.sort IS 'What sort of room it is to people (room, vent, night, circle, band, door, desk …): a label, never a rule.';
COMMENT ON COLUMN rooms.code IS 'Digest of the code that opens the room, where one enters by code.';
COMMENT ON COLUMN rooms.quiet_from IS 'Hours of Paris between which nothing said here rings.';

CREATE TABLE room_members (
    room_id bigint NOT NULL REFERENCES rooms ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    standing text NOT NULL CHECK (standing IN ('invited', 'member', 'keeper', 'out')),
    PRIMARY KEY (room_id, account_id)
);
CREATE INDEX room_members_account ON room_members (account_id, room_id);
COMMENT ON TABLE room_members IS 'Who is in a room, keeps it, is asked in, or was put out; no dates, and no list of it is ever shown.';

CREATE UNLOGGED TABLE room_glances (
    room_id bigint NOT NULL REFERENCES rooms ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at timestamptz NOT NULL,
    PRIMARY KEY (room_id, account_id)
);
COMMENT ON TABLE room_glances IS 'Who looked into a room lately, for its approximate presence; gone after some minutes, in no backup.';

CREATE FUNCTION rooms_read_by(viewer bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(
        SELECT m.room_id FROM room_members m JOIN rooms r ON r.id = m.room_id
            WHERE m.account_id = viewer AND (m.standing = 'keeper' OR m.standing = 'member' AND r.reads = 'members')
        UNION ALL SELECT r.id FROM rooms r LEFT JOIN accounts w ON w.id = viewer
            WHERE r.reads <> 'members' AND (r.reads = 'everyone' OR w.id IS NOT NULL AND (r.reads = 'signed_in'
                    OR r.reads = 'families' AND w.family = ANY(r.families)
                    OR r.reads = 'verified' AND w.family = ANY(r.families) AND EXISTS (
                        SELECT FROM verifications v WHERE v.account_id = viewer AND v.family = w.family))
                AND NOT EXISTS (SELECT FROM room_members m
                    WHERE m.room_id = r.id AND m.account_id = viewer AND m.standing = 'out')));
END $$;
COMMENT ON FUNCTION rooms_read_by IS 'The rooms that somebody may read (0: a visitor): the twin of may_read in features/rooms/model.py.';
