"""What hosts find when they come on duty: somebody who waits, a report, a draft, a rule, an emoji."""

from __future__ import annotations

import io
import re

import psycopg
from PIL import Image

from tests.support.server import Server
from tests.web.visitor import HTML, Visitor

NEWCOMERS = ("arrivante_du_jour", "arrivant_de_nuit")


async def kept(server: Server, session: str, post: str) -> dict[str, str]:
    """Give the hosts something to settle, `post` among it; return what addresses of their pages name."""
    found = await newcomers(server, NEWCOMERS) | await reported(server, post)
    async with server.client(headers=HTML, cookies={"session": session}) as client:
        host = Visitor(client)
        await host.get("/maison/annonces/nouvelle")
        page = await host.submit("/maison/annonces/nouvelle", button=("gesture", "draft"), text="Coupure du réseau jeudi à 3 h.")
        found["draft"] = _number(page.links, "/maison/annonces")
        await host.get("/maison/serveurs/nouveau")
        page = await host.submit("/maison/serveurs/nouveau", domain="ailleurs.test", public_comment="Envois en série.")
        found["server"] = _number(page.links, "/maison/serveurs")
        page = await host.get("/maison/emojis/nouveau")
        drawn = io.BytesIO()
        Image.new("RGB", (64, 64), (240, 180, 90)).save(drawn, "PNG")
        sent = page.form("/maison/emojis/nouveau").values | {"code": "tasse", "category": "La salle"}
        await client.post("/maison/emojis/nouveau", data=sent, files={"file": ("tasse.png", drawn.getvalue(), "image/png")})
    return found


def _number(links: list[str], beginning: str) -> str:
    return next(match[1] for link in links if (match := re.fullmatch(rf"{beginning}/(\d+)", link)))


async def newcomers(server: Server, handles: tuple[str, ...]) -> dict[str, str]:
    """Have people wait to be let in; the first is told why, the second says nothing."""
    for handle in handles:
        async with server.client(headers=HTML) as client:
            await Visitor(client).sign_up(handle)
    with psycopg.connect(server.database_url) as connection:
        connection.execute(
            """UPDATE accounts SET state = 'pending',
                application = CASE handle WHEN %s THEN 'Je prends le relais de nuit.' ELSE '' END
            WHERE handle = ANY(%s)""",
            [handles[0], list(handles)],
        )
    return {}


async def reported(server: Server, post: str, witness: str = "temoin_du_soir") -> dict[str, str]:
    """Have somebody report a post; return the ids of the report and of the account reported."""
    who = await server.person(witness)
    async with server.client(headers={"authorization": f"Bearer {who}"}) as client:
        target = (await client.get(f"/api/v1/statuses/{post}")).json()["account"]["id"]
        body = {"account_id": target, "status_ids": [post], "comment": "On reconnaît la patiente.", "category": "violation"}
        filed = (await client.post("/api/v1/reports", json=body | {"rule_ids": ["1"]})).json()
    return {"report": filed["id"], "reported": target}
