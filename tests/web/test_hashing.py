"""A hash takes long, and nobody else waits for it: no connection is held meanwhile, and what it opened is looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

import httpx
import msgspec
import pytest

from salledepause.features import accounts
from salledepause.features.accounts import Hasher
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import Conflict
from tests.security.estate import app_token
from tests.support.house import PASSWORD, House
from tests.support.recorder import Recorder
from tests.web.visitor import Visitor, visiting

NEW = "un autre mot de passe"
Act = Callable[[House, Visitor, str], Coroutine[None, None, httpx.Response]]


class Slow:
    """Hashes that take until they are let go; the recovery words of who is there."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.together = 0
        self.most = 0

    async def wait(self) -> None:
        self.together += 1
        self.most = max(self.most, self.together)
        self.begun.set()
        await self.go.wait()
        self.together -= 1


@pytest.fixture
def quick_hashing() -> None:
    """Hash as the house does: that it takes its time is what is tested here."""


@pytest.fixture
async def house(settings: Settings, recorder: Recorder) -> AsyncIterator[House]:
    """Give a house whose processes have one connection."""
    async with House.opened(msgspec.structs.replace(settings, pool_size=1), recorder) as opened:
        yield opened


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with visiting(house) as opened:
        yield opened


@pytest.fixture
async def slow(house: House, monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Have `nuit` among the members, and every hash from here on wait."""
    _, words = await house.newcomer("nuit")
    held, hashed, matched = Slow(" ".join(words)), Hasher.hash, Hasher.matches

    async def hash_slowly(hasher: Hasher, secret: str) -> str:
        await held.wait()
        return await hashed(hasher, secret)

    async def match_slowly(hasher: Hasher, stored: str, secret: str) -> bool:
        await held.wait()
        return await matched(hasher, stored, secret)

    monkeypatch.setattr(Hasher, "hash", hash_slowly)
    monkeypatch.setattr(Hasher, "matches", match_slowly)
    return held


async def sign_in(house: House, visitor: Visitor, words: str, handle: str = "nuit") -> httpx.Response:
    del house, words
    await visitor.get("/connexion")
    return await visitor.post("/connexion", handle=handle, password=PASSWORD)


async def sign_in_as_nobody(house: House, visitor: Visitor, words: str) -> httpx.Response:
    return await sign_in(house, visitor, words, "personne")


async def sign_up(house: House, visitor: Visitor, words: str) -> httpx.Response:
    del house, words
    await visitor.get("/inscription")
    await visitor.submit("/inscription", handle="nouvelle", password=PASSWORD)
    return await visitor.post("/inscription/qui", family="autre")


async def sign_up_by_an_app(house: House, visitor: Visitor, words: str) -> httpx.Response:
    del visitor, words
    form = {"username": "nouvelle", "password": PASSWORD, "agreement": True}
    return await house.call("POST", "/api/v1/accounts", await app_token(house, "write"), json=form)


async def recover(house: House, visitor: Visitor, words: str) -> httpx.Response:
    del house
    await visitor.get("/recuperation")
    return await visitor.post("/recuperation", handle="nuit", words=words, password=NEW)


@pytest.mark.parametrize(
    ("act", "status"), [(sign_in, 303), (sign_in_as_nobody, 422), (sign_up, 200), (sign_up_by_an_app, 200), (recover, 200)]
)
async def test_others_are_answered_while_a_secret_is_hashed(
    house: House, visitor: Visitor, slow: Slow, act: Act, status: int
) -> None:
    acting = asyncio.create_task(act(house, visitor, slow.words))
    await asyncio.wait_for(slow.begun.wait(), 10)
    async with asyncio.timeout(10):
        await house.get("/health")
        assert (await house.call("POST", "/api/v1/apps", json={"client_name": "a", "redirect_uris": "a:b"})).status_code == 200
    assert not acting.done()
    slow.go.set()
    assert (await acting).status_code == status


async def test_a_crowd_hashes_two_at_a_time(house: House, slow: Slow) -> None:
    async def come() -> int:
        async with visiting(house) as one:
            return (await sign_in(house, one, slow.words)).status_code

    coming = [asyncio.create_task(come()) for _ in range(6)]
    async with asyncio.timeout(10):
        while slow.together < 2:
            await asyncio.sleep(0.01)
    slow.go.set()
    assert await asyncio.gather(*coming) == [303] * 6
    assert slow.most == 2


async def set_password(house: House) -> None:
    """Change the password of `nuit` behind whoever tries the old one."""
    hashed = await asyncio.to_thread(accounts.HASHER._argon2.hash, NEW)  # noqa: SLF001 - at once, where others wait
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE credentials SET password = %s", [hashed])


async def test_a_password_changed_meanwhile_opens_nothing(house: House, visitor: Visitor, slow: Slow) -> None:
    coming = asyncio.create_task(sign_in(house, visitor, slow.words))
    await slow.begun.wait()
    await set_password(house)
    slow.go.set()
    answer = await coming
    assert (answer.status_code, "mot de passe incorrect" in answer.text.replace("\N{NO-BREAK SPACE}", " ")) == (422, True)
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM sessions") == 0


async def test_words_used_meanwhile_change_nothing(house: House, slow: Slow) -> None:
    trying = [asyncio.create_task(accounts.recover(house.site, "nuit", slow.words, f"{NEW} {number}")) for number in range(2)]
    await slow.begun.wait()
    slow.go.set()
    found = await asyncio.gather(*trying, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Changed", "tuple"]
    assert [one for one in found if isinstance(one, Conflict)]


async def test_a_hash_renewed_meanwhile_still_opens(house: House, slow: Slow) -> None:
    async with house.site.db.transaction() as tx:
        quick = await asyncio.to_thread(Hasher(1, 64)._argon2.hash, PASSWORD)  # noqa: SLF001 - at once, where others wait
        await tx.run("UPDATE credentials SET password = %s", [quick])
    coming = [asyncio.create_task(accounts.sign_in(house.site, "nuit", PASSWORD)) for _ in range(2)]
    await slow.begun.wait()
    slow.go.set()
    assert len(await asyncio.gather(*coming)) == 2
    async with house.site.db.reading() as tx:
        assert "m=32768" in await tx.value("SELECT password FROM credentials")
