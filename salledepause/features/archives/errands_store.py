"""SQL of errands: asked, begun, noted, finished, taken, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from salledepause.kernel.db import Tx

MOST_SHOWN = 20


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A line that was not taken: its place, its outcome, and why as a refusal's template with its values."""

    place: int
    outcome: str
    message: str
    values: dict[str, str]


class Errand(msgspec.Struct, frozen=True):
    """Something asked for: its sort, its state, how far it is, what became of its lines."""

    id: int
    account_id: int
    what: str
    state: str
    part: float
    given: bytes | None
    file: str | None
    sums: dict[str, int]
    told: list[Told]

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in {"waiting", "running"}


LIGHT = "id, account_id, what, state, part, NULL::bytea, file, sums, told"
WHOLE = "id, account_id, what, state, part, given, file, sums, told"


def _errand(*row: Any) -> Errand:
    errand_id, account_id, what, state, part, given, file, sums, told = row
    return Errand(errand_id, account_id, what, state, part, given, file, sums, msgspec.convert(told, list[Told]))


async def of(tx: Tx, me: int) -> list[Errand]:
    """Return somebody's errands, without what they gave, the newest first."""
    query = f"SELECT {LIGHT} FROM errands WHERE account_id = %s AND expires_at > now() ORDER BY id DESC LIMIT {MOST_SHOWN}"
    return await tx.all(_errand, query, [me])


async def one(tx: Tx, errand_id: int) -> Errand | None:
    """Return an errand without what it was given."""
    return await tx.one(_errand, f"SELECT {LIGHT} FROM errands WHERE id = %s", [errand_id])


async def busy(tx: Tx, me: int) -> bool:
    """Tell whether somebody has an errand still to be done, once no other is being asked; the commit lets the next one ask."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('errands', %s))", [me])
    query = "SELECT EXISTS (SELECT FROM errands WHERE account_id = %s AND state IN ('waiting', 'running') AND expires_at > now())"
    return bool(await tx.value(query, [me]))


async def add(tx: Tx, me: int, asked: tuple[str, bytes | None], expires_at: datetime) -> int:
    """Note an errand; one of the same sort before it is forgotten. Return its id."""
    await tx.send("DELETE FROM errands WHERE account_id = %s AND what = %s", [me, asked[0]])
    query = "INSERT INTO errands (account_id, what, given, expires_at) VALUES (%s, %s, %s, %s) RETURNING id"
    return int(await tx.value(query, [me, *asked, expires_at]))


async def begin(tx: Tx, errand_id: int) -> Errand | None:
    """Begin an errand that is still to be done, or begin it again; `None` when it is not."""
    query = f"""UPDATE errands SET state = 'running', part = 0 WHERE id = %s AND state IN ('waiting', 'running')
        RETURNING {WHOLE}"""
    return await tx.one(_errand, query, [errand_id])


async def note(tx: Tx, errand_id: int, part: float) -> None:
    """Note how far an errand is."""
    await tx.send("UPDATE errands SET part = %s WHERE id = %s", [part, errand_id])


async def finish(tx: Tx, errand: Errand, found: tuple[Mapping[str, int], Sequence[Told]], file: str | None) -> bool:
    """Note that an errand is done and what became of it; forget what it was given. `False` when it is gone."""
    sums, told = (msgspec.json.encode(one).decode() for one in found)
    query = """UPDATE errands SET state = 'done', part = 1, given = NULL, file = %s, sums = %s, told = %s
        WHERE id = %s AND state = 'running'"""
    return bool(await tx.run(query, [file, sums, told, errand.id]))


async def fail(tx: Tx, errand_id: int) -> None:
    """Note that an errand failed."""
    await tx.send("UPDATE errands SET state = 'failed', given = NULL WHERE id = %s AND state <> 'done'", [errand_id])


async def take(tx: Tx, me: int, errand_id: int) -> str | None:
    """Take the file of one's errand: of two who come, one finds it gone."""
    query = """UPDATE errands e SET file = NULL FROM (SELECT id, file FROM errands WHERE id = %s AND account_id = %s
        AND file IS NOT NULL AND expires_at > now() FOR UPDATE) old WHERE e.id = old.id RETURNING old.file"""
    found: str | None = await tx.value(query, [errand_id, me])
    return found


async def sweep(tx: Tx) -> set[str]:
    """Forget the errands that have expired; return the files that those left name."""
    await tx.send("DELETE FROM errands WHERE expires_at < now()")
    return set(await tx.values("SELECT file FROM errands WHERE file IS NOT NULL"))
