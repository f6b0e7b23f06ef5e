"""Rooms to look at: a circle of the contributor's with words in it, a room of the whole house, a proof that waits."""

from __future__ import annotations

import re

import psycopg

from tests.support.server import Server
from tests.web.visitor import HTML, Visitor


async def opened(server: Server, me: Visitor, host_session: str) -> dict[str, str]:
    """Return the names of what was opened."""
    await me.get("/pieces/ouvrir")
    await me.submit("/pieces/ouvrir", name="Les veilleurs du troisième", purpose="Se retrouver après les nuits longues.")
    code = re.findall(r"code=([a-z0-9-]{19})", me.page.text)[0]
    room = next(link.rpartition("/")[2] for link in me.page.links if link.startswith("/pieces/les_veilleurs"))
    await me.get(f"/pieces/{room}")
    await me.submit("/ecrire", text="Qui est de repos demain ? Café à neuf heures.", step="publish")
    async with server.client(headers=HTML, cookies={"session": host_session}) as client:
        host = Visitor(client)
        await host.get("/pieces/ouvrir")
        await host.submit("/pieces/ouvrir", name="Le salon", purpose="Pour toute la maison.", handle="le_salon", sort="house")
        await host.get("/pieces/le_salon")
        await host.submit("/ecrire", text="La lumière est allumée.", step="publish")
        await _reddened(server, host)
    word = (await me.get("/reglages/verification")).form("/reglages/verification/justificatif").values["csrf"]
    sent = {"file": ("carte.pdf", b"%PDF-1.4 de quoi prouver", "application/pdf")}
    answer = await me.client.post("/reglages/verification/justificatif", data={"csrf": word}, files=sent)
    assert answer.status_code == 303, answer.text
    board = await _board(me)
    more = {"vent": await _vented(server, me)} | await _company(server, me)
    return {"room": room, "code": code} | board | more


async def _reddened(server: Server, host: Visitor) -> None:
    """Have a room of the whole house whose barometer is red, and stays so: the worker is not to settle it meanwhile."""
    await host.get("/pieces/ouvrir")
    await host.submit("/pieces/ouvrir", name="Le tri", purpose="Aux urgences, on se parle.", handle="le_tri", sort="house")
    await host.get("/pieces/le_tri")
    await host.submit("/ecrire", text="Trois brancards dans le couloir, encore.", step="publish")
    with psycopg.connect(server.database_url) as connection:
        connection.execute("""INSERT INTO room_barometers (room_id, state, since, people, reasons)
            SELECT id, 'red', now() + interval '1 day', 10, '[{"kind": "sharp", "people": 10}, {"kind": "report", "people": 5}]'
            FROM rooms WHERE handle = 'le_tri'""")
        connection.execute("UPDATE rooms SET brake_seconds = 180 WHERE handle = 'le_tri'")


async def _board(me: Visitor) -> dict[str, str]:
    """Say three infos in the room of the whole house: one waits for its pin, one is a rumour, one is denied."""
    said = {}
    for name, text in (
        ("pinnable", "Le distributeur de café est réparé."),
        ("rumour", "Il paraît que le parking ferme lundi."),
        ("denied", "Il paraît que les plannings de décembre sont perdus."),
    ):
        await me.get("/pieces/le_salon")
        said[name] = str(await me.send(text, kind="info"))
    for name in ("rumour", "denied"):
        here = f"/tableau/{said[name]}"
        word = (await me.get(here)).forms[-1].values["csrf"]
        assert (await me.client.post(here, data={"csrf": word, "gesture": "pin"})).status_code == 303
    told = {"csrf": word, "gesture": "decide", "state": "denied", "source": "Le cadre de nuit : https://chu.test/plannings"}
    assert (await me.client.post(here, data=told)).status_code == 303
    return said


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


async def _vented(server: Server, me: Visitor) -> str:
    """Have la soupape entered and spoken in by the contributor and another carer, who support each other; return its name."""
    token = await server.person("as_du_soir")
    with psycopg.connect(server.database_url) as connection:
        connection.execute("UPDATE accounts SET family = 'soignant-medical' WHERE handle = 'as_du_soir'")
        connection.execute("""INSERT INTO verifications (account_id, family, method) SELECT id, family, 'code' FROM accounts
            WHERE handle IN ('as_du_soir', 'nuit_calme')""")
        row = connection.execute("SELECT handle FROM rooms WHERE sort = 'vent'").fetchone()
        assert row
    vent = str(row[0])
    await me.get(f"/pieces/{vent}")
    await me.submit(f"/pieces/{vent}/entrer")
    mine = await me.send("Onze sonnettes en même temps, et j'ai souri.", hours="3")
    async with server.client(headers={"authorization": f"Bearer {token}"}) as client:
        said = await client.post("/api/v1/statuses", json={"status": f"@{vent} On m'a demandé une quatrième salle. Juste."})
        assert said.status_code == 200, said.text
        word = await client.post(f"/api/salledepause/v1/posts/{mine}/support", json={"word": "courage"})
        assert word.status_code == 200, word.text
    await me.get(f"/pieces/{vent}")
    await me.submit(f"/gestes/{said.json()['id']}", button=("gesture", "support-me_too"))
    return vent
