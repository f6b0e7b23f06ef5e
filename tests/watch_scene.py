"""A desk of one house that answers on another: what is told to its bot there, through the real API of a running server."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from salledepause.features import accounts, desks
from salledepause.features.desks import Judged, Near, Round, distant, elsewhere
from salledepause.features.desks.thinking import Taught
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import BadInput, Unauthenticated, Unavailable
from salledepause.kernel.site import Site
from salledepause.main import site_of
from tests.support import commands
from tests.support.house import House, Person
from tests.support.server import PAUSE, START, Server, clean

HERE = "/api/salledepause/v1"
REMARK = "Le logement de fonction des directeurs est un odieux privilège"
ELSE = "Il pleut encore à Brest ce matin, prenez un parapluie"
CARD = {
    "remark": REMARK,
    "answer": "C'est la contrepartie des gardes de direction.",
    "nuance": "Et ce n'est pas toujours un cadeau. " * 12,
    "sources": ["Décret n° 2010-30 du 8 janvier 2010 (Légifrance)"],
}


def judged(known: Taught, texts: list[str]) -> list[Judged]:
    """Be sure of what is a known wording, word for word, and of nothing else: the real engine is asked by the real command."""
    fits = {text: card for card, text in known.fits} | {remark: card for card, remark, _ in known.cards}
    first = known.cards[0][0]
    return [Judged([Near(fits.get(text, first), 0.9, text)], fits.get(text), "comme lui") for text in texts]


class Town:
    """The server where people talk to the bot, and what they read there."""

    def __init__(self, url: str, site: Site, client: httpx.AsyncClient) -> None:
        self.url = url
        self._site = site
        self._client = client
        self._tokens: dict[str, str] = {}

    async def person(self, name: str) -> str:
        """Sign somebody up; return their handle."""
        handle = f"{name}_{secrets.token_hex(3)}"
        async with self._site.db.transaction() as tx:
            self._tokens[handle] = await accounts.give_token(tx, await accounts.create(tx, handle, None), ["read", "write"])
        return handle

    def token(self, handle: str) -> str:
        return self._tokens[handle]

    async def call(self, method: str, path: str, who: str, **given: Any) -> Any:
        headers = {"authorization": f"Bearer {self._tokens[who]}"}
        answer = await self._client.request(method, path, headers=headers, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def say(self, who: str, text: str, **more: Any) -> dict[str, Any]:
        said: dict[str, Any] = await self.call("POST", "/api/v1/statuses", who, json={"status": text} | more)
        return said

    async def told(self, who: str) -> list[dict[str, Any]]:
        """Return what somebody was told in private, or below what they said, the latest first."""
        found = await self.call("GET", "/api/v1/notifications?types[]=mention", who)
        return [one["status"] for one in found]

    async def below(self, who: str, status: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.call("GET", f"/api/v1/statuses/{status['id']}/context", who))["descendants"]
        return found


class Scene:
    """The desk at home, its owner, its card; the town and the bot there."""

    def __init__(self, house: House, town: Town) -> None:
        self.house, self.town = house, town
        self.owner: Person
        self.desk = self.card = self.bot = ""

    async def set(self) -> None:
        self.owner = await self.house.person("dir_loin")
        self.desk = (await self.house.post(f"{HERE}/desks", self.owner, name="Direction, au loin"))["id"]
        made = await self.house.post(f"{HERE}/desks/{self.desk}/cards", self.owner, **CARD, automatic=True, public=True)
        self.card = made["card"]["id"]
        answer = await self.house.call("PATCH", f"{HERE}/desks/{self.desk}", self.owner, json={"answers": True})
        assert answer.status_code == 200
        self.bot = await self.town.person("redit")

    async def look(self) -> Round:
        async with desks.bot(self.house.site, int(self.desk), self.town.url, self.town.token(self.bot)) as bot:
            bot.distant.most = 500  # as at most servers
            return await desks.look(bot)

    async def said(self) -> int:
        return int((await self.house.get(f"{HERE}/cards/{self.card}", self.owner))["card"]["said"])

    async def waiting(self) -> list[dict[str, Any]]:
        piles = await self.house.get(f"{HERE}/desks/{self.desk}/remarks", self.owner)
        return [one for pile in piles for one in pile["remarks"]]

    @property
    def environment(self) -> dict[str, str]:
        """What the real command needs to know, its token too."""
        settings = {"DATABASE_URL": self.house.site.settings.database_url, "MASTODON_TOKEN": self.town.token(self.bot)}
        return clean() | settings

    def words(self, *more: str) -> tuple[str, ...]:
        return ("answers", "watch", "--server", self.town.url, "--data", str(self.house.site.settings.data), *more)

    async def once(self) -> CompletedProcess[str]:
        """Run the real command for what waits."""
        return await asyncio.to_thread(commands.done, self.words("--once"), self.environment, START)


async def play(house: House, server: Server, patch: pytest.MonkeyPatch) -> list[str]:
    """Play it all; return what was said in the end to who was not answered by itself."""
    with patch.context() as stubbed:
        stubbed.setattr("salledepause.features.desks.thinking.judged", judged)
        site = site_of(Settings(data=server.data, database_url=server.database_url))
        async with site.db, server.client() as client:
            scene = Scene(house, Town(server.url, site, client))
            await scene.set()
            await _refuses(scene)
            asker, other = await _answers(scene)
            await _says_stop(scene, asker, other)
            await _dies(scene, patch)
            stubbed.undo()
            return await _runs(scene)


async def _refuses(scene: Scene) -> None:
    """Nothing is followed without a good address, a good token and an account that says what it is."""
    site, desk, town = scene.house.site, int(scene.desk), scene.town
    for address, token, refusal in (
        (town.url, town.token(scene.bot), BadInput),
        (town.url, "faux", Unauthenticated),
        (town.url, "a\nb", BadInput),
        (f"{town.url}/about", "x", BadInput),
        ("http://example.org", "x", BadInput),
        ("https://u:p@example.org", "x", BadInput),
        ("http://127.0.0.1:1", "x", Unavailable),
    ):
        with pytest.raises(refusal):
            async with desks.bot(site, desk, address, token):
                pass
    await town.call("PATCH", "/api/v1/accounts/update_credentials", scene.bot, json={"bot": True})


async def _answers(scene: Scene) -> tuple[str, str]:
    """What is sure is answered, once, in private then folded; what is not waits for a person, who answers it from home."""
    town, bot = scene.town, scene.bot
    asker, other = await town.person("lea"), await town.person("zoe")
    asked = await town.say(asker, f"@{bot} {REMARK}")
    await town.say(asker, f"@{bot} {REMARK}", visibility="direct")
    await town.say(other, f"@{bot} Et le <parking> ?")
    assert await scene.look() == Round(2, 1, 1)
    private = [one for one in await town.told(asker) if one["visibility"] == "direct"]
    assert [one["account"]["bot"] for one in private] == [True] * len(private)
    whole = " ".join(one["content"] for one in reversed(private))
    assert len(private) > 1, "a post there holds less than a card"
    for words in ("contrepartie des gardes", "Légifrance", "Dit 1 fois", "Répondez «\u00a0stop"):
        assert words in whole
    shown = [one for one in await town.below(other, asked) if one["visibility"] == "public"]
    assert shown
    assert all("Réponse automatique" in one["spoiler_text"] for one in shown)
    assert await scene.look() == Round(0, 0, 1)
    await town.say(asker, f"@{bot} {REMARK}")
    assert await scene.look() == Round(1, 0, 2), "never twice to the same person"
    assert [one for one in await town.told(asker) if one["visibility"] == "direct"] == private
    assert await scene.said() == 1
    await _answers_from_home(scene, other)
    return asker, other


async def _answers_from_home(scene: Scene, other: str) -> None:
    """An owner answers from their own pages: one remark by the card, another in words of their own."""
    host = scene.town.url.partition("://")[2]
    found = {one["text"]: one for one in await scene.waiting()}
    mine = found["Et le <parking> ?"]
    assert mine["account"] == f"{other}@{host}"
    assert await scene.house.post(f"{HERE}/cards/{scene.card}/answer", scene.owner, remark_ids=[mine["id"]]) == {"sent": 1}
    await scene.house.post(f"{HERE}/remarks/{found[REMARK]['id']}/answer", scene.owner, text="Je vous l'ai dit hier.")
    assert await scene.look() == Round(0, 2, 0)
    last = (await scene.town.told(other))[0]
    assert last["visibility"] == "direct"
    assert "stop" not in last["content"], "a person chose it"
    assert await scene.said() == 2, "own words are no card"


async def _says_stop(scene: Scene, asker: str, other: str) -> None:
    """« Stop » in a thread is for all who ask there; from whom it answered, for ever; a card past its date is not sent."""
    town, bot, house = scene.town, scene.bot, scene.house
    third, fourth = await town.person("hugo"), await town.person("noe")
    asked = await town.say(third, f"@{bot} {REMARK}")
    assert (await scene.look()).answered == 1
    ours = next(one for one in await town.below(other, asked) if one["visibility"] == "public")
    await town.say(other, f"@{bot} Stop !", in_reply_to_id=ours["id"])
    await town.say(fourth, f"@{bot} {REMARK}", in_reply_to_id=asked["id"])
    assert await scene.look() == Round(1, 0, 1)
    await town.say(third, f"@{bot} stop", in_reply_to_id=ours["id"], visibility="direct")
    made = await house.post(f"{HERE}/desks/{scene.desk}/cards", scene.owner, **CARD | {"remark": "Et la prime ?"}, automatic=True)
    await town.say(third, f"@{bot} Et la prime ?")
    assert (await scene.look()).answered == 0, "whoever said stop is answered nowhere any more"
    gone = {"as_of": "2020-01-01", "expires_on": "2020-06-01"}
    assert (await house.call("PATCH", f"{HERE}/cards/{made['card']['id']}", scene.owner, json=gone)).status_code == 200
    await town.say(asker, f"@{bot} Et la prime ?")
    assert (await scene.look()).answered == 0, "it is past its date"


async def _dies(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    """Killed before its answer left, within and after, a bot answers once when it comes back."""
    town, bot = scene.town, scene.bot
    asker = await town.person("ines")
    await town.say(asker, f"@{bot} {REMARK}")
    posted, done, left = distant.Distant.post, elsewhere.done, iter([False, True, False])

    async def breaks(self: distant.Distant, *given: Any) -> str:
        if next(left, False):
            raise Unavailable("panne")
        return await posted(self, *given)

    async def dies(*_: Any) -> None:
        raise KeyError

    with patch.context() as broken:
        broken.setattr(distant.Distant, "post", breaks)
        with pytest.raises(Unavailable):
            await scene.look()
    with patch.context() as broken:
        broken.setattr(elsewhere, "done", dies)
        with pytest.raises(KeyError):
            await scene.look()
    before = await scene.said()
    got = [one["id"] for one in await town.told(asker)]
    assert elsewhere.done is done
    assert (await scene.look()).answered == 1
    assert [one["id"] for one in await town.told(asker)] == got
    assert await scene.said() == before + 1
    texts = [one["content"] for one in await town.told(asker)]
    assert len(set(texts)) == len(texts), "no part twice"


async def _runs(scene: Scene) -> list[str]:
    """The real command, with the real engine: follows the stream, alone, until Ctrl-C; goes on later, and says nothing twice.

    Return what it told who asked something that nobody had answered before.
    """
    town, bot, house = scene.town, scene.bot, scene.house
    asker, other = await town.person("rose"), await town.person("paul")
    await house.post(f"{HERE}/cards/{scene.card}/wordings", scene.owner, text=REMARK, fits=True)
    async with _watching(scene) as heard:
        await heard("répond pour")
        await town.say(asker, f"@{bot} {REMARK}")
        await heard("1 reçue(s), 1 répondue(s)")
        await town.say(other, f"@{bot} {ELSE}")
        await heard("1 reçue(s), 0 répondue(s)")
        assert "déjà suivi" in (await scene.once()).stderr
    got = [one["id"] for one in await town.told(asker)]
    assert got
    (mine,) = [one for one in await scene.waiting() if one["text"] == ELSE]
    await house.post(f"{HERE}/remarks/{mine['id']}/answer", scene.owner, text="Nous ne savons pas.")
    once = await scene.once()
    assert (once.returncode, once.stderr) == (0, "")
    assert once.stdout.startswith("0 reçue(s), 1 répondue(s)")
    assert [one["id"] for one in await town.told(asker)] == got
    return [one["content"] for one in await town.told(other)]


@asynccontextmanager
async def _watching(scene: Scene) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Run the real command for a block, then end it by Ctrl-C; lend what waits until it says some words."""
    with TemporaryDirectory() as folder:
        words = scene.words("--desk", "Direction, au loin")
        running = await asyncio.to_thread(commands.begun, words, scene.environment, Path(folder))

        async def heard(said: str) -> None:
            async with asyncio.timeout(START):
                while said not in commands.told(Path(folder))[0]:
                    assert running.is_alive(), commands.told(Path(folder))
                    await asyncio.sleep(PAUSE)

        try:
            yield heard
            assert running.pid
            os.kill(running.pid, signal.SIGINT)
            await asyncio.to_thread(running.join, START)
            assert (running.exitcode, commands.told(Path(folder))[1]) == (0, "")
        finally:
            running.kill()
            running.join()
