"""What waits behind the contributor's shield in the scene, and who asks them to sort another's: written as their verdicts are."""

from __future__ import annotations

import psycopg

from tests.support.server import Server
from tests.web.visitor import Visitor


async def worn(server: Server, me: Visitor, insult: str) -> dict[str, str]:
    """Have `me` wear a shield that holds an insult, with weeks and a copy of it; return what addresses of screens name."""
    await me.get("/bouclier")
    await me.submit("/bouclier", button=("gesture", "wear"))
    await me.get("/bouclier/preuves")
    await me.submit("/bouclier/preuves", address=f"https://salle.example/@dan_du_bloc/{insult}")
    with psycopg.connect(server.database_url) as connection:
        mine, other = (
            connection.execute("SELECT id FROM accounts WHERE handle = %s", [handle]).fetchone()
            for handle in ("nuit_calme", "cadre_de_sante")
        )
        assert mine
        assert other
        held = connection.execute(
            """INSERT INTO shield_items (account_id, post_id, from_id, state, kind, target, tie, reason)
            SELECT %s, id, account_id, 'held', 'attack_on_profession', 'profession', 'newcomer', 'une attaque contre un métier'
            FROM posts WHERE id = %s RETURNING id""",
            [mine[0], insult],
        ).fetchone()
        connection.execute(
            """INSERT INTO shield_weeks (account_id, week, kind, word, number)
            SELECT %s, date_trunc('week', now() AT TIME ZONE 'Europe/Paris')::date - 7 * back, kind, word, 3 + back
            FROM generate_series(0, 3) back,
                (VALUES ('threat', ''), ('attack_on_person', ''), ('attack_on_person', 'collabo')) k (kind, word)""",
            [mine[0]],
        )
        connection.execute("INSERT INTO shield_helpers VALUES (%s, %s, true)", [other[0], mine[0]])
        pair = sorted((mine[0], other[0]))
        connection.execute("INSERT INTO duels VALUES (%s, %s, %s, false)", [*pair, other[0]])
    assert held
    return {"held_back": str(held[0]), "helped": str(other[0])}
