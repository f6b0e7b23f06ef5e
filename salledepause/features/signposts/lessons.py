"""What the house learns of a signpost: words for which several people refused it count one less, until as many confirm them.

A lesson is of the words of the table, never of a text: a word that is enough becomes one of which it takes two, one of
which it takes two is passed over. It is still proposed where other words tell, and found by who looks. Heard are those whom
a message was said to and whose accounts count (`accounts.COUNTS`), each once a word: three refusals more than confirmations
make a lesson, one fewer undoes it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from salledepause.features import accounts
from salledepause.features.signposts.matching import Lighter
from salledepause.kernel import clock
from salledepause.kernel.db import Tx

SEVERAL = 3
"""How many more people must refuse a signpost than confirm it, for the same word."""


class Lesson(NamedTuple):
    """A word of a signpost that counts less, and how many people refused and confirmed it."""

    key: str
    word: str
    refused: int
    confirmed: int


async def lighter(tx: Tx, keys: Collection[str]) -> Lighter:
    """Return what of some signposts counts less."""
    return frozenset((one.key, one.word) for one in await _lessons(tx, keys))


async def lessons(tx: Tx) -> list[Lesson]:
    """Return all that counts less, by signpost."""
    return await _lessons(tx, None)


async def _lessons(tx: Tx, keys: Collection[str] | None) -> list[Lesson]:
    query = f"""SELECT s.key, s.word, count(DISTINCT s.account_id) FILTER (WHERE NOT s.fits),
            count(DISTINCT s.account_id) FILTER (WHERE s.fits)
        FROM (SELECT key, account_id, unnest(words) AS word, false AS fits FROM signpost_refusals
            UNION ALL SELECT key, account_id, unnest(words), true FROM signpost_confirmations) AS s
        JOIN accounts a ON a.id = s.account_id AND {accounts.COUNTS}
        WHERE %(keys)s::text[] IS NULL OR s.key = ANY(%(keys)s)
        GROUP BY s.key, s.word HAVING count(DISTINCT s.account_id) FILTER (WHERE NOT s.fits)
            - count(DISTINCT s.account_id) FILTER (WHERE s.fits) >= %(several)s ORDER BY s.key, s.word"""
    values = {"keys": None if keys is None else list(keys), "known": clock.now() - accounts.SETTLED, "several": SEVERAL}
    return await tx.all(Lesson, query, values)
