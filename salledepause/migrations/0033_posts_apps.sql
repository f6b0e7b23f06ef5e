-- The app of a post is named while it exists (its reading says so); holding its row with each post made all writers of one app
-- wait for each other.
ALTER TABLE posts DROP CONSTRAINT posts_app_id_fkey;
DROP INDEX posts_app;
