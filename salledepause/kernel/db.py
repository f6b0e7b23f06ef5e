"""PostgreSQL: one pool, one kind of transaction; nobody below the edge says commit.

A `Tx` runs SQL and gathers what must be told after the commit. `Database.reading()` is for requests that only read (each
statement its own snapshot, no BEGIN); `Database.transaction()` commits at the end of its block or leaves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, TypeVar

import msgspec
import psycopg
from psycopg import AsyncClientCursor, AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from salledepause.kernel.errors import Missing, Unavailable
from salledepause.kernel.ids import Stock
from salledepause.kernel.marks import EVERYTHING, Marks, Subject, slot
from salledepause.kernel.trips import Line, Params, Row, Statement

T = TypeVar("T")
Pool = AsyncConnectionPool[Line]

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
OPENING = 20
"""Seconds that a server has to answer when a process begins."""
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

    __slots__ = ("_line", "_waiting", "afterwards", "meanwhile", "messages", "passing", "read", "stock", "touched", "wiring")

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

    async def __aexit__(self, *_: object) -> None:
        """Give the connection back."""
        await self._tx.give_back()


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
        Unavailable when both waited for each other.
        """
        try:
            await self._end(kind)
        except psycopg.errors.ForeignKeyViolation as error:
            raise Missing from error
        except psycopg.errors.DeadlockDetected as error:
            raise Unavailable(OVERLOADED) from error
        finally:
            await self._database.pool.putconn(self._line)
        if kind is None:
            self._database.marks.touch(self.tx.touched, self._stamp)
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
    """Planning our larger queries costs five times their execution: plans are made once a connection and kept."""
    set_json_loads(msgspec.json.decode, connection)
    await connection.execute(b"SET timezone = 'UTC'; SET statement_timeout = '30s'; SET plan_cache_mode = force_generic_plan")


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
