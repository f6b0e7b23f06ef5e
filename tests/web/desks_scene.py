"""A desk to look at: the contributor's, with a card; what is asked waits, near the card or near none, here and elsewhere."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support.server import Server
from tests.web.visitor import HTML, Visitor

CARD: dict[str, Any] = {
    "remark": "Le logement de fonction des directeurs est un odieux privilège.",
    "answer": "C'est la contrepartie des gardes de direction : la nuit, quelqu'un doit pouvoir être sur place très vite.",
    "nuance": "Tous n'en ont pas, et ce n'est pas toujours un cadeau.",
    "sources": "Décret n° 2010-30 du 8 janvier 2010\nhttps://www.legifrance.gouv.fr/",
}

STOPPED = """WITH who AS (SELECT desk_id, account_id FROM desk_remarks WHERE desk_id = %s AND account_id IS NOT NULL LIMIT 1),
        there AS (INSERT INTO desk_stops (desk_id, conversation_id, by_id) SELECT desk_id, (SELECT min(id) FROM posts
            WHERE audience = 'public' AND parent_id IS NULL), account_id FROM who)
    INSERT INTO desk_refusals (desk_id, account_id) SELECT desk_id, account_id FROM who"""
"""Who asked told it to stop."""


async def opened(server: Server, me: Visitor, reader: str) -> dict[str, str]:
    """Return the desk, a card and a remark."""
    await me.get("/guichets")
    await me.submit("/guichets", name="Direction, mille fois", purpose="Ce qu'on nous demande chaque semaine.")
    desk = str(me.page.answer.url).split("/")[-2]
    await me.submit(f"/guichets/{desk}/fiches", **CARD)
    card = str(me.page.answer.url).rpartition("/")[2]
    await me.submit(f"/fiches/{card}/formulations", button=("gesture", "fits"), text="Logés gratis, les directeurs !")
    async with server.client(headers=HTML, cookies={"session": reader}) as client:
        asker = Visitor(client)
        for text in ("Pourquoi les directeurs sont-ils logés gratuitement ?", "Et le parking, il sera gratuit un jour ?"):
            await asker.get(f"/guichets/{desk}")
            await asker.submit(f"/guichets/{desk}", text=text)
    near = """UPDATE desk_remarks SET learned = 99, candidates = jsonb_build_array(jsonb_build_array(%s::bigint, 0.62,
        'Logés gratis, les directeurs !')) WHERE id = (SELECT min(id) FROM desk_remarks WHERE desk_id = %s) RETURNING id"""
    far = """WITH who AS (INSERT INTO desk_strangers (desk_id, address)
            VALUES (%s, 'infirmier_de_nuit@ailleurs.example') RETURNING id)
        INSERT INTO desk_remarks (desk_id, stranger_id, text) SELECT %s, id, 'Encore logés aux frais de qui ?' FROM who"""
    with psycopg.connect(server.database_url) as connection:
        connection.execute(far, [int(desk), int(desk)])
        row = connection.execute(near, [int(card), int(desk)]).fetchone()
        connection.execute(STOPPED, [int(desk)])
        connection.execute("UPDATE desk_remarks SET learned = 99 WHERE desk_id = %s", [int(desk)])
    assert row
    return {"desk": desk, "desk_card": card, "desk_remark": str(row[0])}
