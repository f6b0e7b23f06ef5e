from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import msgspec
import psycopg
import pytest

from salledepause.kernel.db import LONGEST, Tx, gathered
from salledepause.kernel.events import Bus, Event, Wiring, emit, tell
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.marks import Marks
from salledepause.kernel.pool import Database

PATIENCE = 30.0


class Rang(Event, frozen=True):
    number: int
    word: str = ""


class Bell:
    """A wired database, its bus, and what each side heard."""

    def __init__(self, url: str) -> None:
        self.now: list[int] = []
        self.later: list[int] = []
        self.aloud: list[Rang] = []
        self.gaps = 0
        self.jobs = Jobs(url)
        self.jobs.declare("ring", self.ring)
        wiring = Wiring(now={Rang: [self.hear_now]}, later={Rang: ["ring"]}, aloud=frozenset({Rang}), jobs=self.jobs)
        self.db = Database(url, wiring=wiring)
        self.bus = Bus(url, Marks())
        self.bus.on(Rang, self.aloud.append)
        self.bus.on_gap(self.gap)

    async def hear_now(self, tx: Tx, event: Rang) -> None:
        self.now.append(event.number)
        await tx.run("INSERT INTO tombstones (id, conversation_id) VALUES (%s, 1)", [event.number])

    async def ring(self, number: int, word: str) -> None:
        del word
        self.later.append(number)

    def gap(self) -> None:
        self.gaps += 1

    async def settle(self, count: int) -> None:
        await until(lambda: len(self.aloud) >= count)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
async def bell(database: str) -> AsyncIterator[Bell]:
    made = Bell(database)
    async with made.db:
        made.bus.start()
        await made.bus.ready.wait()
        yield made
        await made.bus.stop()


async def test_an_event_is_heard_now_later_and_aloud(bell: Bell) -> None:
    async with bell.db.transaction() as tx:
        await emit(tx, Rang(7))
        assert (bell.now, bell.later, bell.aloud) == ([7], [], [])
    await bell.jobs.run(wait=False)
    await bell.settle(1)
    assert (bell.later, bell.aloud) == ([7], [Rang(7)])


async def test_what_is_rolled_back_never_happened(bell: Bell) -> None:
    with pytest.raises(RuntimeError, match="no"):
        async with bell.db.transaction() as tx:
            await emit(tx, Rang(8))
            raise RuntimeError("no")
    async with bell.db.transaction() as tx:
        await emit(tx, Rang(9))
    await bell.jobs.run(wait=False)
    await bell.settle(1)
    assert (bell.later, [event.number for event in bell.aloud]) == ([9], [9])
    async with bell.db.reading() as tx:
        assert await tx.values("SELECT id FROM tombstones") == [9]


async def test_messages_keep_quotes_accents_and_order(bell: Bell) -> None:
    words = ["l'été", "'; DROP TABLE posts; --", "\\", "”“", "a'b''c"]
    async with bell.db.transaction() as tx:
        for number, word in enumerate(words):
            tell(tx, Rang(number, word))
    await bell.settle(len(words))
    assert [event.word for event in bell.aloud] == words


async def test_a_lost_listener_reconnects_and_tells_of_the_gap(bell: Bell) -> None:
    assert bell.gaps == 1
    async with bell.db.transaction() as tx:
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'"
        )
        await tx.rows(query)
    await until(lambda: bell.gaps == 2)
    async with bell.db.transaction() as tx:
        tell(tx, Rang(1))
    await bell.settle(1)
    assert bell.aloud == [Rang(1)]


async def test_an_attempt_undoes_itself_alone(bell: Bell) -> None:
    async with bell.db.transaction() as tx:
        await tx.run("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            async with tx.attempt():
                await tx.run("INSERT INTO tombstones (id, conversation_id) VALUES (2, 1)")
                await tx.run("INSERT INTO tombstones (id, conversation_id) VALUES (1, 1)")
    async with bell.db.reading() as tx:
        assert await tx.values("SELECT id FROM tombstones") == [1]


async def test_ids_are_unique_and_ordered_across_connections(bell: Bell) -> None:
    async def draw() -> list[int]:
        async with bell.db.reading() as tx:
            return [await tx.value("SELECT next_id()") for _ in range(200)]

    drawn = await asyncio.gather(*(draw() for _ in range(4)))
    flat = [one for batch in drawn for one in batch]
    assert len(set(flat)) == len(flat)
    assert all((a >> 16) <= (b >> 16) for batch in drawn for a, b in pairwise(batch))


async def test_more_than_one_notification_holds_is_heard_in_order(bell: Bell) -> None:
    async with bell.db.transaction() as tx:
        for number in range(300):
            tell(tx, Rang(number, "é'" * 40))
    await bell.settle(300)
    assert [one.number for one in bell.aloud] == list(range(300))
    assert {one.word for one in bell.aloud} == {"é'" * 40}


def test_messages_share_notifications_that_are_short_enough() -> None:
    messages = [b'["Rang",%d]' % number for number in range(2000)]
    payloads = gathered(messages)
    assert all(len(one) <= LONGEST for one in payloads)
    assert len(payloads) <= sum(map(len, messages)) // LONGEST + 2
    assert [name for one in payloads for name in msgspec.json.decode(one)] == [["Rang", number] for number in range(2000)]
    assert gathered([]) == []
