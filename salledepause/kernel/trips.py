"""One trip to the server for many statements: written down one by one, sent together, their answers read in order.

This is libpq's pipeline mode (PostgreSQL manual, « Pipeline Mode ») without a cursor for each statement, which costs a tenth of
the processor time (docs/decisions/0004). Values and rows are adapted by psycopg; between two trips a connection is as usual.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg import AsyncConnection, errors, generators
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult

from salledepause.kernel.lists import Lists

Params = Mapping[str, Any] | Sequence[Any] | None
Row = tuple[Any, ...]

MOST_PREPARED = 400
"""Statements that a connection knows; the one not used for longest is forgotten."""
PLACES = re.compile(r"%(?:%|s|\((\w+)\)s)")
Key = tuple[bytes, tuple[int, ...]]


class Statement:
    """One statement with its values as they travel, then its answer."""

    __slots__ = ("count", "formats", "key", "rows", "said", "values")

    rows: list[Row] | None
    """What it returned; `None` while it is on its way."""
    count: int
    """How many rows it touched."""
    said: bytes | None
    """What the server says that it did: `COMMIT`, `ROLLBACK`, `INSERT 0 1`."""

    def __init__(self, key: Key, values: Sequence[Buffer | None] | None, formats: Sequence[Format] | None) -> None:
        self.key = key
        self.values = values
        self.formats = formats
        self.rows = None
        self.count = 0
        self.said = None


class Written(NamedTuple):
    """A statement as the server reads it, and the names of its values in their order (`None`: they come by position)."""

    query: bytes
    names: tuple[str, ...] | None
    formats: list[PyFormat]


@lru_cache(maxsize=4096)
def written(query: str) -> Written:
    """Return a statement with `$1` for each `%s`, or for each different `%(name)s`, and `%` for each `%%`."""
    names: dict[str, int] = {}
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        if found[1] is None:
            count += 1
            return f"${count}"
        return f"${names.setdefault(found[1], len(names) + 1)}"

    text = PLACES.sub(place, query).encode()
    return Written(text, None if count else tuple(names), [PyFormat.AUTO] * (count or len(names)))


class Line(AsyncConnection[Row]):
    """A connection that takes many statements in one trip, and prepares those that it meets again."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.adapters.register_dumper(list, Lists)
        self._adapt = Transformer(self)
        self._known: OrderedDict[Key, bytes | None] = OrderedDict()
        """Statements met: `None` the first time, then the name under which they are prepared."""
        self._named = 0
        self._sent: list[Statement | Key | None] = []
        """What is on its way, in the order of the answers."""

    def state(self, query: str, params: Params) -> Statement:
        """Write a statement down; raises DataError for a value that the server could not hold."""
        if params is None:
            return Statement((query.encode(), ()), None, None)
        text, names, formats = written(query)
        values = [params[name] for name in names or ()] if isinstance(params, Mapping) else list(params)
        if len(values) != len(formats):
            raise errors.ProgrammingError(f"{len(formats)} values expected, {len(values)} given")
        dumped = self._adapt.dump_sequence(values, formats)
        return Statement((text, self._adapt.types or ()), dumped, self._adapt.formats)

    def depart(self, statements: Sequence[Statement]) -> None:
        """Send statements ahead of a trip, which must follow: the server begins while the others are still written down."""
        self._hand_over(statements)
        self.pgconn.flush()

    async def travel(self, statements: Sequence[Statement], meanwhile: Callable[[], None] | None = None) -> None:
        """Run statements in one trip and fill their answers; raises what the first that failed says: those after it did not run.

        Cut short, by a cancellation that the server did not follow or a lost connection, the connection is closed. `meanwhile`
        is done while the server works.
        """
        pgconn = self.pgconn
        try:
            self._hand_over(statements)
            pgconn.pipeline_sync()
            try:
                if meanwhile:
                    meanwhile()
            finally:
                answers = await self.wait(_answers(pgconn))
        finally:
            sent, self._sent = self._sent, []
            if pgconn.pipeline_status != PipelineStatus.OFF:
                pgconn.finish()
        self._fill(sent, answers)

    @property
    def under_way(self) -> bool:
        """Whether statements were sent whose answers nobody has read."""
        return bool(self._sent)

    def _hand_over(self, statements: Sequence[Statement]) -> None:
        if self.pgconn.pipeline_status == PipelineStatus.OFF:
            self.pgconn.enter_pipeline_mode()
        for one in statements:
            self._sent += self._send(one)

    def _send(self, one: Statement) -> tuple[Statement | Key | None, ...]:
        """Hand a statement to libpq; return what is answered: a key for its preparation, the statement, `None` for a farewell."""
        pgconn, known, key = self.pgconn, self._known, one.key
        name = known.get(key)
        if name is not None:
            known.move_to_end(key)
            pgconn.send_query_prepared(name, one.values, one.formats)
            return (one,)
        if key not in known:
            known[key] = None
            pgconn.send_query_params(key[0], one.values, key[1], one.formats)
            return (one, *self._forget())
        self._named += 1
        name = known[key] = b"sdp_%d" % self._named
        pgconn.send_prepare(name, key[0], key[1])
        pgconn.send_query_prepared(name, one.values, one.formats)
        return (key, one)

    def _forget(self) -> tuple[None, ...]:
        if len(self._known) <= MOST_PREPARED:
            return ()
        _, name = self._known.popitem(last=False)
        if name is None:
            return ()
        self.pgconn.send_query_params(b"DEALLOCATE " + name, None)
        return (None,)

    def _fill(self, sent: Sequence[Statement | Key | None], answers: Sequence[PGresult]) -> None:
        failed: PGresult | None = None
        for part, answer in zip(sent, answers, strict=True):
            status = answer.status
            if status == ExecStatus.FATAL_ERROR and failed is None:
                failed = answer
            if status not in DONE:
                if isinstance(part, tuple):
                    self._known.pop(part, None)
            elif isinstance(part, Statement):
                self._adapt.set_pgresult(answer)
                part.rows = self._adapt.load_rows(0, answer.ntuples, tuple)
                part.count = answer.command_tuples or 0
                part.said = answer.command_status
        if failed is not None:
            raise errors.error_from_result(failed)


DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def _answers(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Send what was queued and read the answers, up to the mark that ends the trip."""
    yield from generators.send(pgconn)
    pgconn.consume_input()  # a server on this machine has often answered by now: that spares a turn of the event loop
    answers = []
    while (answer := (yield from generators.fetch_many(pgconn))[-1]).status != ExecStatus.PIPELINE_SYNC:
        answers.append(answer)
    pgconn.exit_pipeline_mode()
    return answers
