-- An account may sleep: its person shut it and may wake it until a day; after that day it is erased.
ALTER TABLE accounts ADD COLUMN asleep_until date;
COMMENT ON COLUMN accounts.asleep_until IS 'Last day (Paris) on which who put it to sleep may wake it; stays while hosts suspend it meanwhile.';
ALTER TABLE accounts
    DROP CONSTRAINT accounts_state_check,
    ADD CONSTRAINT accounts_state_check CHECK (state IN ('pending', 'active', 'suspended', 'asleep'));
CREATE INDEX accounts_asleep ON accounts (asleep_until) WHERE asleep_until IS NOT NULL;
