"""One's notebook and one's collections leave with the archive; what others erased does not."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salledepause.features import graph, notebook, posts
from salledepause.features.graph import CollectionChange
from salledepause.kernel.config import Settings
from tests.features.archives_house import Importing, importing


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
