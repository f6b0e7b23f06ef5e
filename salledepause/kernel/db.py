"""PostgreSQL: one pool, one kind of transaction; nobody below the edge says commit.

A `Tx` runs SQL and gathers what must be told after the commit. `Database.reading()` is for requests that only read (each
statement its own snapshot, no BEGIN); `Database.transaction()` commits at the end of its block or leaves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncCursor, AsyncPipeline
from psycopg.rows import args_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from salledepause.kernel.errors import Missing, Unavailable

T = TypeVar("T")
Params = Mapping[str, Any] | Sequence[Any] | None
Row = tuple[Any, ...]

CHANNEL = "salledepause"
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

    `wiring` is the `Wiring` of kernel/events, which stands on this module and is not known here.
    """

    __slots__ = ("afterwards", "connection", "endings", "messages", "pipeline", "wiring")

    def __init__(self, connection: AsyncConnection[Row], wiring: Any = None, pipeline: AsyncPipeline | None = None) -> None:
        self.connection = connection
        self.pipeline = pipeline
        self.wiring = wiring
        self.endings: list[Callable[[], Awaitable[None]]] = []
        """What is done last, before the commit: for answers that nobody else waits for."""
        self.messages: list[bytes] = []
        self.afterwards: list[Callable[[], None]] = []

    @property
    def domain(self) -> str:
        """Our own public name, empty outside a composed process."""
        return str(self.wiring.domain) if self.wiring else ""

    async def rows(self, query: str, params: Params = None) -> list[Row]:
        """Return all rows as tuples."""
        return await (await self.connection.execute(query.encode(), params)).fetchall()

    async def row(self, query: str, params: Params = None) -> Row | None:
        """Return the first row, or `None`."""
        return await (await self.connection.execute(query.encode(), params)).fetchone()

    async def value(self, query: str, params: Params = None) -> Any:
        """Return the first column of the first row, or `None`."""
        row = await self.row(query, params)
        return row[0] if row else None

    async def values(self, query: str, params: Params = None) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in await self.rows(query, params)]

    async def all(self, kind: Callable[..., T], query: str, params: Params = None) -> list[T]:
        """Return all rows, each passed to `kind` by position."""
        async with self.connection.cursor(row_factory=args_row(kind)) as cursor:
            await cursor.execute(query.encode(), params)
            return await cursor.fetchall()

    async def one(self, kind: Callable[..., T], query: str, params: Params = None) -> T | None:
        """Return the first row passed to `kind` by position, or `None`."""
        row = await self.row(query, params)
        return kind(*row) if row else None

    async def run(self, query: str, params: Params = None) -> int:
        """Run a statement; return how many rows it touched."""
        cursor = await self.connection.execute(query.encode(), params)
        if self.pipeline:
            await self.pipeline.sync()
        return cursor.rowcount

    async def ask(self, query: str, params: Params = None) -> Pending:
        """Run a statement whose answer is read later: inside a transaction it travels with the next that is waited for."""
        return Pending(await self.connection.execute(query.encode(), params))

    async def send(self, query: str, params: Params = None) -> None:
        """Run a statement without waiting for it: inside a transaction it travels with the next one.

        What it raises is raised by the next statement that waits, or by the commit.
        """
        await self.connection.execute(query.encode(), params)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Give a block its own savepoint: what it wrote is undone when it raises, the transaction lives on."""
        async with self.connection.transaction():
            yield


class Database:
    """The pool of one process and the reactions that its transactions carry."""

    def __init__(self, url: str, *, size: int = 8, wiring: Any = None, durable: bool = True) -> None:
        self.url = url
        self.wiring = wiring
        options = {} if durable else {"options": "-c synchronous_commit=off"}
        self._pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
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
        return Transaction(self._pool, self.wiring)


class Reading:
    """A block that reads: each statement has its own snapshot, there is no BEGIN."""

    __slots__ = ("_connection", "_pool", "_wiring", "tx")

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Row]], wiring: Any) -> None:
        self._pool = pool
        self._wiring = wiring

    async def __aenter__(self) -> Tx:
        """Take a connection; raises Unavailable when none comes in time."""
        try:
            self._connection = await self._pool.getconn()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable(OVERLOADED) from error
        self.tx = Tx(self._connection, self._wiring)
        return self.tx

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give the connection back."""
        await self._pool.putconn(self._connection)


class Transaction(Reading):
    """A block that writes.

    Statements are pipelined: those that nobody waits for travel with the next one, BEGIN with the first and COMMIT with the last.
    The messages gathered follow the commit in the same round trip, each a transaction of its own: a NOTIFY inside would hold the
    server's notification lock while the disk writes and end group commit (docs/decisions/0001).
    """

    __slots__ = ("_pipeline",)

    async def __aenter__(self) -> Tx:
        """Take a connection and begin."""
        tx = await super().__aenter__()
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
            for message in self.tx.messages:
                await self._connection.execute(_notify(message), prepare=False)
            await self._pipeline.__aexit__(None, None, None)
        except BaseException:
            await asyncio.shield(self._roll_back())
            raise

    async def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            await self._pipeline.__aexit__(None, None, None)
        if not self._connection.closed:
            await self._connection.execute(b"ROLLBACK", prepare=False)


async def _configure(connection: AsyncConnection[Row]) -> None:
    """Planning our larger queries costs five times their execution: plans are made once a connection and kept."""
    await connection.execute(b"SET timezone = 'UTC'; SET statement_timeout = '30s'; SET plan_cache_mode = force_generic_plan")


def _notify(message: bytes) -> bytes:
    return b"NOTIFY " + CHANNEL.encode() + b", '" + message.replace(b"'", b"''") + b"'"
