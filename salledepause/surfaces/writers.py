"""Who writes here again and again: what writing needs of them is remembered until it changes, as answers are."""

from __future__ import annotations

from salledepause.features import posts
from salledepause.features.posts import Writer
from salledepause.kernel.marks import Subject, slot
from salledepause.kernel.windows import Stood
from salledepause.surfaces.edge import Call

WEIGHT = 3000
"""Bytes that a writer weighs in memory."""


async def writer(call: Call, app_id: int | None) -> Writer:
    """Return who acts in a call, as one who writes; raises Missing."""
    windows, key = call.site.windows, (Subject.AUTHOR, call.me, app_id)
    found: Writer | None = windows.recall(key)
    if found is None:
        tick = windows.marks.tick()
        found = await posts.writer(call.tx, call.me, app_id)
        windows.keep(key, found, WEIGHT, Stood((slot(Subject.AUTHOR, call.me),), tick))
    return found
