"""How far somebody has read their home and their notifications, so that every app of theirs opens at the same place.

A marker goes where the app says, back included (https://docs.joinmastodon.org/methods/markers/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Conflict
from salledepause.kernel.marks import Subject

COLUMNS = "timeline, last_read_id, version, updated_at"


class Marker(NamedTuple):
    """The last entry read of a timeline; `version` grows by one at each writing."""

    timeline: str
    last_read_id: int
    version: int
    updated_at: datetime


async def markers(tx: Tx, me: int, timelines: Sequence[str]) -> list[Marker]:
    """Return one's markers among these timelines; one never set is left out."""
    tx.stands_on(Subject.MARKERS, me)
    query = f"SELECT {COLUMNS} FROM markers WHERE account_id = %s AND timeline = ANY(%s)"
    return await tx.all(Marker, query, [me, list(timelines)])


async def mark(tx: Tx, me: int, read: Mapping[str, int]) -> list[Marker]:
    """Set markers, by timeline. Raises Conflict when another app is setting one at this very moment."""
    tx.touches(Subject.MARKERS, me)
    return [await _mark(tx, me, timeline, read[timeline]) for timeline in sorted(read)]


async def _mark(tx: Tx, me: int, timeline: str, last_read_id: int) -> Marker:
    values: dict[str, Any] = {"me": me, "timeline": timeline, "read": last_read_id}
    made = await tx.one(
        Marker,
        f"""INSERT INTO markers (account_id, timeline, last_read_id) VALUES (%(me)s, %(timeline)s, %(read)s)
        ON CONFLICT DO NOTHING RETURNING {COLUMNS}""",
        values,
    )
    changed = made or await tx.one(
        Marker,
        f"""UPDATE markers SET last_read_id = %(read)s, version = version + 1, updated_at = now()
        WHERE (account_id, timeline) IN (SELECT account_id, timeline FROM markers
            WHERE account_id = %(me)s AND timeline = %(timeline)s FOR UPDATE SKIP LOCKED)
        RETURNING {COLUMNS}""",
        values,
    )
    if changed is None:
        raise Conflict("Votre position vient d'être enregistrée par une autre application : réessayez.")
    return changed
