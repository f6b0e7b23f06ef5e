-- Whose picture was refused may contest it: which refused picture came of it is known by the act of the same host and transaction.
UPDATE moderation_acts AS r SET subject = l.subject FROM moderation_acts l
WHERE r.act = 'refuse_image' AND r.subject = '' AND l.act = 'list_image' AND l.account_id = r.account_id AND l.created_at = r.created_at;
