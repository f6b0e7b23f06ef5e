"""PostgreSQL: one pool a process, lent for a reading or for a transaction.

`Database.reading()` is for requests that only read (each statement its own snapshot, no BEGIN); `Database.transaction()` commits
at the end of its block or leaves nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Self

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from salledepause.kernel.db import CHANNEL, OVERLOADED, Tx, gathered, touched_messages
from salledepause.kernel.errors import Missing, Unavailable
from salledepause.kernel.ids import Stock
from salledepause.kernel.marks import Marks
from salledepause.kernel.trips import Line, Row

Pool = AsyncConnectionPool[Line]

WAITED = (psycopg.errors.DeadlockDetected, psycopg.errors.QueryCanceled)
"""How a statement ends that waited for too long: for one that waits for it, or for the time that it may take."""
OPENING = 20
"""Seconds that a server has to answer when a process begins."""


class Database:
    """The pool of one process and the reactions that its transactions carry."""

    def __init__(self, url: str, *, size: int = 8, wiring: Any = None, durable: bool = True, marks: Marks | None = None) -> None:
        self.url = url
        self.wiring = wiring
        self.marks = marks or Marks()
        self.stock = Stock()
        self.durable = durable
        self.pool: Pool = AsyncConnectionPool(
            url,
            connection_class=Line,
            min_size=min(2, size),
            max_size=size,
            open=False,
            timeout=10,
            max_waiting=2000,
            kwargs={"autocommit": True, "application_name": "salledepause", "options": "-c synchronous_commit=off"},
            configure=_configure,
        )

    async def open(self) -> None:
        """Open the pool; raises Unavailable when the server does not answer."""
        try:
            await self.pool.open(wait=True, timeout=OPENING)
        except PoolTimeout as error:
            message = "La base de données ne répond pas. Vérifiez DATABASE_URL et que le serveur tourne."
            raise Unavailable(message) from error

    async def close(self) -> None:
        """Close every connection."""
        await self.pool.close()

    async def __aenter__(self) -> Self:
        """Open the pool for a block."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the pool."""
        await self.close()

    def reading(self) -> Reading:
        """Lend a connection for statements that only read."""
        return Reading(self.pool, self.wiring)

    def transaction(self) -> Transaction:
        """Lend a connection inside a transaction: committed at the end, rolled back when the block raises."""
        return Transaction(self)


class Looking(Tx):
    """A `Tx` that only reads; it takes a connection when it first asks something, and many ask nothing."""

    __slots__ = ("_pool",)

    def __init__(self, pool: Pool, wiring: Any) -> None:
        super().__init__(None, wiring)
        self._pool = pool

    async def _lend(self) -> Line:
        if self._line is None:
            self._line = await _lent(self._pool)
        return self._line

    async def give_back(self) -> None:
        """Give the connection back, if one was taken."""
        if self._line is not None:
            await self._pool.putconn(self._line)


class Reading:
    """A block that reads: each statement has its own snapshot, there is no BEGIN."""

    __slots__ = ("_tx",)

    def __init__(self, pool: Pool, wiring: Any) -> None:
        self._tx = Looking(pool, wiring)

    async def __aenter__(self) -> Tx:
        """Lend what reads; its first statement raises Unavailable when no connection comes in time."""
        return self._tx

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give the connection back; raises Unavailable when what was asked took too long."""
        await self._tx.give_back()
        if kind is not None and issubclass(kind, WAITED):
            raise Unavailable(OVERLOADED)


class Transaction:
    """A block that writes.

    BEGIN travels with the first statement, COMMIT with the last. The commit itself does not wait for the disk, so that rows that
    many write, and the server's notification lock, are free at once; behind it, in the same trip, `FLUSH` waits until all is on
    the disk: nothing is acknowledged before (docs/decisions/0006).
    """

    __slots__ = ("_database", "_line", "_stamp", "tx")

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> Tx:
        """Take a connection and begin; raises Unavailable when none comes in time."""
        self._line = await _lent(self._database.pool)
        self.tx = Tx(self._line, self._database.wiring, self._database.stock)
        await self.tx.send("BEGIN")
        return self.tx

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Commit and tell, or roll back; give the connection back; then do what waited for the commit.

        What another transaction did a moment ago is told as what it is: Missing when it erased what a row was to hang on,
        Unavailable when both waited for each other, or for too long.
        """
        try:
            await self._end(kind)
        except psycopg.errors.ForeignKeyViolation as error:
            raise Missing from error
        except WAITED as error:
            raise Unavailable(OVERLOADED) from error
        finally:
            await self._database.pool.putconn(self._line)
        if kind is None:
            self._database.marks.touch(self.tx.touched, self._stamp)
            for act in self.tx.afterwards:
                act()
        elif issubclass(kind, psycopg.errors.ForeignKeyViolation):
            raise Missing
        elif issubclass(kind, WAITED):
            raise Unavailable(OVERLOADED)

    async def _end(self, kind: type[BaseException] | None) -> None:
        if kind is not None:
            await asyncio.shield(self._roll_back())
            return
        try:
            for message in self._messages():
                await self.tx.send("SELECT pg_notify(%s, %s)", [CHANNEL, message])
            await self.tx.commit(durable=self._database.durable)
        except BaseException:
            await asyncio.shield(self._roll_back())
            raise

    def _messages(self) -> list[str]:
        """Return what is told: what was touched, stamped as it will be here, then the events."""
        self._stamp = self._database.marks.stamp()
        return gathered([*touched_messages(self.tx.touched, self._stamp), *self.tx.messages])

    async def _roll_back(self) -> None:
        """Undo all; said twice when what was under way failed, since nothing after it is heard in the same trip."""
        for _ in range(2):
            if not self._line.closed and self._line.pgconn.transaction_status != TransactionStatus.IDLE:
                with suppress(psycopg.Error):
                    await self._line.travel([self._line.state("ROLLBACK", None)])


async def _lent(pool: Pool) -> Line:
    try:
        return await pool.getconn()
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise Unavailable(OVERLOADED) from error


async def _configure(connection: AsyncConnection[Row]) -> None:
    """Planning our larger queries costs five times their execution: plans are made once a connection and kept.

    A kept plan must stay right while a table grows. One made while it was empty reads all of it, and costs nothing then; a minute
    later, before its statistics are made anew, that is tens of milliseconds for each row written. What has an index goes by it.
    """
    set_json_loads(msgspec.json.decode, connection)
    plans = b"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"
    await connection.execute(b"SET timezone = 'UTC'; SET statement_timeout = '30s'; " + plans)
