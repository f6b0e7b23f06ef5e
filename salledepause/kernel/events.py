"""Telling up: what happened is emitted by who did it and heard by whoever `main` has wired.

`emit` runs the *now* reactions in the caller's transaction, defers the *later* ones as jobs inside it, and sends the events
said *aloud* to every process after the commit, over `LISTEN/NOTIFY`. Events carry ids, never text.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec
import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.pq.abc import PGconn

from salledepause.kernel.db import CHANNEL, TOUCHED, Tx
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.marks import Marks
from salledepause.kernel.seals import Seals
from salledepause.kernel.text import LINK_WEIGHT

log = structlog.get_logger(__name__)

PAUSE = 0.5
"""Seconds before the listener tries to reconnect."""


class Event(msgspec.Struct, frozen=True):
    """Something that happened; subclasses are tagged with their own name."""


E = TypeVar("E", bound=Event)
Now = Callable[[Tx, Any], Awaitable[None]]


class Wiring(msgspec.Struct, frozen=True):
    """Who reacts to what: `now` in the same transaction, `later` by name of job, `aloud` to the streams of every process."""

    now: dict[type[Event], Sequence[Now]]
    later: dict[type[Event], Sequence[str]]
    aloud: frozenset[type[Event]]
    jobs: Jobs
    domain: str = ""
    """Our own public name, by which texts may address people here: `@name@domain`."""
    link_weight: int = LINK_WEIGHT
    """How many characters a link of a post counts for."""
    seals: Seals | None = None
    """The keys of what is said for some hours."""


async def emit(tx: Tx, event: Event) -> None:
    """Tell that `event` happened, in the transaction that made it happen."""
    wiring: Wiring | None = tx.wiring
    if wiring is None:
        return
    kind = type(event)
    for reaction in wiring.now.get(kind, ()):
        await reaction(tx, event)
    for job in wiring.later.get(kind, ()):
        await wiring.jobs.defer(tx, job, msgspec.to_builtins(event))
    if kind in wiring.aloud:
        tell(tx, event)


def tell(tx: Tx, event: Event) -> None:
    """Send an event to the listeners of every process once the transaction is durable."""
    tx.messages.append(msgspec.json.encode([type(event).__name__, event]))


class Bus:
    """The listening side: one connection a process; callbacks are plain functions and must not block.

    After a lost connection every `gap` callback runs, since messages may have been missed.
    """

    def __init__(self, url: str, marks: Marks) -> None:
        self._url = url
        self._marks = marks
        self._hearers: dict[str, list[tuple[type[Event], Callable[[Any], None]]]] = defaultdict(list)
        self._gap: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    def on(self, kind: type[E], hear: Callable[[E], None]) -> None:
        """Call `hear` with each event of this kind."""
        self._hearers[kind.__name__].append((kind, hear))

    def on_gap(self, act: Callable[[], None]) -> None:
        """Call `act` whenever events may have been missed."""
        self._gap.append(act)

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._missed()
                    self.ready.set()
                    await self._heed(connection.pgconn)
            except psycopg.OperationalError:
                log.warning("bus.lost")
            except Exception:  # an edge: one message that fails must not leave a process deaf; what it missed counts as a gap
                log.exception("bus.failed")
            self.ready.clear()
            await asyncio.sleep(PAUSE)

    async def _heed(self, pgconn: PGconn) -> None:
        """Hear what comes, as the loop finds the socket readable; raises OperationalError when the connection is lost.

        psycopg's own iterator costs a task's turn and a timer for each message, in every process.
        """
        loop, socket = asyncio.get_running_loop(), pgconn.socket
        lost: asyncio.Future[None] = loop.create_future()

        def read() -> None:
            try:
                pgconn.consume_input()
                while notice := pgconn.notifies():
                    self._hear(notice.extra)
            except Exception as error:  # noqa: BLE001 - raised where the listener waits
                loop.remove_reader(socket)
                lost.set_exception(error)

        read()
        loop.add_reader(socket, read)
        try:
            await lost
        finally:
            loop.remove_reader(socket)

    def _missed(self) -> None:
        self._marks.touch_all()
        for act in self._gap:
            act()

    def _hear(self, payload: bytes) -> None:
        for name, body in msgspec.json.decode(payload, type=list[tuple[str, msgspec.Raw]]):
            if name == TOUCHED:
                stamp, slots = msgspec.json.decode(body, type=tuple[int, list[int]])
                self._marks.heed(slots, stamp)
            for kind, hear in self._hearers.get(name, ()):
                hear(msgspec.json.decode(body, type=kind))
