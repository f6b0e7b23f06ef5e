-- Why somebody is recommended, in a word; and who took themselves out of somebody's collections, of which none holds them again.
ALTER TABLE collection_items ADD COLUMN reason text NOT NULL DEFAULT '';
COMMENT ON COLUMN collection_items.reason IS 'Why they are in it, in the words of its owner; empty: nothing is said.';

CREATE TABLE refused_recommendations (
    owner_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (owner_id, account_id)
);
CREATE INDEX refused_recommendations_account ON refused_recommendations (account_id);
COMMENT ON TABLE refused_recommendations IS 'Who wishes no more to be recommended by somebody, in any collection of theirs.';
INSERT INTO refused_recommendations (owner_id, account_id)
    SELECT DISTINCT c.account_id, i.account_id FROM collection_items i JOIN collections c ON c.id = i.collection_id WHERE i.revoked;
