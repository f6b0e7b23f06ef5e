"""One's notebook and one's collections leave with the archive; what others erased does not."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from salledepause.features import graph, notebook, posts
from salledepause.features.archives import Outcome, What
from salledepause.features.graph import CollectionChange
from salledepause.features.notebook import Entry
from salledepause.kernel.config import Settings
from tests.features.archives_house import Importing, importing

AGO = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Importing]:
    async with importing(settings) as opened:
        yield opened


async def test_notes_and_recommendations_leave_with_the_archive(house: Importing, tmp_path: Path) -> None:
    me, other = [await house.person(name) for name in ("plume", "amie")]
    stays, goes = [await house.say(other, f"{word} https://exemple.org/{word}") for word in ("reste", "part")]
    for post in (stays, goes):
        await house.do(notebook.learn, me, post, "Un mot,\nsur deux lignes")
    await house.do(posts.erase, other, goes)
    for name in ("Nuits", "Jours"):
        made = await house.do(graph.create_collection, me, CollectionChange(name=name), [])
        await house.do(graph.collect, me, made.id, other, "Elle explique")
    path = tmp_path / "a.zip"
    await house.export("plume", path)
    with zipfile.ZipFile(path) as archive:
        notes = list(csv.DictReader(io.StringIO(archive.read("carnet.csv").decode())))
        people = list(csv.DictReader(io.StringIO(archive.read("collections.csv").decode())))
    assert [one["Note"] for one in notes] == ["Un mot,\nsur deux lignes"] * 2
    assert [one["Sources"] for one in notes] == ["https://exemple.org/reste", ""]
    assert [(one["List name"], one["Reason"]) for one in people] == [("Nuits", "Elle explique"), ("Jours", "Elle explique")]


async def test_a_notebook_comes_back_as_it_left_and_only_once(house: Importing, tmp_path: Path) -> None:
    me, other = [await house.person(name) for name in ("plume", "amie")]
    first, second = [await house.say(other, word, at=AGO) for word in ("un", "deux")]
    await house.do(notebook.learn, me, first, 'Une note, "avec"\ndes guillemets')
    await house.do(notebook.learn, me, first, "Changée,\n\nsur trois lignes")
    await house.do(notebook.learn, me, second)
    path = tmp_path / "carnet.csv"
    await house.export_table("plume", What.NOTEBOOK, path)
    done, known = Outcome.DONE, Outcome.KNOWN
    assert await told(house, me, path) == [(2, known), (5, known)]
    for post in (first, second):
        await house.do(notebook.forget, me, post)
    assert await told(house, me, path) == [(2, done), (5, done)]
    assert await told(house, me, path) == [(2, known), (5, known)]
    again = tmp_path / "encore.csv"
    await house.export_table("plume", What.NOTEBOOK, again)
    assert again.read_bytes() == path.read_bytes()


async def test_nothing_is_replaced_and_each_line_stands_alone(house: Importing, tmp_path: Path) -> None:
    me, other, shy = [await house.person(name) for name in ("plume", "amie", "farouche")]
    noted, bare, old = [await house.say(other, word, at=AGO) for word in ("a", "b", "c")]
    hidden = await house.say(shy, "à mes abonnés", audience=posts.Audience.FOLLOWERS)
    await house.do(notebook.learn, me, noted, "La mienne")
    await house.do(notebook.learn, me, bare)
    gone = await house.say(other, "s'en va")
    await house.do(notebook.learn, me, gone)
    await house.do(posts.erase, other, gone)
    lines = [
        ("2020-01-01", "", "x", house.site.post_url("amie", old), "", "", "avant qu'il soit dit"),
        ("", "2026-05-01T10:00:00Z", "x", house.site.post_url("amie", bare), "", "", "Une note"),
        ("", "", "x", house.site.post_url("amie", noted), "", "", "Une autre"),
        ("", "", "x", house.site.post_url("amie", gone), "", "", "De ce qui n'est plus là"),
        ("", "", "x", house.site.post_url("farouche", hidden), "", "", "Devinée"),
        ("", "", "x", "https://ailleurs.example/1", "", "", ""),
        ("hier", "", "x", house.site.post_url("amie", old), "", "", ""),
        ("9999-12-31T23:59:59-23:00", "", "x", house.site.post_url("amie", old), "", "", ""),
        ("", "", "x", house.site.post_url("amie", old), "", "", "x" * 2001),
        ("", "", "x", "javascript:alert(1)", "", "", ""),
        ("", "", "x"),
    ]
    path = tmp_path / "carnet.csv"
    with path.open("w", newline="") as file:
        file.write("Learned on,Note changed on\n")
        csv.writer(file).writerows(lines)
        file.write('x,,,"' + "y" * 200_000)
    done, known, absent, refused = Outcome.DONE, Outcome.KNOWN, Outcome.ABSENT, Outcome.REFUSED
    outcomes = [outcome for _, outcome in await told(house, me, path)]
    assert outcomes == [done, done, known, done, absent, absent, *[refused] * 6]
    held = {one.post_id: one for one in await entries(house, me)}
    assert {post: one.note for post, one in held.items()} == {
        noted: "La mienne",
        bare: "Une note",
        old: "avant qu'il soit dit",
        gone: "De ce qui n'est plus là",
    }
    assert held[old].learned_at == AGO, "nothing is learned before it was said"
    assert held[bare].edited_at == datetime(2026, 5, 1, 10, tzinfo=UTC)


async def entries(house: Importing, me: int) -> list[Entry]:
    return [one.entry for one in await notebook.whole(house.site, me)]


async def told(house: Importing, me: int, path: Path) -> list[tuple[int, Outcome]]:
    return [(step.place, step.outcome) for step in await house.table(me, What.NOTEBOOK, path)]
