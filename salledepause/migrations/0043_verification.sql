-- Who is who, without names: what is kept of a proven role family, and what waits to prove one.
CREATE TABLE verifications (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    family text NOT NULL,
    method text NOT NULL CHECK (method IN ('code', 'vouching', 'proof')),
    verified_on date NOT NULL DEFAULT current_date
);
COMMENT ON TABLE verifications IS 'Role families that were proven: the family, how, and the day; nothing else is kept, whoever vouched or looked.';

CREATE TABLE team_codes (
    id bigint PRIMARY KEY DEFAULT next_id(),
    digest bytea NOT NULL UNIQUE,
    family text NOT NULL,
    uses_left integer NOT NULL CHECK (uses_left >= 0),
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE team_codes IS 'Codes that a team hands round: each use proves one family, and leaves no trace of who used which.';

CREATE TABLE verification_requests (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL UNIQUE DEFAULT next_id(),
    family text NOT NULL,
    method text NOT NULL CHECK (method IN ('vouching', 'proof')),
    file text,
    asked_on date NOT NULL DEFAULT current_date,
    CHECK ((method = 'proof') = (file IS NOT NULL))
);
COMMENT ON TABLE verification_requests IS 'Who waits for a verification; the row goes with the decision, and so does the file.';
COMMENT ON COLUMN verification_requests.file IS 'Private name of the proof in the folder of proofs, erased with the row.';

CREATE TABLE vouches (
    account_id bigint NOT NULL REFERENCES verification_requests ON DELETE CASCADE,
    voucher_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, voucher_id)
);
CREATE INDEX vouches_voucher ON vouches (voucher_id);
COMMENT ON TABLE vouches IS 'Who vouches for somebody who waits; gone with the request, once there are enough.';
