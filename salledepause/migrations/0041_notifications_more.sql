-- Whoever is put in a collection is told, once for each collection, however often they are put in and taken out.
ALTER TABLE notifications
    ADD COLUMN collection_id bigint REFERENCES collections ON DELETE CASCADE;
ALTER TABLE notifications
    DROP CONSTRAINT notifications_kind_check,
    ADD CHECK (kind IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update',
        'admin.sign_up', 'admin.report', 'moderation_warning', 'quote', 'quoted_update', 'added_to_collection')),
    DROP CONSTRAINT notifications_account_id_kind_from_id_post_id_report_id_act_key,
    ADD UNIQUE NULLS NOT DISTINCT (account_id, kind, from_id, post_id, report_id, act_id, collection_id);
COMMENT ON COLUMN notifications.collection_id IS 'Of being put in a collection: which one.';
CREATE INDEX notifications_collection ON notifications (collection_id) WHERE collection_id IS NOT NULL;
