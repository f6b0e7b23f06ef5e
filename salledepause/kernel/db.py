"""One reading or transaction: its statements, what it stands on, what it tells afterwards; nobody below the edge says commit.

A `Tx` runs SQL on a connection that `kernel/pool.py` lends.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg import AsyncClientCursor, AsyncConnection

from salledepause.kernel.errors import Unavailable
from salledepause.kernel.ids import Stock
from salledepause.kernel.marks import EVERYTHING, Subject, slot
from salledepause.kernel.seals import Seals
from salledepause.kernel.text import LINK_WEIGHT
from salledepause.kernel.trips import Line, Params, Row, Statement

T = TypeVar("T")

CHANNEL = "salledepause"
TOUCHED = "Touched"
LONGEST = 7900
"""Bytes of one NOTIFY payload (PostgreSQL manual, NOTIFY: shorter than 8000)."""
FLUSH = "SELECT set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'salledepause', '')"
"""Writes next to nothing and waits for the disk, and so for all that was committed before."""
MOST_SLOTS = 900
"""Slots named in one message, so that it is shorter than `LONGEST`."""
MOST_WAITING = 200
"""Statements that wait for a trip at most; then they go."""
OVERLOADED = "La salle est pleine pour un instant. Réessayez dans quelques secondes."


class Pending:
    """The answer of a statement that travels with the next one waited for."""

    __slots__ = ("_statement", "_tx")

    def __init__(self, tx: Tx, statement: Statement) -> None:
        self._tx = tx
        self._statement = statement

    @property
    def said(self) -> Row | None:
        """The first row, or `None`; only once something was waited for, or the transaction ended."""
        rows = self._statement.rows
        if rows is None:
            raise RuntimeError("This statement has not travelled yet.")
        return rows[0] if rows else None

    async def row(self) -> Row | None:
        """Return the first row, or `None`."""
        await self.rows()
        return self.said

    async def rows(self) -> list[Row]:
        """Return all rows as tuples."""
        if self._statement.rows is None:
            await self._tx.settle()
        return self._statement.rows or []


class Tx:
    """One transaction's connection, its reactions and the messages to send once it is durable.

    What is read says what it stands on, what is written what it touches: remembered answers know by it (kernel/marks.py).

    `wiring` is the `Wiring` of kernel/events, which stands on this module and is not known here.
    """

    __slots__ = (
        "_line",
        "_waiting",
        "afterwards",
        "ends",
        "fleeting",
        "meanwhile",
        "messages",
        "owed",
        "passing",
        "read",
        "stock",
        "touched",
        "wiring",
    )

    def __init__(self, line: Line | None, wiring: Any = None, stock: Stock | None = None) -> None:
        self._line = line
        self.stock = stock or Stock()
        self._waiting: list[Statement] = []
        """Statements that travel with the next one that is waited for."""
        self.wiring = wiring
        self.messages: list[bytes] = []
        self.read: set[int] = set()
        self.touched: set[int] = set()
        self.meanwhile: Callable[[], None] | None = None
        """What may be done while the server works, in the next trip."""
        self.ends: datetime | None = None
        """When what was read changes by itself, where that is known."""
        self.passing = False
        """Whether what was read changes by itself, so that it is not to be remembered."""
        self.fleeting = False
        """Whether words that end were opened: no device is to keep a copy of the answer."""
        self.afterwards: list[Callable[[], None]] = []
        self.owed: list[Any] = []
        """Events that what was read leaves to be told, in a transaction of their own, before the answer goes."""

    @property
    def domain(self) -> str:
        """Our own public name, empty outside a composed process."""
        return str(self.wiring.domain) if self.wiring else ""

    @property
    def seals(self) -> Seals:
        """The keys of what is said for some hours; raises RuntimeError outside a composed process."""
        seals: Seals | None = self.wiring.seals if self.wiring else None
        if seals is None:
            raise RuntimeError("Nothing is closed or opened outside a composed process.")
        return seals

    @property
    def link_weight(self) -> int:
        """How many characters a link of a post counts for, as everywhere outside a composed process."""
        return int(self.wiring.link_weight) if self.wiring else LINK_WEIGHT

    def stands_on(self, subject: Subject, *identifiers: int) -> None:
        """Note that what is read stands on these."""
        self.read.update(slot(subject, one) for one in identifiers or (0,))

    def changes_at(self, instant: datetime | None) -> None:
        """Note that what is read changes by itself at an instant, if it does."""
        if instant is not None:
            self.ends = instant if self.ends is None else min(self.ends, instant)

    def touches(self, subject: Subject, *identifiers: int) -> None:
        """Note that what is written changes these."""
        self.touched.update(slot(subject, one) for one in identifiers or (0,))

    def touches_everything(self) -> None:
        """Note that what is written may change any answer."""
        self.touched.add(EVERYTHING)

    async def _lend(self) -> Line:
        if self._line is None:
            raise Unavailable(OVERLOADED)
        return self._line

    async def _put(self, query: str, params: Params) -> Statement:
        line = self._line or await self._lend()
        statement = line.state(query, params)
        self._waiting.append(statement)
        if len(self._waiting) >= MOST_WAITING:
            await self.settle()
        return statement

    async def settle(self) -> None:
        """Run what waits, in one trip; raises what the first statement that failed says."""
        if self._line is not None and (self._waiting or self._line.under_way):
            waiting, self._waiting = self._waiting, []
            meanwhile, self.meanwhile = self.meanwhile, None
            await self._line.travel(waiting, meanwhile)

    def depart(self) -> None:
        """Send what waits: the server begins with it, while what follows is still being written down."""
        if self._line is not None:
            waiting, self._waiting = self._waiting, []
            self._line.depart(waiting)

    async def connection(self) -> AsyncConnection[Row]:
        """Return the connection, all that was said before done: for a library that writes in our transaction."""
        await self.settle()
        return await self._lend()

    async def rows(self, query: str, params: Params = None) -> list[Row]:
        """Return all rows as tuples."""
        statement = await self._put(query, params)
        await self.settle()
        return statement.rows or []

    async def planned(self, query: str, params: Params = None) -> list[Row]:
        """Return all rows as tuples, by a plan made for these very values: for what is looked for by words, rare or common."""
        cursor = AsyncClientCursor(await self.connection())
        return await (await cursor.execute(query.encode(), params)).fetchall()

    async def row(self, query: str, params: Params = None) -> Row | None:
        """Return the first row, or `None`."""
        rows = await self.rows(query, params)
        return rows[0] if rows else None

    async def value(self, query: str, params: Params = None) -> Any:
        """Return the first column of the first row, or `None`."""
        row = await self.row(query, params)
        return row[0] if row else None

    async def values(self, query: str, params: Params = None) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in await self.rows(query, params)]

    async def all(self, kind: Callable[..., T], query: str, params: Params = None) -> list[T]:
        """Return all rows, each passed to `kind` by position."""
        return [kind(*row) for row in await self.rows(query, params)]

    async def one(self, kind: Callable[..., T], query: str, params: Params = None) -> T | None:
        """Return the first row passed to `kind` by position, or `None`."""
        row = await self.row(query, params)
        return kind(*row) if row else None

    async def run(self, query: str, params: Params = None) -> int:
        """Run a statement; return how many rows it touched."""
        statement = await self._put(query, params)
        await self.settle()
        return statement.count

    async def ask(self, query: str, params: Params = None) -> Pending:
        """Run a statement whose answer is read later: it travels with the next that is waited for."""
        return Pending(self, await self._put(query, params))

    async def send(self, query: str, params: Params = None) -> None:
        """Run a statement without waiting for it: it travels with the next one that is waited for.

        What it raises is raised by that one, or by the commit.
        """
        await self._put(query, params)

    async def commit(self, *, durable: bool) -> None:
        """End the transaction, and wait until it is on the disk when it is to be durable; for `Transaction` alone.

        Raises RuntimeError when something had failed and was not told: the server answers such a commit by a rollback.
        """
        end = await self._put("COMMIT", None)
        if durable:
            await self._put(FLUSH, None)
        await self.settle()
        if end.said != b"COMMIT":
            raise RuntimeError("A transaction in which a statement had failed was to be committed.")

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Give a block its own savepoint: what it wrote is undone when it raises, the transaction lives on."""
        await self.run("SAVEPOINT attempt")
        try:
            yield
            await self.settle()
        except BaseException:
            self._waiting.clear()
            with suppress(psycopg.Error):
                await self.settle()
            await self.run("ROLLBACK TO SAVEPOINT attempt")
            raise


def touched_messages(slots: AbstractSet[int], stamp: int) -> list[bytes]:
    """Return the messages that tell other processes what was touched, each short enough for one NOTIFY."""
    ordered = sorted(slots)
    parts = [ordered[at : at + MOST_SLOTS] for at in range(0, len(ordered), MOST_SLOTS)]
    return [msgspec.json.encode([TOUCHED, [stamp, part]]) for part in parts]


def gathered(messages: Sequence[bytes]) -> list[str]:
    """Return the payloads that say these messages in their order: JSON arrays of them, as few as NOTIFY takes."""
    payloads: list[list[bytes]] = []
    size = LONGEST
    for message in messages:
        size += len(message) + 1
        if size > LONGEST:
            payloads.append([])
            size = len(message) + 2
        payloads[-1].append(message)
    return [f"[{b','.join(one).decode()}]" for one in payloads]
