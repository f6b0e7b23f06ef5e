"""Policies and requests: what one wants to be told of by whom, and what becomes of what was put aside."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import posts
from salledepause.features.notifications import requests_store as store
from salledepause.features.notifications.model import Admitted, Aside, Choice, Policy, Request
from salledepause.features.notifications.readings import speaking
from salledepause.features.notifications.requests_store import Waiting
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.events import emit
from salledepause.kernel.page import Listed, Page


async def policy(tx: Tx, me: int) -> Policy:
    """Return one's policy, the default one when none was chosen."""
    return await store.policy(tx, me)


async def change_policy(tx: Tx, me: int, changes: dict[str, Choice]) -> Policy:
    """Change parts of one's policy, by field; return the whole. What was already told or put aside stays where it is."""
    return await store.keep_policy(tx, me, changes)


async def aside(tx: Tx, me: int) -> Aside:
    """Return how much waits in requests."""
    return await store.aside(tx, me)


async def requests(tx: Tx, me: int, page: Page) -> Listed[Request]:
    """Return a page of requests, the newest first."""
    found = await store.requests(tx, me, page)
    return found.map(await _whole(tx, me, found.items))


async def request(tx: Tx, me: int, request_id: int) -> Request:
    """Return one of one's requests; raises Missing."""
    found = await _whole(tx, me, await store.one(tx, me, request_id))
    if not found:
        raise Missing
    return found[0]


async def accept(tx: Tx, me: int, request_ids: Sequence[int]) -> int:
    """Let in what was put aside of these requests, and all that their people will do; return how many there were."""
    accepted = await store.accept(tx, me, request_ids)
    if accepted:
        await emit(tx, Admitted(me))
    return accepted


async def refuse(tx: Tx, me: int, request_ids: Sequence[int]) -> int:
    """Put these requests away with what they hold; return how many there were. What comes next makes a new request."""
    return await store.refuse(tx, me, request_ids)


async def _whole(tx: Tx, me: int, rows: Sequence[Waiting]) -> list[Request]:
    wanted = [row.post_id for row in rows if row.post_id is not None]
    seen = {row.post.id: speaking(row) for row in await posts.visible(tx, wanted, me)} if wanted else {}
    return [Request(row.id, row.from_id, row.size, row.newest_id, seen.get(row.post_id or 0)) for row in rows]
