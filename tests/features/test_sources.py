"""The register of hospitals: what is read from a file, what is told of each line, and what is found as one types."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salledepause.features import sources
from salledepause.features.sources import Line, Outcome, abbreviated
from salledepause.features.sources.model import asked, presentable
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import BadInput
from salledepause.kernel.site import Site
from salledepause.main import site_of

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared"))
REGISTER = SHARED / "data" / "hospitals" / "FR_hospitals_eurostat.csv"
HEAD = "id,hospital_name,site_name,postcode,city\n"
THUIR = "660000092,CENTRE HOSPITALIER SPECIALISE LEON JEAN GREGORY THUIR,,66301,THUIR\n"
AJACCIO = "2A0000014,CH D'AJACCIO,LA MISERICORDE,20303,AJACCIO CEDEX 1\n"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    made = site_of(settings)
    async with made.db:
        yield made


async def read(site: Site, file: Path) -> list[Line]:
    return [line async for line in sources.read_hospitals(site, file)]


async def found(site: Site, words: str) -> list[str]:
    async with site.db.reading() as tx:
        return [one.finess for one in await sources.hospitals(tx, words, 8)]


async def test_a_register_comes_in_line_by_line_and_again_only_what_changed(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    broken = 'x,CH,,66000,LA\n"660000100,CH DE PRADES,,66500,PRADES\n660000101,,,66500,PRADES\n660000102,CH,,6650,PRADES\n1,2\n'
    file.write_text(HEAD + THUIR + broken + AJACCIO + "10000024,CH DE FLEYRIAT,,01440,VIRIAT\n")
    lines = await read(site, file)
    assert [(one.number, one.outcome) for one in lines if one.outcome is not Outcome.BROKEN] == [
        (2, Outcome.WRITTEN),
        (8, Outcome.WRITTEN),
        (9, Outcome.WRITTEN),
    ]
    assert all(one.why for one in lines if one.outcome is Outcome.BROKEN)
    assert lines[-1].part == 1
    async with site.db.reading() as tx:
        there = await sources.hospital(tx, "2A0000014")
        assert there
        assert (there.name, there.town) == ("CH d'Ajaccio, La Misericorde", "Ajaccio")
        assert await sources.hospital(tx, "010000024")
    assert {one.outcome for one in await read(site, file)} == {Outcome.KNOWN, Outcome.BROKEN}
    file.write_text(HEAD + THUIR.replace("GREGORY", "G.") + AJACCIO)
    assert [one.outcome for one in await read(site, file)] == [Outcome.WRITTEN, Outcome.KNOWN]
    assert await found(site, "fleyriat")  # what a newer register no longer names is kept: it was thanked, perhaps


async def test_an_interrupted_reading_continues_where_it_came(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEAD + "".join(f"{number:09d},HOPITAL N {number},,75000,PARIS\n" for number in range(1, 1201)))
    numbers = []
    async for line in sources.read_hospitals(site, file):
        numbers.append(line.number)
        if line.number == 503:  # into the second batch, whose lines are told once they are written
            break
    rest = await read(site, file)
    assert [one.number for one in rest] == list(range(1002, 1202))
    assert len(await read(site, file)) == 1200  # read to its end, it is read anew
    async with site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM hospitals") == 1200
        assert await tx.value("SELECT count(*) FROM register_readings") == 0


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\0" * 50, 'id,"hospital_name\n'])
async def test_what_is_no_register_is_refused_whole(site: Site, tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(BadInput, match="pas un registre"):
        await read(site, tmp_path / "r.csv")


def test_names_are_written_as_one_writes_them_and_found_by_their_abbreviations() -> None:
    assert presentable("CENTRE HOSPITALIER DE L'OUEST") == "Centre hospitalier de l'Ouest"
    assert presentable("ANTENNE SMUR D'AIRE-SUR-L'ADOUR") == "Antenne SMUR d'Aire-sur-l'Adour"
    assert presentable("Déjà écrit CHU") == "Déjà écrit CHU"
    assert {"ch", "chu", "centre", "saint"} <= {*abbreviated("Centre Hospitalier Universitaire ST ETIENNE")}
    assert {"universitaire", "regional"} <= {*abbreviated("CHRU de Brest")}
    assert asked("l'Hôpital de THU") == "hopital:* & thu:*"
    assert asked("& | ! ( ' :* \\") == asked("a d") == asked("") == ""
    assert len(asked("mot " + " ".join(f"mot{n}" for n in range(999))).split("&")) == 8


@pytest.mark.skipif(not REGISTER.is_file(), reason="the register is not shipped: it lies in the shared folder, absent here")
async def test_the_whole_register_is_read_and_found_at_once(site: Site) -> None:
    outcomes = Counter(one.outcome for one in await read(site, REGISTER))
    assert outcomes == {Outcome.WRITTEN: 5368}
    for words in ("thuir", "CHS Thuir", "centre hospitalier spé thuir", "ch THUIR", "660000092"):
        assert "660000092" in await found(site, words), words
    assert await found(site, "chu besancon") == await found(site, "CHU Besançon") != []
    assert await found(site, "hôp st antoine paris")
    assert not await found(site, "château de Poudlard")
    took = []
    async with site.db.reading() as tx:
        for words in ("ce", "ch", "centre hosp", "hopital saint", "clinique du par", "thuir") * 3:
            began = time.perf_counter()
            await sources.hospitals(tx, words, 8)
            took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.02  # a quiet machine: 1 to 6 ms; another's work is not ours to fail by
