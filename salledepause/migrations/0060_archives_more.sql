-- A notebook comes in again from its table.
ALTER TABLE errands
    DROP CONSTRAINT errands_what_check,
    ADD CONSTRAINT errands_what_check
        CHECK (what IN ('archive', 'follows', 'lists', 'mutes', 'blocks', 'domain-blocks', 'bookmarks', 'notebook'));
