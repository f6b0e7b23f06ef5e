"""Rooms to look at: a circle of the contributor's with words in it, a room of the whole house, a proof that waits."""

from __future__ import annotations

import psycopg

from tests.support.server import Server
from tests.web.visitor import HTML, Visitor


async def opened(server: Server, me: Visitor, host_session: str) -> dict[str, str]:
    """Return the names of what was opened."""
    await me.get("/pieces/ouvrir")
    await me.submit("/pieces/ouvrir", name="Les veilleurs du troisième", purpose="Se retrouver après les nuits longues.")
    room = next(link.rpartition("/")[2] for link in me.page.links if link.startswith("/pieces/les_veilleurs"))
    await me.get(f"/pieces/{room}")
    await me.submit("/ecrire", text="Qui est de repos demain ? Café à neuf heures.", step="publish")
    async with server.client(headers=HTML, cookies={"session": host_session}) as client:
        host = Visitor(client)
        await host.get("/pieces/ouvrir")
        await host.submit("/pieces/ouvrir", name="Le salon", purpose="Pour toute la maison.", handle="le_salon", sort="house")
        await host.get("/pieces/le_salon")
        await host.submit("/ecrire", text="La lumière est allumée.", step="publish")
    word = (await me.get("/reglages/verification")).form("/reglages/verification/justificatif").values["csrf"]
    sent = {"file": ("carte.pdf", b"%PDF-1.4 de quoi prouver", "application/pdf")}
    answer = await me.client.post("/reglages/verification/justificatif", data={"csrf": word}, files=sent)
    assert answer.status_code == 303, answer.text
    return {"room": room} | await _company(server, me)


async def _company(server: Server, me: Visitor) -> dict[str, str]:
    """Have the contributor on shift whatever the hour, somebody ask for a word, and the contributor too."""
    with psycopg.connect(server.database_url) as connection:
        query = """INSERT INTO company_weeks (account_id, weekday, hour) SELECT a.id, day, hour
            FROM accounts a, generate_series(1, 7) day, generate_series(0, 23) hour WHERE a.handle = 'nuit_calme'"""
        connection.execute(query)
    token = await server.person("insomniaque")
    async with server.client(headers={"authorization": f"Bearer {token}"}) as client:
        said = {"status": "Je n'arrive pas à redescendre de cette nuit.", "salledepause": {"needs_word": True}}
        answer = await client.post("/api/v1/statuses", json=said)
        assert answer.status_code == 200, answer.text
    await me.get("/ecrire?mot=1")
    asked = await me.send("Quelqu'un est là ? J'aurais besoin d'un mot.")
    await me.get("/pieces")
    return {"asking": str(answer.json()["id"]), "asked": str(asked), "night": "salle_de_nuit"}
