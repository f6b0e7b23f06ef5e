"""La ronde through the API: who may clap, once each, what shows of whom, five a day in Paris, and what stays when it is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from salledepause.features import accounts, graph, waves
from salledepause.features.accounts import Family
from salledepause.features.waves import A_DAY, LASTS
from salledepause.kernel import clock
from tests.support.house import House, Person

HERE = "/api/salledepause/v1"


def wave_of(victory: Any) -> str:
    return f"{HERE}/statuses/{victory['id']}/wave"


async def victory(house: House, who: Person, text: str = "Le café était chaud.", **body: Any) -> Any:
    closed = {"closed": True} if body.pop("closed", False) else {}
    return await house.say(who, text, salledepause={"kind": "victory"} | closed, **body)


async def clap(house: House, who: Person, at: Any, **body: Any) -> Any:
    return await house.post(wave_of(at), who, **body)


async def refused(house: House, who: Person | None, at: Any, **body: Any) -> int:
    return (await house.call("POST", wave_of(at), who, json=body)).status_code


async def over(house: House, at: Any) -> None:
    """Let a quarter of an hour go by for one wave."""
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE waves SET ends_at = %s WHERE post_id = %s", [clock.now(), int(at["id"])])


async def every(house: House, table: str) -> list[Any]:
    async with house.site.db.reading() as tx:
        return await tx.rows(f"SELECT * FROM {table} ORDER BY 1, 2")


async def test_the_first_clap_opens_a_wave_that_says_which_families_clap_and_becomes_a_keepsake(house: House) -> None:
    author = await house.person("autrice", family=Family.PARAMEDICAL)
    nurse = await house.person("ide", family=Family.PARAMEDICAL)
    boss = await house.person("dg", family=Family.DIRECTION)
    patient = await house.person("patiente", family=Family.PATIENT)
    won = await victory(house, author)
    assert (await house.get(wave_of(won)))["state"] == "none"
    made = await clap(house, nurse, won, word="  Bravo \n à vous ", sign="confetti")
    assert (made["state"], made["count"], made["families"]) == ("open", 1, ["soignant-paramedical"])
    assert (made["left"], made["clapped"], made["words"]) == (A_DAY - 1, True, None)
    assert await clap(house, nurse, won, word="encore") == made
    await clap(house, boss, won, anonymous=True, word="De la part du bureau")
    seen = await clap(house, patient, won)
    assert (seen["count"], seen["families"]) == (3, ["soignant-paramedical", "patient-proche"])
    shown = await house.get(wave_of(won), author)
    assert [(one["account"] and one["account"]["acct"], one["sign"], one["word"]) for one in shown["words"]] == [
        ("ide", "confetti", "Bravo à vous"),
        (None, "claps", "De la part du bureau"),
        ("patiente", "claps", ""),
    ]
    assert (shown["clapped"], shown["left"]) == (False, A_DAY)
    assert (await house.get(wave_of(won), boss))["clapped"] is True
    (told,) = await house.get("/api/v1/notifications", author, **{"types[]": "wave"})
    assert (told["type"], told["status"]["id"], told["account"]["acct"]) == ("wave", won["id"], "autrice")
    assert await house.get("/api/v1/notifications", author) == []
    assert [one["id"] for one in await house.get(f"{HERE}/waves", patient)] == [won["id"]]
    await over(house, won)
    assert await refused(house, await house.person("retard"), won) == 409
    await asyncio.gather(*(waves.end(house.site, int(won["id"])) for _ in range(3)))
    kept = await house.get(wave_of(won))
    assert (kept["state"], kept["count"], kept["families"]) == ("ended", 3, seen["families"])
    assert sorted(one["word"] for one in kept["words"]) == ["", "Bravo à vous", "De la part du bureau"]
    assert (await house.get(wave_of(won), boss))["clapped"] is False
    assert (await house.get(wave_of(won), nurse))["clapped"] is True
    assert await house.get(f"{HERE}/waves") == []


async def test_an_anonymous_clap_is_tied_to_nobody_and_its_family_shows_from_five_on(house: House) -> None:
    author = await house.person("autrice")
    won = await victory(house, author)
    people = [await house.person(f"dg{number}", family=Family.DIRECTION) for number in range(5)]
    shy = await house.person("discrete", family=Family.MEDICAL, shows_family=False)
    await clap(house, shy, won)
    for one in people[:4]:
        assert (await clap(house, one, won, anonymous=True, word=one.handle[::-1]))["families"] == []
    assert (await clap(house, people[4], won, anonymous=True))["families"] == ["direction"]
    await over(house, won)
    await waves.end(house.site, int(won["id"]))
    assert (await house.get(wave_of(won)))["families"] == ["direction"]
    rows = [row for row in await every(house, "claps") if row[2] is None]
    assert len(rows) == 5
    assert {(row[3], row[4]) for row in rows} == {(None, None)}
    async with house.site.db.reading() as tx:
        written = await tx.values("SELECT DISTINCT xmin::text FROM claps WHERE account_id IS NULL")
        days = await tx.values("SELECT DISTINCT xmin::text FROM clap_days")
    assert len(written) == 1
    assert not set(written) & set(days)
    async with house.site.db.transaction() as tx:
        for one in people:
            await accounts.erase(tx, one.id)
    kept = await house.get(wave_of(won))
    assert (kept["count"], kept["families"]) == (6, ["direction"])


async def test_who_may_not_clap_leaves_nothing(house: House) -> None:
    author, friend, barred = [await house.person(name) for name in ("autrice", "amie", "bloque")]
    reader = await house.person("lectrice", mode="reader")
    won, private = await victory(house, author), await victory(house, author, visibility="private")
    plain = await house.say(author, "Bof.")
    async with house.site.db.transaction() as tx:
        await graph.block(tx, author.id, barred.id)
    assert await refused(house, None, won) == 401
    assert await refused(house, reader, won) == 403
    assert await refused(house, author, won) == 403
    assert await refused(house, barred, won) == 404
    assert await refused(house, friend, private) == 404
    assert await refused(house, friend, plain) == 422
    assert await refused(house, friend, {"id": 1}) == 404
    for body in ({"sign": "💩"}, {"sign": ":absent:"}, {"word": "é" * 81}, {"word": "x" * 100_000}, {"anonymous": "peut-être"}):
        assert await refused(house, friend, won, **body) == 422
    assert await every(house, "waves") == await every(house, "claps") == await every(house, "clap_days") == []
    closed = await victory(house, author, closed=True)
    assert await refused(house, friend, closed, word="Et toc") == 403
    assert (await clap(house, friend, won, word="👩🏽\u200d⚕️" * 80))["count"] == 1


async def test_whom_the_author_blocks_or_the_hosts_suspend_shows_no_more(house: House) -> None:
    author, rude, friend = [await house.person(name) for name in ("autrice", "rude", "amie")]
    won = await victory(house, author)
    for one in (rude, friend):
        await clap(house, one, won, word=f"De {one.handle}")
    await over(house, won)
    await waves.end(house.site, int(won["id"]))

    async def words(viewer: Person | None) -> list[str]:
        return [one["word"] for one in (await house.get(wave_of(won), viewer))["words"]]

    assert await words(None) == ["De rude", "De amie"]
    await house.post(f"/api/v1/accounts/{rude.id}/block", author)
    assert await words(None) == ["De amie"]
    assert (await house.get(wave_of(won)))["count"] == 1
    await house.post(f"/api/v1/accounts/{rude.id}/unblock", author)
    await house.post(f"/api/v1/accounts/{rude.id}/mute", friend)
    assert (await words(None), await words(friend)) == (["De rude", "De amie"], ["De amie"])
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, rude.id)
    assert await words(author) == ["De amie"]
    word = (await house.get(wave_of(won), author))["words"][0]
    stranger = await house.person("autre")
    assert (await house.call("DELETE", f"{HERE}/waves/words/{word['id']}", stranger)).status_code == 404
    assert (await house.call("DELETE", f"{HERE}/waves/words/{word['id']}", author)).json()["count"] == 1
    assert await words(None) == [""]
    assert (await house.call("DELETE", f"/api/v1/statuses/{won['id']}", author)).status_code == 200
    assert await every(house, "waves") == await every(house, "claps") == []


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2026, 3, 28, 22, 59, 50, tzinfo=UTC), datetime(2026, 3, 28, 23, 0, 1, tzinfo=UTC)),
        (datetime(2026, 10, 25, 22, 59, 50, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, 1, tzinfo=UTC)),
        (datetime(2026, 7, 1, 21, 59, 50, tzinfo=UTC), datetime(2026, 7, 1, 22, 0, 1, tzinfo=UTC)),
    ],
    ids=["the night before clocks go forward", "the day on which they go back", "summer"],
)
async def test_five_claps_a_day_of_paris(
    house: House, monkeypatch: pytest.MonkeyPatch, evening: datetime, morning: datetime
) -> None:
    author, friend = await house.person("autrice"), await house.person("amie")
    won = [await victory(house, author, f"Victoire {number}") for number in range(A_DAY + 1)]
    monkeypatch.setattr(clock, "now", lambda: evening)
    for number, one in enumerate(won[:A_DAY]):
        assert (await clap(house, friend, one, anonymous=number % 2 == 0))["left"] == A_DAY - 1 - number
    assert await refused(house, friend, won[A_DAY]) == 403
    assert (await clap(house, friend, won[0]))["left"] == 0
    assert (await house.get(wave_of(won[A_DAY])))["state"] == "none"
    assert await house.get(f"{HERE}/waves/left", friend) == {"left": 0, "a_day": A_DAY}
    monkeypatch.setattr(clock, "now", lambda: morning)
    assert (await house.get(f"{HERE}/waves/left", friend))["left"] == A_DAY
    assert (await clap(house, friend, won[A_DAY]))["left"] == A_DAY - 1
    monkeypatch.setattr(clock, "now", lambda: morning + LASTS + timedelta(days=1))
    await waves.sweep(house.site)
    assert [row[1] for row in await every(house, "clap_days")] == [clock.today() - timedelta(days=1)]
    assert all(row[3] for row in await every(house, "waves"))


async def test_many_at_once_are_each_counted_once_by_two_processes(house: House, settings: Any, recorder: Any) -> None:
    author = await house.person("autrice")
    won = await victory(house, author)
    people = [await house.person(f"foule{number}") for number in range(40)]
    async with House.opened(settings, recorder, house.site.db.marks) as other:
        asked = [clap(place, one, won, word=f"n° {one.handle}") for one in people for place in (house, other, house)]
        answers = await asyncio.gather(*asked)
        assert max(one["count"] for one in answers) == 40
        assert (await other.get(wave_of(won)))["count"] == 40
    assert [row[2] for row in await every(house, "clap_days")] == [1] * 40
    async with house.site.db.reading() as tx:
        jobs = await tx.values("SELECT args FROM procrastinate_jobs WHERE task_name = 'waves.end' AND status = 'todo'")
    assert [one["post_id"] for one in jobs] == [int(won["id"])]
    assert len(await house.get("/api/v1/notifications", author, **{"types[]": "wave"})) == 1
