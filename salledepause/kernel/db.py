"""PostgreSQL: one pool, one kind of transaction; nobody below the edge says commit.

A `Tx` runs SQL and gathers what must be told after the commit. `Database.reading()` is for requests that only read (each
statement its own snapshot, no BEGIN); `Database.transaction()` commits at the end of its block or leaves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, TypeVar

import msgspec
import psycopg
from psycopg import AsyncConnection, AsyncCursor, AsyncPipeline
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from salledepause.kernel.errors import Missing, Unavailable
from salledepause.kernel.marks import EVERYTHING, Marks, Subject, slot

T = TypeVar("T")
Params = Mapping[str, Any] | Sequence[Any] | None
Row = tuple[Any, ...]
Pool = AsyncConnectionPool[AsyncConnection[Row]]

CHANNEL = "salledepause"
TOUCHED = "Touched"
MOST_SLOTS = 900
"""Slots named in one message: a NOTIFY payload is shorter than 8000 bytes (PostgreSQL manual, NOTIFY)."""
OVERLOADED = "La salle est pleine pour un instant. Réessayez dans quelques secondes."


class Pending:
    """The answer of a statement on its way."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: AsyncCursor[Row]) -> None:
        self._cursor = cursor

    async def row(self) -> Row | None:
        """Return the first row, or `None`."""
        return await self._cursor.fetchone()

    async def rows(self) -> list[Row]:
        """Return all rows as tuples."""
        return await self._cursor.fetchall()


class Tx:
    """One transaction's connection, its reactions and the messages to send once it is durable.

    What is read says what it stands on, what is written what it touches: remembered answers know by it (kernel/marks.py).

    `wiring` is the `Wiring` of kernel/events, which stands on this module and is not known here.
    """

    __slots__ = ("afterwards", "connection", "endings", "messages", "passing", "pipeline", "read", "touched", "wiring")

    connection: AsyncConnection[Row]
    pipeline: AsyncPipeline | None

    def __init__(self, connection: AsyncConnection[Row] | None, wiring: Any = None) -> None:
        if connection is not None:
            self.connection = connection
        self.pipeline = None
        self.wiring = wiring
        self.endings: list[Callable[[], Awaitable[None]]] = []
        """What is done last, before the commit: for answers that nobody else waits for."""
        self.messages: list[bytes] = []
        self.read: set[int] = set()
        self.touched: set[int] = set()
        self.passing = False
        """Whether what was read changes by itself, so that it is not to be remembered."""
        self.afterwards: list[Callable[[], None]] = []

    @property
    def domain(self) -> str:
        """Our own public name, empty outside a composed process."""
        return str(self.wiring.domain) if self.wiring else ""

    def stands_on(self, subject: Subject, *identifiers: int) -> None:
        """Note that what is read stands on these."""
        self.read.update(slot(subject, one) for one in identifiers or (0,))

    def touches(self, subject: Subject, *identifiers: int) -> None:
        """Note that what is written changes these."""
        self.touched.update(slot(subject, one) for one in identifiers or (0,))

    def touches_everything(self) -> None:
        """Note that what is written may change any answer."""
        self.touched.add(EVERYTHING)

    async def _execute(self, query: str, params: Params) -> AsyncCursor[Row]:
        return await self.connection.execute(query.encode(), params)

    async def rows(self, query: str, params: Params = None) -> list[Row]:
        """Return all rows as tuples."""
        return await (await self._execute(query, params)).fetchall()

    async def row(self, query: str, params: Params = None) -> Row | None:
        """Return the first row, or `None`."""
        return await (await self._execute(query, params)).fetchone()

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
        cursor = await self._execute(query, params)
        if self.pipeline:
            await self.pipeline.sync()
        return cursor.rowcount

    async def ask(self, query: str, params: Params = None) -> Pending:
        """Run a statement whose answer is read later: inside a transaction it travels with the next that is waited for."""
        return Pending(await self._execute(query, params))

    async def send(self, query: str, params: Params = None) -> None:
        """Run a statement without waiting for it: inside a transaction it travels with the next one.

        What it raises is raised by the next statement that waits, or by the commit.
        """
        await self._execute(query, params)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Give a block its own savepoint: what it wrote is undone when it raises, the transaction lives on."""
        async with self.connection.transaction():
            yield


class Database:
    """The pool of one process and the reactions that its transactions carry."""

    def __init__(self, url: str, *, size: int = 8, wiring: Any = None, durable: bool = True, marks: Marks | None = None) -> None:
        self.url = url
        self.wiring = wiring
        self.marks = marks or Marks()
        options = {} if durable else {"options": "-c synchronous_commit=off"}
        self._pool: Pool = AsyncConnectionPool(
            url,
            min_size=min(2, size),
            max_size=size,
            open=False,
            timeout=10,
            max_waiting=2000,
            kwargs={"autocommit": True, "prepare_threshold": 2, "application_name": "salledepause", **options},
            configure=_configure,
        )

    async def open(self) -> None:
        """Open the pool; raises Unavailable when the server does not answer."""
        try:
            await self._pool.open(wait=True, timeout=20)
        except PoolTimeout as error:
            message = "La base de données ne répond pas. Vérifiez DATABASE_URL et que le serveur tourne."
            raise Unavailable(message) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        """Open the pool for a block."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the pool."""
        await self.close()

    def reading(self) -> Reading:
        """Lend a connection for statements that only read."""
        return Reading(self._pool, self.wiring)

    def transaction(self) -> Transaction:
        """Lend a connection inside a transaction: committed at the end, rolled back when the block raises."""
        return Transaction(self._pool, self.wiring, self.marks)


class Looking(Tx):
    """A `Tx` that only reads; it takes a connection when it first asks something, and many ask nothing."""

    __slots__ = ("_pool", "taken")

    def __init__(self, pool: Pool, wiring: Any) -> None:
        super().__init__(None, wiring)
        self._pool = pool
        self.taken = False

    async def _execute(self, query: str, params: Params) -> AsyncCursor[Row]:
        if not self.taken:
            self.connection = await _lent(self._pool)
            self.taken = True
        return await self.connection.execute(query.encode(), params)


class Reading:
    """A block that reads: each statement has its own snapshot, there is no BEGIN."""

    __slots__ = ("_pool", "_tx", "_wiring")

    def __init__(self, pool: Pool, wiring: Any) -> None:
        self._pool = pool
        self._wiring = wiring

    async def __aenter__(self) -> Tx:
        """Lend what reads; its first statement raises Unavailable when no connection comes in time."""
        self._tx = Looking(self._pool, self._wiring)
        return self._tx

    async def __aexit__(self, *_: object) -> None:
        """Give the connection back."""
        if self._tx.taken:
            await self._pool.putconn(self._tx.connection)


class Transaction:
    """A block that writes.

    Statements are pipelined: those that nobody waits for travel with the next one, BEGIN with the first and COMMIT with the last.
    The messages gathered follow the commit in the same round trip, each a transaction of its own: a NOTIFY inside would hold the
    server's notification lock while the disk writes and end group commit (docs/decisions/0001).
    """

    __slots__ = ("_connection", "_marks", "_pipeline", "_pool", "_stamp", "_wiring", "tx")

    def __init__(self, pool: Pool, wiring: Any, marks: Marks) -> None:
        self._pool = pool
        self._wiring = wiring
        self._marks = marks

    async def __aenter__(self) -> Tx:
        """Take a connection and begin; raises Unavailable when none comes in time."""
        self._connection = await _lent(self._pool)
        self.tx = tx = Tx(self._connection, self._wiring)
        self._pipeline = self._connection.pipeline()
        try:
            tx.pipeline = await self._pipeline.__aenter__()
            await self._connection.execute(b"BEGIN", prepare=False)
        except BaseException:
            await self._pool.putconn(self._connection)
            raise
        return tx

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Commit and tell, or roll back; give the connection back; then do what waited for the commit.

        What another transaction did a moment ago is told as what it is: Missing when it erased what a row was to hang on,
        Unavailable when both waited for each other.
        """
        try:
            await self._end(kind)
        except psycopg.errors.ForeignKeyViolation as error:
            raise Missing from error
        except psycopg.errors.DeadlockDetected as error:
            raise Unavailable(OVERLOADED) from error
        finally:
            await self._pool.putconn(self._connection)
        if kind is None:
            self._marks.touch(self.tx.touched, self._stamp)
            for act in self.tx.afterwards:
                act()
        elif issubclass(kind, psycopg.errors.ForeignKeyViolation):
            raise Missing
        elif issubclass(kind, psycopg.errors.DeadlockDetected):
            raise Unavailable(OVERLOADED)

    async def _end(self, kind: type[BaseException] | None) -> None:
        if kind is not None:
            await asyncio.shield(self._roll_back())
            return
        try:
            for act in self.tx.endings:
                await act()
            await self._connection.execute(b"COMMIT", prepare=False)
            for message in self._messages():
                await self._connection.execute(_notify(message), prepare=False)
            await self._pipeline.__aexit__(None, None, None)
        except BaseException:
            await asyncio.shield(self._roll_back())
            raise

    def _messages(self) -> list[bytes]:
        """Return what is told: what was touched, stamped as it will be here, then the events."""
        self._stamp = self._marks.stamp()
        return [*touched_messages(self.tx.touched, self._stamp), *self.tx.messages]

    async def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            await self._pipeline.__aexit__(None, None, None)
        if not self._connection.closed:
            await self._connection.execute(b"ROLLBACK", prepare=False)


async def _lent(pool: Pool) -> AsyncConnection[Row]:
    try:
        return await pool.getconn()
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise Unavailable(OVERLOADED) from error


async def _configure(connection: AsyncConnection[Row]) -> None:
    """Planning our larger queries costs five times their execution: plans are made once a connection and kept."""
    await connection.execute(b"SET timezone = 'UTC'; SET statement_timeout = '30s'; SET plan_cache_mode = force_generic_plan")


def touched_messages(slots: AbstractSet[int], stamp: int) -> list[bytes]:
    """Return the messages that tell other processes what was touched, each short enough for one NOTIFY."""
    ordered = sorted(slots)
    parts = [ordered[at : at + MOST_SLOTS] for at in range(0, len(ordered), MOST_SLOTS)]
    return [msgspec.json.encode([TOUCHED, [stamp, part]]) for part in parts]


def _notify(message: bytes) -> bytes:
    return b"NOTIFY " + CHANNEL.encode() + b", '" + message.replace(b"'", b"''") + b"'"
