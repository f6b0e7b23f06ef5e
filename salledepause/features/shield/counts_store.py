"""SQL of a wearer's words and weeks: what they call insults, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from salledepause.kernel.db import Tx


async def words(tx: Tx, account_id: int) -> list[str]:
    """Return the words of somebody's list, in order."""
    return await tx.values("SELECT word FROM shield_words WHERE account_id = %s ORDER BY word", [account_id])


async def add(tx: Tx, account_id: int, added: Iterable[str]) -> None:
    """Write words into somebody's list; twice equals once."""
    query = "INSERT INTO shield_words (account_id, word) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING"
    await tx.send(query, [account_id, list(added)])


async def drop(tx: Tx, account_id: int, word: str) -> None:
    """Take a word out of somebody's list."""
    await tx.send("DELETE FROM shield_words WHERE account_id = %s AND word = %s", [account_id, word])


async def count(tx: Tx, account_id: int, week: date, kind: str, found: Iterable[str]) -> None:
    """Count a hostile mention of a kind, and each word of the wearer's list in it."""
    query = """INSERT INTO shield_weeks AS w (account_id, week, kind, word, number)
        SELECT %s, %s, %s, unnest(%s::text[]), 1
        ON CONFLICT (account_id, week, kind, word) DO UPDATE SET number = w.number + 1"""
    await tx.send(query, [account_id, week, kind, ["", *sorted(set(found))]])


async def uncount(tx: Tx, account_id: int, week: date, kind: str, found: Iterable[str]) -> None:
    """Count a mention no more, that was not hostile."""
    query = """UPDATE shield_weeks SET number = greatest(0, number - 1)
        WHERE account_id = %s AND week = %s AND kind = %s AND word = ANY(%s)"""
    await tx.send(query, [account_id, week, kind, ["", *sorted(set(found))]])


async def weeks(tx: Tx, account_id: int, since: date) -> list[tuple[date, str, str, int]]:
    """Return (week, kind, word, number) of somebody's weeks since a day; the word is empty for the kind as a whole."""
    query = """SELECT week, kind, word, number FROM shield_weeks
        WHERE account_id = %s AND week >= %s AND number > 0 ORDER BY week DESC, kind, word"""
    return [(row[0], row[1], row[2], row[3]) for row in await tx.rows(query, [account_id, since])]
