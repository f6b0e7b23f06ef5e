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
    return {"room": room, "code": code}
