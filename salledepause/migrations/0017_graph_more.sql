-- Servers whose people somebody does not want to meet.
CREATE TABLE blocked_domains (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    domain text NOT NULL,
    id bigint NOT NULL DEFAULT next_id(),
    PRIMARY KEY (account_id, domain)
);
COMMENT ON TABLE blocked_domains IS 'Servers whose people somebody does not want to meet; kept until there are any.';
