-- Every house has a room for the night, unless hosts opened one already.
WITH free AS (
    SELECT CASE WHEN EXISTS (SELECT FROM accounts WHERE lower(handle) = 'salle_de_nuit')
            OR EXISTS (SELECT FROM held_handles WHERE handle = 'salle_de_nuit') OR EXISTS (SELECT FROM rooms WHERE handle = 'salle_de_nuit')
        THEN 'salle_de_nuit_' || (next_id() & 65535) ELSE 'salle_de_nuit' END AS handle
    WHERE NOT EXISTS (SELECT FROM rooms WHERE sort = 'night' AND closed_at IS NULL)
), held AS (INSERT INTO held_handles (handle) SELECT handle FROM free ON CONFLICT DO NOTHING)
INSERT INTO rooms (handle, sort, name, purpose, listed, reads, speaks, entry, scores, rings, quiet_from, quiet_to, presence)
SELECT handle, 'night', 'La salle de nuit', 'Pour celles et ceux qui veillent. On parle bas, on ne compte rien, quelqu''un est souvent là.',
    true, 'signed_in', 'signed_in', 'free', false, 'bare', 21, 9, true FROM free;
