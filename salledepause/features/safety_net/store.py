"""SQL of help lines, and of those who ask the hosts for a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from salledepause.features.safety_net.model import HelpCall, HelpLine, Line
from salledepause.kernel.db import Tx
from salledepause.kernel.ids import floor

LINE = "id, name, number, hours, note, on_card, verified_on"
CALL = "id, account_id, words, taken_by"


async def lines(tx: Tx) -> list[HelpLine]:
    """Return the lines that an administrator wrote, in order."""
    return await tx.all(HelpLine, f"SELECT {LINE} FROM help_lines ORDER BY id")


async def lock(tx: Tx) -> None:
    """Have whoever else changes the lines wait for this commit."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('help lines', 0))")


async def insert(tx: Tx, line: Line) -> int:
    """Write a line; return its id."""
    made: int = await tx.value(
        """INSERT INTO help_lines (name, number, hours, note, on_card, verified_on)
        VALUES (%(name)s, %(number)s, %(hours)s, %(note)s, %(on_card)s, %(verified_on)s) RETURNING id""",
        msgspec.structs.asdict(line),
    )
    return made


async def change(tx: Tx, line_id: int, line: Line) -> bool:
    """Change a line; return whether it is there."""
    query = """UPDATE help_lines SET name = %(name)s, number = %(number)s, hours = %(hours)s, note = %(note)s,
        on_card = %(on_card)s, verified_on = %(verified_on)s WHERE id = %(id)s"""
    return await tx.run(query, msgspec.structs.asdict(line) | {"id": line_id}) > 0


async def drop(tx: Tx, line_id: int) -> bool:
    """Erase a line; return whether it was there."""
    return await tx.run("DELETE FROM help_lines WHERE id = %s", [line_id]) > 0


async def call(tx: Tx, account_id: int, words: str) -> None:
    """Write that somebody asks the hosts for a word; asked again, it says what was said last."""
    query = """INSERT INTO help_calls (account_id, words) VALUES (%s, %s)
        ON CONFLICT (account_id) DO UPDATE SET words = excluded.words"""
    await tx.run(query, [account_id, words])


async def call_of(tx: Tx, account_id: int) -> HelpCall | None:
    """Return what somebody asked."""
    return await tx.one(HelpCall, f"SELECT {CALL} FROM help_calls WHERE account_id = %s", [account_id])


async def calls(tx: Tx, but: int) -> Sequence[HelpCall]:
    """Return who asks, the longest waiting first, but one."""
    return await tx.all(HelpCall, f"SELECT {CALL} FROM help_calls WHERE account_id <> %s ORDER BY id", [but])


async def take(tx: Tx, call_id: int, host_id: int) -> bool:
    """Note who looks after somebody; return whether they still ask."""
    query = "UPDATE help_calls SET taken_by = %s WHERE id = %s AND account_id <> %s"
    return await tx.run(query, [host_id, call_id, host_id]) > 0


async def erase(tx: Tx, call_id: int, but: int) -> bool:
    """Erase that somebody asked, unless it is one; return whether they did."""
    return await tx.run("DELETE FROM help_calls WHERE id = %s AND account_id <> %s", [call_id, but]) > 0


async def withdraw(tx: Tx, account_id: int) -> None:
    """Erase that somebody asked."""
    await tx.run("DELETE FROM help_calls WHERE account_id = %s", [account_id])


async def forget(tx: Tx, before: datetime) -> None:
    """Erase who asked before an instant."""
    await tx.run("DELETE FROM help_calls WHERE id < %s", [floor(before)])
