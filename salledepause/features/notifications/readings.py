"""Reading notifications: rows, then what they are about through the gate of posts; what one may no longer see is left out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import posts
from salledepause.features.notifications import store
from salledepause.features.notifications.model import GROUPED, Group, Notification, Told, Wanted
from salledepause.features.notifications.sieve import waits
from salledepause.features.posts import Seen
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page, listed

ALL = Wanted()
CHUNK = 200
"""Rows read at a time while groups are gathered."""
ALONE = "ungrouped-"


async def notifications(tx: Tx, me: int, page: Page, wanted: Wanted = ALL) -> Listed[Notification]:
    """Return a page of one's notifications, one by one."""
    told = await store.rows(tx, me, page, wanted)
    shown = listed(told, [one.id for one in told], page)
    return shown.map(await _hydrated(tx, me, shown.items))


async def one(tx: Tx, me: int, notification_id: int) -> Notification:
    """Return one of one's notifications; raises Missing for any other."""
    told = await store.one(tx, me, notification_id)
    found = await _hydrated(tx, me, [told]) if told else []
    if not found:
        raise Missing
    return found[0]


async def unread(tx: Tx, me: int, limit: int, wanted: Wanted = ALL) -> int:
    """Count the notifications after the `notifications` marker, up to `limit`."""
    page = Page(limit, since_id=await store.read_up_to(tx, me))
    return len((await notifications(tx, me, page, wanted)).items)


async def groups(tx: Tx, me: int, page: Page, wanted: Wanted = ALL) -> Listed[Group]:
    """Return a page of groups, by the newest notification of each within the page."""
    picked = await _pick(tx, me, page, wanted)
    shown = listed(picked, [told.id for told in picked], page)
    if shown.first is None or shown.last is None:
        return Listed([])
    lower = shown.last if shown.full else (page.since_id or 0) + 1
    upper = shown.first if shown.full or not page.upwards else (page.max_id or ids.MAXIMUM) - 1
    keyed = [(_key(told, wanted), told) for told in shown.items]
    return shown.map(await _grouped(tx, me, keyed, (lower, upper), wanted))


async def unread_groups(tx: Tx, me: int, limit: int, wanted: Wanted = ALL) -> int:
    """Count the groups with a notification after the `notifications` marker, up to `limit`."""
    page = Page(limit, since_id=await store.read_up_to(tx, me))
    return len(await _hydrated(tx, me, await _pick(tx, me, page, wanted)))


async def one_group(tx: Tx, me: int, key: str, wanted: Wanted = ALL) -> Group:
    """Return one of one's groups by its key; raises Missing."""
    told = await _members(tx, me, key, Page(1), wanted)
    found = await _grouped(tx, me, [(key, told[0])], (0, ids.MAXIMUM), wanted) if told else []
    if not found:
        raise Missing
    return found[0]


async def group_accounts(tx: Tx, me: int, key: str, page: Page, wanted: Wanted = ALL) -> Listed[int]:
    """Return who is behind a group, the newest first; cursors are the notifications' ids. Raises Missing."""
    await one_group(tx, me, key, wanted)
    told = await _members(tx, me, key, page, wanted)
    return listed([row.from_id for row in told], [row.id for row in told], page)


async def dismiss(tx: Tx, me: int, notification_id: int) -> None:
    """Put one of one's notifications away; raises Missing for any other."""
    if not await store.dismiss(tx, me, "id = %(id)s", id=notification_id):
        raise Missing


async def dismiss_group(tx: Tx, me: int, key: str) -> None:
    """Put a group away, whether it is there or not."""
    if key.startswith(ALONE):
        await store.dismiss(tx, me, "id = %(id)s", id=ids.parse(key.removeprefix(ALONE)))
    else:
        await store.dismiss(tx, me, f"group_key = %(key)s AND NOT {waits('n')}", key=key)


async def clear(tx: Tx, me: int) -> None:
    """Put all one's notifications away."""
    await store.dismiss(tx, me)


def _key(told: Told, wanted: Wanted) -> str:
    """Return what a notification is grouped by, where only some kinds may stand together."""
    return told.group_key if told.kind in GROUPED and told.kind in wanted.grouped else f"{ALONE}{told.id}"


async def _pick(tx: Tx, me: int, page: Page, wanted: Wanted) -> list[Told]:
    """Return the first notification of each group met from the page's bound on, until the page is full."""
    found: dict[str, Told] = {}
    part = msgspec.structs.replace(page, limit=CHUNK)
    while True:
        together = [key for key in found if not key.startswith(ALONE)]
        rows = await store.rows(tx, me, part, wanted, together)
        for told in rows:
            found.setdefault(_key(told, wanted), told)
            if len(found) == page.limit:
                return list(found.values())
        if len(rows) < CHUNK:
            return list(found.values())
        bound = {"min_id": rows[-1].id} if page.upwards else {"max_id": rows[-1].id}
        part = msgspec.structs.replace(part, **bound)


async def _members(tx: Tx, me: int, key: str, page: Page, wanted: Wanted) -> list[Told]:
    if not key.startswith(ALONE):
        return await store.group(tx, me, key, page, wanted)
    alone = await store.one(tx, me, ids.parse(key.removeprefix(ALONE)))
    return [alone] if alone else []


async def _grouped(tx: Tx, me: int, keyed: Sequence[tuple[str, Told]], bounds: tuple[int, int], wanted: Wanted) -> list[Group]:
    """Return the groups of these keys, each through one of its notifications, as they are within `bounds` (of the page)."""
    together = [key for key, _ in keyed if not key.startswith(ALONE)]
    sums = await store.summaries(tx, me, together, bounds, wanted) if together else {}
    newest = [
        Told(sums[key].id, told.kind, sums[key].account_ids[0], sums[key].post_id, told.report_id, key, None)
        if key in sums
        else told
        for key, told in keyed
    ]
    keys = dict(zip([told.id for told in newest], [key for key, _ in keyed], strict=True))
    found = []
    for shown in await _hydrated(tx, me, newest):
        key, told = keys[shown.told.id], shown.told
        if key in sums:
            found.append(Group(key, shown, sums[key].size, sums[key].page_min_id, sums[key].account_ids))
        else:
            found.append(Group(key, shown, 1, told.id, [told.from_id]))
    return found


async def _hydrated(tx: Tx, me: int, told: Sequence[Told]) -> list[Notification]:
    wanted = list({one.post_id for one in told if one.post_id is not None})
    seen = {row.post.id: speaking(row) for row in await posts.visible(tx, wanted, me)} if wanted else {}
    return [
        Notification(one, None if one.post_id is None else seen[one.post_id])
        for one in told
        if one.post_id is None or one.post_id in seen
    ]


def speaking(row: Seen) -> Seen:
    """Return the post that says something: the boosted one, or itself."""
    return Seen(row.cursor, row.original, None, row.gestures) if row.original else row
