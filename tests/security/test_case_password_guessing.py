"""Guessed passwords: after ten wrong tries of one peer at one handle its next ones are refused unread, after a hundred anybody's.

So one stranger closes nobody's door, and who comes from a thousand addresses has a hundred tries. Nothing tells a handle that
somebody bears from one that nobody does: not the words, not the count, not the time.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
from argon2 import PasswordHasher

from salledepause.features import accounts
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import BadInput, TooMany, Unauthenticated
from salledepause.kernel.tallies import Tallies
from salledepause.surfaces import limits
from salledepause.surfaces.limits import GUESSES_LAST, MOST_FROM_ALL, MOST_GUESSES, Guesses
from tests.security.crowd import counting, knocking
from tests.support.house import PASSWORD, House
from tests.support.recorder import Recorder

NEW = "une autre nuit plus calme"


class Door:
    """A form that opens accounts, knocked at from one address, or from a new one each time."""

    def __init__(self, house: House, path: str = "/connexion", address: str = "192.0.2.7") -> None:
        self.house = house
        self.path = path
        self.address = address
        self.knocks = 0

    async def knock(self, handle: str, secret: str) -> httpx.Response:
        self.knocks += 1
        async with knocking(self.house, self.address or f"198.51.{self.knocks % 250}.1") as client:
            page = await client.get(self.path, headers={"accept": "text/html", "accept-language": "fr"})
            csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            given = {"password": secret} if self.path == "/connexion" else {"words": secret, "password": NEW}
            sent = given | {"csrf": csrf, "handle": handle}
            return await client.post(self.path, data=sent, headers={"accept": "text/html", "accept-language": "fr"})

    async def statuses(self, handle: str, secret: str, number: int) -> list[int]:
        return [(await self.knock(handle, secret)).status_code for _ in range(number)]


async def member(house: House, handle: str = "ada") -> tuple[str, ...]:
    return (await house.newcomer(handle))[1]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the door itself let all through: what is tested stands behind it."""
    monkeypatch.setitem(limits.DOORS, "auth", 1000)


async def test_ten_wrong_passwords_close_a_handle_borne_or_not(
    settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counting(settings, recorder, rate_limit=1000) as house:
        await member(house)
        door, told = Door(house), []
        for handle in ("ada", "personne"):
            assert await door.statuses(handle, "un mauvais mot de passe", MOST_GUESSES) == [422] * MOST_GUESSES
        hashed = []
        monkeypatch.setattr(PasswordHasher, "hash", lambda *_: hashed.append("hash"))
        monkeypatch.setattr(PasswordHasher, "verify", lambda *_: hashed.append("verify"))
        for handle in ("ada", "ADA", "@Ada", " ada@salle.test ", "personne", "@PERSONNE"):
            answer = await door.knock(handle, PASSWORD)
            assert answer.status_code == 429
            assert 0 < int(answer.headers["retry-after"]) <= GUESSES_LAST
            assert "set-cookie" not in answer.headers
            told.append(answer.text)
        assert len(set(told)) == 1
        assert "15\u00a0min" in told[0]
        assert not hashed, "what is refused unread takes the same time for all"


async def test_who_guesses_closes_nobody_elses_way_in(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder, rate_limit=1000) as house:
        await member(house)
        guesser, ada = Door(house), Door(house, address="203.0.113.9")
        assert await guesser.statuses("ada", "un mauvais mot de passe", MOST_GUESSES + 1) == [422] * MOST_GUESSES + [429]
        assert await ada.statuses("ada", PASSWORD, 1) == [303]
        assert await guesser.statuses("ada", PASSWORD, 1) == [429]


async def test_a_thousand_addresses_have_a_hundred_tries(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder, rate_limit=1000) as house:
        words, most = " ".join(await member(house)), MOST_FROM_ALL["password"]
        crowd = Door(house, address="")
        statuses = await crowd.statuses("ada", "un mauvais mot de passe", most + 2)
        assert statuses == [422] * most + [429] * 2
        assert await Door(house, address="203.0.113.9").statuses("ada", PASSWORD, 1) == [429]
        assert await Door(house, "/recuperation", "203.0.113.9").statuses("ada", words, 1) == [200], "the words still open it"


async def test_the_limit_ends_and_success_forgets(
    settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counting(settings, recorder, rate_limit=1000) as house:
        await member(house)
        await member(house, "bob")
        door, wrong = Door(house), "un mauvais mot de passe"
        for _ in range(2):
            assert await door.statuses("ada", wrong, MOST_GUESSES - 1) == [422] * (MOST_GUESSES - 1)
            assert await door.statuses("ada", PASSWORD, 1) == [303]
        assert await door.statuses("ada", wrong, MOST_GUESSES + 1) == [422] * MOST_GUESSES + [429]
        assert await door.statuses("bob", PASSWORD, 1) == [303], "others come in"
        later = clock.now() + timedelta(seconds=GUESSES_LAST)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert await door.statuses("ada", PASSWORD, 1) == [303]


async def test_recovery_words_have_the_same_limit_of_their_own(settings: Settings, recorder: Recorder) -> None:
    async with counting(settings, recorder, rate_limit=1000) as house:
        words = " ".join(await member(house))
        door = Door(house, "/recuperation")
        for handle in ("ada", "personne"):
            assert await door.statuses(handle, "un deux trois", MOST_GUESSES + 1) == [422] * MOST_GUESSES + [429]
        assert await door.statuses("Ada", words, 1) == [429], "the right words too"
        assert await Door(house).statuses("ada", PASSWORD, 1) == [303], "the password still opens"
        assert await accounts.sign_in(house.site, "ada", PASSWORD), "nothing was changed"


async def test_guesses_that_come_together_count_together() -> None:
    guesses, tried = Guesses(Tallies()), 0

    async def guess() -> None:
        nonlocal tried
        with guesses.one("password", "ada", "192.0.2.7"):
            tried += 1
            await asyncio.sleep(0)
            raise Unauthenticated

    ends = await asyncio.gather(*(guess() for _ in range(50)), return_exceptions=True)
    assert tried == MOST_GUESSES
    assert sum(isinstance(end, TooMany) for end in ends) == 50 - MOST_GUESSES


def test_a_right_secret_with_a_weak_new_password_is_no_wrong_guess() -> None:
    guesses = Guesses(Tallies())
    for _ in range(MOST_GUESSES * 2):
        with pytest.raises(BadInput), guesses.one("words", "ada", "192.0.2.7"):
            raise BadInput("Trop court.")
