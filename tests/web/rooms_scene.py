"""Rooms to look at: a circle of the contributor's with words in it, a room of the whole house, a proof that waits."""

from __future__ import annotations

import re

import httpx

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
    async with httpx.AsyncClient(base_url=server.url, headers=HTML, cookies={"session": host_session}) as client:
        host = Visitor(client)
        await host.get("/pieces/ouvrir")
        await host.submit("/pieces/ouvrir", name="Le salon", purpose="Pour toute la maison.", handle="le_salon", sort="house")
        await host.get("/pieces/le_salon")
        await host.submit("/ecrire", text="La lumière est allumée.", step="publish")
    word = (await me.get("/reglages/verification")).form("/reglages/verification/justificatif").values["csrf"]
    sent = {"file": ("carte.pdf", b"%PDF-1.4 de quoi prouver", "application/pdf")}
    answer = await me.client.post("/reglages/verification/justificatif", data={"csrf": word}, files=sent)
    assert answer.status_code == 303, answer.text
    board = await _board(me)
    return {"room": room, "code": code} | board


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
