"""The addresses of the pages before and after a list of anything."""

from __future__ import annotations

from typing import Any, NamedTuple

from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import Call
from salledepause.surfaces.web import addresses


class Around(NamedTuple):
    """The addresses of the pages before and after a list, empty where there is none."""

    older: str
    newer: str


def around(call: Call, listing: Listed[Any], **kept: object) -> Around:
    """Return the addresses of the pages before and after a list; `kept` stays in their query."""
    given = call.page()
    path = str(call.scope["path"])
    moved = given.max_id is not None or given.min_id is not None
    older = listing.last if listing.full or (given.min_id is not None and listing.last) else None
    newer = listing.first if moved and (listing.full or not given.upwards) else None
    return Around(
        addresses.with_query(path, **kept, max_id=older) if older else "",
        addresses.with_query(path, **kept, min_id=newer) if newer else "",
    )
