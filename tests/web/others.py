"""What others do around the contributor of the scene: they answer, like, ask to follow, write in private."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support.server import Server
from tests.web.visitor import Visitor

CROWD = ("ana_de_nuit", "bob_brancardier", "cleo_pharma", "dan_du_bloc")
INSULT = "Incompétent, comme toute la direction. "


async def around(server: Server, me: Visitor, mine: str) -> dict[str, str]:
    """Have a crowd gather around a post of `me`; return what addresses of screens name."""
    tokens = {handle: await server.person(handle) for handle in CROWD}
    async with server.client() as client:

        async def call(path: str, who: str, **body: object) -> dict[str, Any]:
            answer = await client.post(path, json=body, headers={"authorization": f"Bearer {tokens[who]}"})
            assert answer.status_code == 200, answer.text
            return dict[str, Any](answer.json())

        for who in CROWD:
            await call(f"/api/v1/statuses/{mine}/favourite", who)
        await call(f"/api/v1/statuses/{mine}/reblog", CROWD[0])
        answer = await call("/api/v1/statuses", CROWD[3], status=f"@nuit_calme {INSULT * 4}", in_reply_to_id=mine)
        await call("/api/v1/statuses", CROWD[1], status="@nuit_calme tu as une minute ?", visibility="direct")
        account = (await client.get("/api/v1/accounts/lookup", params={"acct": "nuit_calme"})).json()["id"]
        _lock(server, locked=True)
        for who in (CROWD[1], CROWD[2]):
            await call(f"/api/v1/accounts/{account}/follow", who)
        _lock(server, locked=False)
        kept = {"name": "Celles et ceux de la nuit", "description": "Qui répond à trois heures.", "discoverable": True}
        made = await call("/api/v1/collections", CROWD[0], account_ids=[account], **kept)
        rude = (await client.get("/api/v1/accounts/lookup", params={"acct": CROWD[3]})).json()["id"]
        quiet = (await client.get("/api/v1/accounts/lookup", params={"acct": CROWD[2]})).json()["id"]
    await _mute(me, quiet)
    return {
        "rude": rude,
        "insult": str(answer["id"]),
        "gathered": str(made["collection"]["id"]),
        "talk": await _talk(me),
        "filter": await _filter(me),
    }


def _lock(server: Server, *, locked: bool) -> None:
    with psycopg.connect(server.database_url) as connection:
        connection.execute("UPDATE accounts SET locked = %s WHERE handle = 'nuit_calme'", [locked])


async def _mute(me: Visitor, account_id: str) -> None:
    page = await me.get(f"/distance/{account_id}")
    form = next(form for form in page.forms if ("gesture", "mute") in form.buttons)
    await me.client.post(form.action, data=form.values | {"gesture": "mute"})


async def _talk(me: Visitor) -> str:
    page = await me.get("/conversations")
    return next(link for link in page.links if link.startswith("/conversations/")).rpartition("/")[2]


async def _filter(me: Visitor) -> str:
    page = await me.get("/reglages/filtres/nouveau")
    values = page.form("/reglages/filtres/nouveau").values
    await me.client.post(
        "/reglages/filtres/nouveau",
        data=values | {"title": "Séries", "words": "spoiler\nfinale", "contexts[]": ["home", "thread"]},
    )
    page = await me.get("/reglages/filtres")
    return next(link for link in page.links if link[-1].isdigit() and "filtres" in link).rpartition("/")[2]
