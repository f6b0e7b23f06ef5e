"""Open doors by the API: who may read, ask, write and answer when; questions beside; an end that is exact; the record."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salledepause.features import archives, doors, notifications
from salledepause.features.accounts import Family
from salledepause.kernel import clock
from tests.support.doors import OURS, announced, ask, moved, opened, term, write
from tests.support.house import House, Person
from tests.support.rooms import prove

ROLES = ("visitor", "reader", "contributor", "diarist", "host")
STAGES = {"before": 60, "during": -30, "after": -700}
"""Minutes from now at which a door of 600 begins."""


async def gathered(house: House, *, proven: bool) -> dict[str, Person | None]:
    """Bring one of each role in; where they are to be proven, all are carers, or nobody is but the diarist."""
    cast: dict[str, Person | None] = {"visitor": None}
    for name in ROLES[1:]:
        more: dict[str, Any] = {"role": "host"} if name == "host" else {}
        mode: Any = "reader" if name == "reader" else "contributor"
        cast[name] = person = await house.person(f"d_{name}", family=Family.PARAMEDICAL, mode=mode, **more)
        if proven or name == "diarist":
            await prove(house, person, Family.PARAMEDICAL)
    return cast


def oracle(role: str, stage: str, reads: str, *, proven: bool) -> tuple[bool, dict[str, bool]]:
    """Return whether a door is known to a role, and what they may do there."""
    may_read = role == "diarist" or reads == "everyone" or (reads == "signed_in" and role != "visitor")
    may_read |= reads == "verified" and proven and role != "visitor"
    during = stage == "during"
    may = {
        "read": may_read,
        "ask": may_read and during and role in {"contributor", "host"},
        "write": during and role == "diarist",
        "answer": during and role == "diarist",
    }
    return may_read or role == "host", may


async def tried(house: House, who: Person | None, door: str, question: str, word: str) -> dict[str, int]:
    """Try everything; return what each is answered."""
    said = {"status": word, "salledepause": {"room": door}}
    calls: dict[str, tuple[str, str, dict[str, Any]]] = {
        "door": ("GET", f"{OURS}/{door}", {}),
        "read": ("GET", f"{OURS}/{door}/record", {}),
        "ask": ("POST", f"{OURS}/{door}/questions", {"json": {"text": word}}),
        "write": ("POST", "/api/v1/statuses", {"json": said}),
        "answer": ("POST", f"{OURS}/questions/{question}/answer", {"json": {"text": word}}),
    }
    return {name: (await house.call(method, path, who, **body)).status_code for name, (method, path, body) in calls.items()}


@pytest.mark.parametrize(
    ("reads", "proven"), [("everyone", False), ("signed_in", False), ("verified", False), ("verified", True)]
)
async def test_who_may_what_when(house: House, reads: str, proven: bool) -> None:
    """Role × moment × action, each tried; `host` keeps no diary."""
    cast = await gathered(house, proven=proven)
    host, diarist = cast["host"], cast["diarist"]
    assert host
    assert diarist
    asker = await house.person("d_asker", family=Family.PARAMEDICAL)
    await prove(house, asker, Family.PARAMEDICAL)
    door = (await announced(house, host, diarist, reads=reads))["id"]
    await house.post(f"{OURS}/{door}/accept", diarist)
    wrong = []
    for stage, begins in STAGES.items():
        await moved(house, door, -30)
        question = await ask(house, asker, door, f"Et {stage} ?")
        await moved(house, door, begins)
        wrong += [(stage, *cell) for cell in await cells(house, cast, door, question, (reads, stage, proven))]
    await doors.sweep(house.site)
    wrong += [("ended", *cell) for cell in await cells(house, cast, door, question, (reads, "after", proven))]
    assert wrong == []
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM door_questions WHERE answer_id IS NULL") == 0


async def cells(
    house: House, cast: dict[str, Person | None], door: str, question: str, about: tuple[str, str, bool]
) -> list[tuple[Any, ...]]:
    """Return what is not as the oracle says `about` who reads, when, and whether people are proven."""
    reads, stage, proven = about
    wrong: list[tuple[Any, ...]] = []
    for role, who in cast.items():
        known, may = oracle(role, stage, reads, proven=proven)
        expected = {"door": known} | may
        got = await tried(house, who, door, question, f"{stage} {role}")
        wrong += [(role, name, status) for name, status in got.items() if (status == 200) is not expected[name]]
        wrong += [(role, name, status) for name, status in got.items() if status not in {200, 401, 403, 404}]
    return wrong


async def pair(house: House) -> tuple[Person, Person, Person, str]:
    """Return a host, a nurse and a director, and the door open now whose diaries the two keep."""
    host = await house.person("p_host", role="host")
    nurse, director = await house.person("p_nurse"), await house.person("p_director", family=Family.DIRECTION)
    return host, nurse, director, await opened(house, host, nurse, director)


async def told_of_it_alone(house: House, entry: str, askers: Sequence[Person], others: Sequence[Person], folder: Path) -> None:
    """Whoever asked, be it the same as somebody, is told once that an entry answers them, and leaves with their words."""
    async with house.site.db.transaction() as tx:
        await notifications.question_answered(tx, doors.QuestionAnswered(int(entry)))
    for who in (*askers, *others):
        rung = [one["type"] for one in await house.get("/api/v1/notifications", who) if (one["status"] or {}).get("id") == entry]
        assert rung == (["mention"] if who in askers else []), who.handle
        async for _ in archives.export(house.site, who.handle, folder / f"{who.handle}.zip"):
            pass
        with zipfile.ZipFile(folder / f"{who.handle}.zip") as taken:
            kept = json.loads(taken.read("portes.json"))["asked"] if "portes.json" in taken.namelist() else []
        expected = {True: [True], False: [False] if who.handle == "q_other" else []}[who in askers]
        assert [(one["answer"] or "").endswith(f"/{entry}") for one in kept] == expected, who.handle


async def test_questions_are_seen_by_few_until_an_entry_answers_them(house: House, tmp_path: Path) -> None:
    _, nurse, director, door = await pair(house)
    one, two, other = [await house.person(f"q_{name}") for name in ("one", "two", "other")]
    first = await ask(house, one, door, "Qui recoud la nuit ?")
    assert await ask(house, one, door, " Qui recoud la nuit ? ") == first
    same = await ask(house, two, door, "La nuit, qui suture ?")
    left = await ask(house, other, door, "Mot_jamais_répondu ?")
    here = f"{OURS}/{door}/questions"
    assert [entry["text"] for entry in await house.get(here, director)] == [
        "Qui recoud la nuit ?",
        "La nuit, qui suture ?",
        "Mot_jamais_répondu ?",
    ]
    assert [(entry["id"], entry["status_id"]) for entry in await house.get(here, two)] == [(same, None)]
    assert "recoud" not in (await house.call("GET", f"{OURS}/{door}/record")).text
    assert (await house.call("DELETE", f"{OURS}/questions/{first}", two)).status_code == 404
    await house.post(f"{OURS}/questions/{left}/aside", nurse)
    await house.post(f"{OURS}/questions/{same}/group", director, question_id=first)
    assert [(entry["id"], entry["aside"], entry["also"]) for entry in await house.get(here, nurse)] == [
        (first, False, True),
        (left, True, False),
    ]
    entry = (await house.post(f"{OURS}/questions/{first}/answer", nurse, text="Moi, avec l'interne."))["status_id"]
    again = await house.call("POST", f"{OURS}/questions/{first}/answer", director, json={"text": "Moi aussi."})
    assert (again.status_code, (await house.get(here, two))[0]["status_id"]) == (409, entry)
    await told_of_it_alone(house, entry, (one, two), (other, nurse, director), tmp_path)
    record = await house.get(f"{OURS}/{door}/record")
    assert [told["questions"] for told in record["entries"]] == [[{"text": "Qui recoud la nuit ?", "also": True}]]
    assert (await house.call("DELETE", f"{OURS}/questions/{first}", one)).status_code == 404
    await house.post(f"/api/v1/accounts/{other.id}/block", nurse)
    assert ([*await house.get(here, nurse)], len(await house.get(here, director))) == ([], 1)
    assert (await house.call("DELETE", f"{OURS}/questions/{left}", other)).status_code == 200
    assert await house.get(here, nurse) == []


async def test_what_cannot_be_a_question_or_a_group_is_refused(house: House) -> None:
    host, nurse, _, door = await pair(house)
    other_door = await opened(house, host, nurse)
    who = await house.person("r_asker")
    for text in ("", " \n ", "x" * 501):
        assert (await house.call("POST", f"{OURS}/{door}/questions", who, json={"text": text})).status_code == 422
    asked = [await ask(house, who, door, f"Question {number} ?") for number in range(doors.MOST_ASKED)]
    assert (await house.call("POST", f"{OURS}/{door}/questions", who, json={"text": "Une de trop ?"})).status_code == 422
    elsewhere = await ask(house, who, other_door, "Ailleurs ?")
    for into, status in ((asked[0], 422), (elsewhere, 409), ("12", 409), ("x", 404), (asked[1], 200), (asked[1], 422)):
        got = await house.call("POST", f"{OURS}/questions/{asked[0]}/group", nurse, json={"question_id": into})
        assert got.status_code == status, into
    assert (await house.call("POST", f"{OURS}/questions/{asked[2]}/aside", who)).status_code == 403
    assert (await house.call("DELETE", f"{OURS}/questions/{asked[1]}", who)).status_code == 200
    assert asked[0] in [one["id"] for one in await house.get(f"{OURS}/{door}/questions", nurse)]


async def test_a_diary_is_kept_by_who_agreed_and_a_door_opened_by_a_host(house: House) -> None:
    host = await house.person("a_host", role="host")
    keen, shy, stranger = [await house.person(f"a_{name}") for name in ("keen", "shy", "stranger")]
    reader = await house.person("a_reader", mode="reader")
    door = await announced(house, host, keen, shy)
    here = f"{OURS}/{door['id']}"
    assert [one["acct"] for one in door["diaries"]] == [None, None]
    assert ((await house.get(here, keen))["invited"], (await house.get(here, stranger))["invited"]) == (True, False)
    await house.post(f"{here}/accept", keen)
    await house.post(f"{here}/leave", shy)
    assert [one["acct"] for one in (await house.get(here))["diaries"]] == ["a_keen", None]
    for who, act in ((stranger, "accept"), (stranger, "leave"), (shy, "accept")):
        assert (await house.call("POST", f"{here}/{act}", who)).status_code == 404
    assert (await house.call("POST", f"{here}/close", keen)).status_code == 403
    assert (await house.call("POST", OURS, keen, json={"topic": "x"} | term(1))).status_code == 403
    one = [{"title": "Un", "acct": "a_keen"}]
    bodies: tuple[dict[str, Any], ...] = (
        {"diaries": []},
        {"diaries": one * 2},
        {"diaries": [*one, {"title": "Deux", "acct": "a_shy"}, {"title": "Trois", "acct": "a_stranger"}]},
        {"diaries": [{"title": "", "acct": "a_keen"}]},
        {"diaries": [{"title": "Un", "acct": "personne_ici"}]},
        {"diaries": [{"title": "Un", "acct": reader.handle}]},
        {"diaries": one, "reads": "members"},
        {"diaries": one, "reads": "verified"},
        {"diaries": one, "topic": ""},
        {"diaries": one, "opens_at": "hier"},
        {"diaries": one} | term(10, 20),
        {"diaries": one} | term(10, 2900),
        {"diaries": one} | term(-100, 90),
        {"diaries": one} | term(60 * 24 * 91),
    )
    for body in bodies:
        got = await house.call("POST", OURS, host, json={"topic": "Une nuit"} | term(60) | body)
        assert got.status_code == 422, body
    await house.post(f"{here}/close", host)
    assert (await house.call("GET", here, keen)).status_code == 404
    async with house.site.db.reading() as tx:
        assert await tx.values("SELECT subject FROM moderation_acts WHERE act = 'end_door'") == ["Une nuit"]


async def test_an_end_is_exact_whoever_comes_first(house: House) -> None:
    """People write, ask and answer while two processes and a host end the door: what was told to be there is, nothing else."""
    host, nurse, director, door = await pair(house)
    asker = [await house.person(f"e_{number}") for number in range(6)]
    wanted = await ask(house, asker[0], door, "Répondue à la fin ?")
    said = [
        house.call("POST", "/api/v1/statuses", who, json={"status": f"Fin {n}", "salledepause": {"room": door}})
        for n, who in enumerate((nurse, director) * 4)
    ]
    asks = [house.call("POST", f"{OURS}/{door}/questions", who, json={"text": "Et là ?"}) for who in asker]
    answers = [house.call("POST", f"{OURS}/questions/{wanted}/answer", nurse, json={"text": "Oui."})]
    ends = [house.call("POST", f"{OURS}/{door}/close", host), doors.sweep(house.site), doors.end(house.site, int(door))]
    got = await asyncio.gather(*said[:4], *asks[:3], *ends, *answers, *said[4:], *asks[3:])
    written = [one for one in got if one is not None and one.url.path == "/api/v1/statuses"]
    assert {one.status_code for one in written} <= {200, 403}
    record = await house.get(f"{OURS}/{door}/record", nurse)
    kept = {one["id"] for one in record["entries"]}
    assert kept >= {one.json()["id"] for one in written if one.status_code == 200}
    assert len(kept) == sum(
        one.status_code == 200 for one in got if one and ("statuses" in one.url.path or "answer" in one.url.path)
    )
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM door_questions WHERE answer_id IS NULL") == 0
    assert (await house.get(f"{OURS}/{door}", nurse))["stage"] == "after"


async def test_an_end_is_whole_or_not_at_all(house: House) -> None:
    """Killed before its commit it did nothing, and the clock alone lets nobody in; the next minute does all of it, once."""
    _, nurse, _, door = await pair(house)
    who = await house.person("k_asker")
    await ask(house, who, door, "Sans réponse ?")
    await write(house, nurse, door, "Dernière ligne.")
    await moved(house, door, -700)
    with pytest.raises(InterruptedError):
        async with house.site.db.transaction() as tx:
            assert await doors.finish(tx, int(door), clock.now())
            raise InterruptedError
    assert len(await house.get(f"{OURS}/{door}/questions", who)) == 1
    assert (await house.call("POST", f"{OURS}/{door}/questions", who, json={"text": "Trop tard ?"})).status_code == 403
    await doors.sweep(house.site)
    await doors.sweep(house.site)
    async with house.site.db.transaction() as tx:
        assert not await doors.finish(tx, int(door), clock.now())
    assert await house.get(f"{OURS}/{door}/questions", who) == []
    assert [one["text"] for one in (await house.get(f"{OURS}/{door}/record"))["entries"]] == ["Dernière ligne."]


async def test_the_record_is_carried_away(house: House) -> None:
    _, nurse, director, door = await pair(house)
    who = await house.person("m_asker")
    await write(house, nurse, door, "22 h. *Relève*, onze patients.")
    asked = await ask(house, who, door, "Combien êtes-vous ?")
    await house.post(f"{OURS}/questions/{asked}/answer", director, text="Deux, [la nuit].")
    await ask(house, who, door, "Perdue ?")
    await moved(house, door, -700)
    await doors.sweep(house.site)
    export = f"{OURS}/{door}/export"
    text = (await house.call("GET", export)).text
    assert "\\*Relève\\*" in text
    assert "> Combien êtes-vous ?" in text
    assert "Le journal de p\\_director, @p\\_director" in text
    assert not re.search(r"Perdue|m_asker|m\\_asker", text)
    assert (await house.get(export, format="json")) == await house.get(f"{OURS}/{door}/record")
    calendar = (await house.call("GET", export, params={"format": "ics"})).content
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))
    assert re.search(rb"DTSTART:\d{8}T\d{6}Z\r\n", calendar)
    async with house.site.db.reading() as tx:
        blocked = await tx.value("SELECT handle FROM rooms WHERE id = %s", [int(door)])
    late = await house.call("POST", "/api/v1/statuses", nurse, json={"status": f"@{blocked} encore"})
    assert late.status_code == 403


def test_a_day_has_the_hours_that_the_clock_shows() -> None:
    for day, count, twice in ((datetime(2026, 10, 24, 22, tzinfo=UTC), 25, [2]), (datetime(2026, 3, 28, 23, tzinfo=UTC), 23, [])):
        hours = doors.axis(day, day + timedelta(hours=count))
        assert len(hours) == count
        assert [one.shown for one in hours if one.again] == twice
        assert sum(one.new_day for one in hours) == 1
        assert hours[0].shown == 0
        assert hours[-1].shown == 23


@settings(max_examples=50, deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(1, 2880), st.integers(0, 100_000))  # noqa: DTZ001
def test_every_instant_has_its_hour_once(begins: datetime, minutes: int, second: int) -> None:
    first = begins.replace(tzinfo=UTC)
    last, other = first + timedelta(minutes=minutes), first + timedelta(seconds=second)
    hours = doors.axis(first, last, [other])
    starts = [one.starts for one in hours]
    assert starts == sorted(set(starts))
    assert {doors.hour_of(first), doors.hour_of(last - timedelta(microseconds=1)), doors.hour_of(other)} <= set(starts)
