"""Doors to look at: one of others that is open, one whose diary the contributor keeps, a pair to read again, one to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from tests.support.server import Server

OURS = "/api/salledepause/v1/doors"
ABOUT = "Ce que l'on ne voit ni du couloir ni du bureau. Chacun écrit quand il peut."
NURSE, DIRECTOR = "La nuit d'une infirmière", "La journée d'un directeur"
NIGHT = (
    "Transmissions faites. Onze patients, deux entrées attendues, et la lumière du couloir qui clignote.",
    "Trois sonnettes d'un coup. J'ai couru, puis j'ai ralenti : personne n'a besoin de me voir courir.",
)
DAY = ("Arrivé tôt pour croiser l'équipe de nuit. Elle partait.", "Commission, budget, toiture. La toiture a gagné.")


class Doors:
    """The doors of a server, as a host and two diarists make them."""

    def __init__(self, server: Server, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.server = server
        self.client = client
        self.tokens = tokens

    async def call(self, path: str, who: str, **body: Any) -> Any:
        answer = await self.client.post(path, json=body, headers={"authorization": f"Bearer {self.tokens[who]}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open(self, topic: str, diaries: dict[str, str], begins: int) -> str:
        """Announce a door, have its diaries agreed to, and move its 600 minutes to so many from now."""
        now = datetime.now(UTC)
        opens = now + timedelta(hours=1)
        asked = [{"title": title, "acct": who} for who, title in diaries.items()]
        term = {"opens_at": opens.isoformat(), "ends_at": (opens + timedelta(hours=10)).isoformat()}
        door = str((await self.call(OURS, "hote_de_portes", topic=topic, about=ABOUT, diaries=asked, **term))["id"])
        for who in diaries:
            await self.call(f"{OURS}/{door}/accept", who)
        self.move(door, begins)
        return door

    def move(self, door: str, begins: int) -> None:
        """Move the term of a door, as time would."""
        opens = datetime.now(UTC) + timedelta(minutes=begins)
        with psycopg.connect(self.server.database_url) as connection:
            query = "UPDATE rooms SET opens_at = %s, ends_at = %s WHERE id = %s"
            connection.execute(query, [opens, opens + timedelta(hours=10), int(door)])

    async def write(self, door: str, who: str, *texts: str) -> None:
        for text in texts:
            await self.call("/api/v1/statuses", who, status=text, salledepause={"room": door})

    async def ask(self, door: str, who: str, text: str) -> str:
        return str((await self.call(f"{OURS}/{door}/questions", who, text=text))["id"])


async def opened(server: Server) -> dict[str, str]:
    """Return the names of what was opened; the contributor is `nuit_calme`."""
    with psycopg.connect(server.database_url) as connection:
        found = connection.execute("SELECT id FROM accounts WHERE handle = 'nuit_calme'").fetchone()
        assert found
    people = ("hote_de_portes", "ide_du_onze", "dir_du_lundi", "curieux")
    tokens = {handle: await server.person(handle) for handle in people} | {
        "nuit_calme": await server.admin("token", "nuit_calme", "--scopes", "read write")
    }
    with psycopg.connect(server.database_url) as connection:
        connection.execute("UPDATE accounts SET role = 'host' WHERE handle = 'hote_de_portes'")
    async with server.client() as client:
        made = Doors(server, client, tokens)
        pair = {"ide_du_onze": NURSE, "dir_du_lundi": DIRECTOR}
        door = await made.open("Une nuit, une journée", pair, -90)
        await made.write(door, "ide_du_onze", *NIGHT)
        await made.write(door, "dir_du_lundi", *DAY)
        asked = await made.ask(door, "curieux", "Comment décidez-vous qui passe en premier, quand tout sonne ?")
        await made.call(
            f"{OURS}/questions/{asked}/answer", "ide_du_onze", text="À l'oreille, puis à l'habitude. Et je me trompe."
        )
        await made.ask(door, "nuit_calme", "Y a-t-il du café à trois heures ?")
        diary = await made.open("La nuit calme", {"nuit_calme": "Une nuit ordinaire"}, -200)
        await made.write(diary, "nuit_calme", NIGHT[0])
        first = await made.ask(diary, "curieux", "Que faites-vous quand il ne se passe rien ?")
        same = await made.ask(diary, "ide_du_onze", "Et quand c'est calme ?")
        await made.call(f"{OURS}/questions/{same}/group", "nuit_calme", question_id=first)
        await made.ask(diary, "dir_du_lundi", "Où est le local à vélos ?")
        record = await made.open("Deux veilles", pair, -90)
        await made.write(record, "ide_du_onze", *NIGHT)
        await made.write(record, "dir_du_lundi", *DAY)
        made.move(record, -700)
        coming = await made.open("Une aube au SAMU", {"ide_du_onze": "Une régulation"}, 600)
    return {"door": door, "diary": diary, "record": record, "door_to_come": coming, "question": first}
