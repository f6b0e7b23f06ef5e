-- Whoever's picture was refused may have that looked at again.
ALTER TABLE held_images ADD COLUMN act_id bigint REFERENCES moderation_acts ON DELETE SET NULL;
ALTER TABLE held_images DROP CONSTRAINT held_images_verdict_check,
    ADD CHECK (verdict IN ('restored', 'refused', 'withdrawn'));
COMMENT ON COLUMN held_images.act_id IS 'The decision of a host, which its author may contest once the picture is refused.';
COMMENT ON COLUMN held_images.verdict IS 'Empty until a host decides; withdrawn where it was refused, and another host found that it had its place here.';
CREATE INDEX held_images_act ON held_images (act_id) WHERE act_id IS NOT NULL;
