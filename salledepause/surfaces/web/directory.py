"""The directory: who agrees to be found. Readers are never there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from salledepause.features import accounts, graph, timelines
from salledepause.features.accounts import Account
from salledepause.features.graph import Relationship
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route
from salledepause.surfaces.web.listing import Around, at
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

PAGE = 40


class Asked(msgspec.Struct):
    """In which order, and after how many."""

    ordre: Literal["active", "new"] = "active"
    suite: int = 0


async def show(call: Call) -> Answer:
    """GET /annuaire."""
    asked = call.read(Asked)
    skipped = max(0, min(asked.suite, timelines.FAREST))
    found = await timelines.directory(call.tx, call.viewer, asked.ordre, PAGE, skipped)
    older = at(call, suite=skipped + PAGE) if len(found) == PAGE and skipped < timelines.FAREST else ""
    newer = at(call, suite=max(0, skipped - PAGE) or "") if skipped else ""
    people, ties = await met(call, found)
    return page(call, "directory.html", people=people, ties=ties, asked=asked, around=Around(older, newer))


async def met(call: Call, ids: Sequence[int]) -> tuple[list[Account], dict[int, Relationship]]:
    """Return people in this order, and what ties them to who looks."""
    known = await accounts.load(call.tx, list(ids))
    ties = await graph.relationships(call.tx, call.viewer, list(ids)) if call.viewer and ids else []
    return [known[one] for one in ids if one in known], {one.id: one for one in ties}


DESTINATIONS = [Destination("Annuaire", "/annuaire", "people", rank=60)]
ROUTES = [route("GET", "/annuaire", show, reading())]
