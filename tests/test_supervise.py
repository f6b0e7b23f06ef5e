"""Web processes of a house: what cannot open does not listen, ends, is tried again, and stops when told meanwhile."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from bench.process import free_port
from salledepause import supervise
from salledepause.kernel import pool
from salledepause.kernel.config import Settings
from salledepause.kernel.crew import Crew
from salledepause.kernel.doors import Door
from salledepause.kernel.marks import Marks
from salledepause.kernel.relay import Relay, Word
from salledepause.supervise import Occupied, Place
from tests.support.server import START, lives

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")


@pytest.fixture
def place() -> Place:
    return Place("127.0.0.1", free_port(), 1)


@pytest.fixture
def crew(settings: Settings, place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """Have one web process, brought back when it ends, whose database is not there."""
    monkeypatch.setattr(pool, "OPENING", 0.7)
    away = msgspec.structs.replace(settings, database_url=f"postgresql://personne@127.0.0.1:{free_port()}/rien")
    begun = Crew(supervise.web_duties(away, place, Marks(), Relay()))
    yield begun
    begun.stop(5)


def web_processes() -> set[int]:
    children = psutil.Process(os.getpid()).children()
    return {child.pid for child in children if lives(child) and child.name().startswith("salle-web")}


def listens(place: Place) -> bool:
    with socket.socket() as client:
        return client.connect_ex((place.host, place.port)) == 0


def test_a_web_process_whose_database_is_away_ends_and_is_tried_again(crew: Crew, place: Place) -> None:
    seen: set[int] = set()
    last = time.monotonic() + START
    while len(seen) < 3:
        assert time.monotonic() < last
        crew.tend(0.05)
        seen |= web_processes()
        assert not listens(place), "nobody is to be kept waiting, or told that the house is ill"


def test_a_web_process_that_waits_for_its_database_stops_when_told(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "OPENING", 30)
    first = web_processes()
    for one in first:
        psutil.Process(one).kill()
    while not (waiting := web_processes() - first):
        crew.tend(0.05)
    time.sleep(0.5)  # any moment will do: it waits half a minute
    began = time.monotonic()
    crew.stop(20)
    assert time.monotonic() - began < 15
    assert not waiting & web_processes()


@pytest.mark.skipif(sys.platform != "linux", reason="names of this kind are Linux's")
def test_two_houses_that_start_at_one_port_do_not_both_get_it(tmp_path: Path, place: Place) -> None:
    """Nobody listens yet: the first house is as it is before its first page."""
    first = Relay()
    with supervise.taken(Settings(data=tmp_path / "first"), place, first):
        door = Door(place.host, place.port)
        door.open()
        assert not listens(place)
        with (
            pytest.raises(Occupied, match=rf"Impossible d'écouter sur {place.host}:{place.port} .*un autre --port"),
            supervise.taken(Settings(data=tmp_path / "second"), place, Relay()),
        ):
            raise AssertionError
        os.close(door.listen())
        names = {name: os.dup(number) for name, number in first.word.names.items()}
        left = Word(lock=os.dup(first.word.lock), names=names, doors=[door.number])
        with supervise.taken(Settings(data=tmp_path / "first"), place, Relay(left)):
            assert listens(place), "what the house before leaves is the next one's"
        door.shut()
    with supervise.taken(Settings(data=tmp_path / "second"), place, Relay()):
        assert not listens(place)


@pytest.mark.skipif(sys.platform != "linux", reason="names of this kind are Linux's")
def test_two_houses_do_not_both_get_a_port_of_streams(tmp_path: Path, place: Place) -> None:
    settings = Settings(data=tmp_path, streaming_port=free_port())
    with (
        supervise.with_streams(settings, place, Relay()),
        pytest.raises(Occupied, match="un autre streaming_port"),
        supervise.with_streams(settings, place, Relay()),
    ):
        raise AssertionError
