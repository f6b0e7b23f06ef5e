"""Posts of tomorrow: checked when they are written, published at their hour, once, or not at all when that is refused by then."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import msgspec
import structlog

from salledepause.features import accounts, rooms
from salledepause.features.posts import media, placing, polls, publishing, quotes, scheduled_store, store
from salledepause.features.posts.model import Draft, checked, kind_of
from salledepause.features.posts.publishing import bounded, contributor
from salledepause.features.posts.scheduled_store import Scheduled
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.page import Listed, Page, listed
from salledepause.kernel.site import Site
from salledepause.kernel.text import scan

__all__ = ["MOST", "MOST_IN_A_DAY", "Scheduled", "cancel", "move", "one", "page", "publish", "schedule"]

log = structlog.get_logger(__name__)

MOST, MOST_IN_A_DAY = 300, 25
PUBLISH = "posts.publish_scheduled"


async def schedule(tx: Tx, account_id: int, draft: Draft, at: datetime, key: str = "") -> Scheduled:
    """Schedule a post, or return the one that the same idempotency key made. Raises BadInput, Forbidden, Missing."""
    scheduled_id, _ = await ids.fresh(tx)
    known = await store.claim(tx, account_id, sha256(key.encode()).digest(), scheduled_id) if key else scheduled_id
    if known != scheduled_id:
        return await one(tx, account_id, known)
    settled = await _settled(tx, account_id, draft)
    await _check_room(tx, account_id, at)
    made = await scheduled_store.insert(tx, account_id, settled, at, scheduled_id)
    await media.reserve(tx, account_id, made.id, settled.media_ids)
    await _plan(tx, made.id, at)
    return made


async def _settled(tx: Tx, account_id: int, draft: Draft) -> Draft:
    """Check all that can be checked now, and settle who will read it."""
    draft = checked(draft, tx.link_weight)
    found = bounded(scan(f"{draft.warning}\n{draft.text}"))
    author = await contributor(tx, account_id)
    poll = draft.poll and polls.checked(draft.poll)
    parent = await publishing.answered(tx, draft.parent_id, account_id)
    _, room = await placing.addressed(tx, account_id, (draft, parent), found)
    placing.check_now(room)
    quoted = await quotes.asked(tx, draft.quoted_id, account_id, (parent and parent.id, room))
    kind_of(draft.kind, parent and parent.kind, quoted and quoted.kind)
    audience, policy = placing.audience(draft, author, (parent, quoted), room)
    return msgspec.structs.replace(draft, poll=poll, audience=audience, quote_policy=policy, room_id=room and room.id)


async def _check_room(tx: Tx, account_id: int, at: datetime) -> None:
    total, same_day = await scheduled_store.count(tx, account_id, at)
    if total >= MOST:
        raise BadInput("Au plus {limit} messages programmés : annulez-en un d'abord.", limit=MOST)
    if same_day >= MOST_IN_A_DAY:
        raise BadInput("Au plus {limit} messages programmés pour un même jour.", limit=MOST_IN_A_DAY)


async def _plan(tx: Tx, scheduled_id: int, at: datetime) -> None:
    if tx.wiring is not None:
        await tx.wiring.jobs.defer(tx, PUBLISH, {"scheduled_id": scheduled_id}, at=at)


async def page(tx: Tx, account_id: int, page: Page) -> Listed[Scheduled]:
    """Return one page of what an account has scheduled."""
    rows = await scheduled_store.page(tx, account_id, page)
    return listed(rows, [row.id for row in rows], page)


async def one(tx: Tx, account_id: int, scheduled_id: int) -> Scheduled:
    """Return an account's scheduled post; raises Missing."""
    found = await scheduled_store.one(tx, account_id, scheduled_id)
    if found is None:
        raise Missing
    return found


async def move(tx: Tx, account_id: int, scheduled_id: int, at: datetime) -> Scheduled:
    """Change the hour of a scheduled post; return it. Raises Missing, BadInput."""
    before = await one(tx, account_id, scheduled_id)
    if before.at.date() != at.date():
        _, same_day = await scheduled_store.count(tx, account_id, at)
        if same_day >= MOST_IN_A_DAY:
            raise BadInput("Au plus {limit} messages programmés pour un même jour.", limit=MOST_IN_A_DAY)
    if not await scheduled_store.move(tx, account_id, scheduled_id, at):
        raise Missing
    await _plan(tx, scheduled_id, at)
    return await one(tx, account_id, scheduled_id)


async def cancel(tx: Tx, account_id: int, scheduled_id: int) -> None:
    """Give a scheduled post up; raises Missing."""
    if not await scheduled_store.cancel(tx, account_id, scheduled_id):
        raise Missing


async def publish(site: Site, scheduled_id: int) -> None:
    """Publish a scheduled post at its hour, as if written now; nothing happens when it was moved, cancelled or done already.

    What may no longer be published is given up: its parent is gone, its author suspended or shut out, its words would end.
    """
    try:
        async with site.db.transaction() as tx:
            if taken := await scheduled_store.take(tx, scheduled_id):
                await _publish(tx, *taken)
    except (BadInput, Forbidden, Missing) as refusal:
        log.warning("scheduled.refused", scheduled_id=scheduled_id, why=type(refusal).__name__)
        async with site.db.transaction() as tx:
            await scheduled_store.take(tx, scheduled_id)


async def _publish(tx: Tx, account_id: int, draft: Draft) -> None:
    author = await accounts.one(tx, account_id)
    if author.state != "active" or author.disabled:
        raise Forbidden
    if draft.room_id and (await rooms.rules(tx, draft.room_id)).expires_hours:
        raise Forbidden  # it waited in the open, and is to leave no trace there
    await publishing.publish(tx, account_id, draft)
