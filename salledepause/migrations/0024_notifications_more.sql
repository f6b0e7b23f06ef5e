-- Whoever is quoted is told, and whoever quoted what was edited since.
ALTER TABLE notifications
    DROP CONSTRAINT notifications_kind_check,
    ADD CHECK (kind IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update',
        'admin.sign_up', 'admin.report', 'moderation_warning', 'quote', 'quoted_update'));
