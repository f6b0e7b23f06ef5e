"""What hosts decide about an account: let in or turned away, warned, limited, suspended, erased; each act is noted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Literal

import msgspec

from salledepause.features import accounts, posts
from salledepause.features.accounts import Account, Sought
from salledepause.features.moderation import desk, hosts, journal, store
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import Warned, reason_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.page import Listed, Page

Measure = Literal["none", "sensitive", "disable", "silence", "suspend"]
Lifting = Literal["enable", "unsilence", "unsuspend", "unsensitive"]
Gesture = Callable[[Tx, int], Awaitable[None]]

MEASURES: dict[str, Gesture] = {
    "sensitive": accounts.veil,
    "disable": accounts.disable,
    "silence": accounts.silence,
    "suspend": accounts.suspend,
}
LIFTINGS: dict[str, Gesture] = {
    "enable": accounts.enable,
    "unsilence": accounts.unsilence,
    "unsuspend": accounts.restore,
    "unsensitive": accounts.unveil,
}


class Decision(msgspec.Struct, frozen=True):
    """A measure, why, and the report that it answers; `none` is a word to the person and in the journal, no more."""

    measure: Measure
    reason: str = ""
    report_id: int | None = None


async def people(tx: Tx, host_id: int, sought: Sought, page: Page) -> Listed[Account]:
    """Return a page of all accounts, for a host. Raises Forbidden."""
    await hosts.keeper(tx, host_id)
    return await accounts.roster(tx, sought, page)


async def person(tx: Tx, host_id: int, account_id: int) -> Account:
    """Return an account in any state, for a host. Raises Forbidden, Missing."""
    await hosts.keeper(tx, host_id)
    return await accounts.one(tx, account_id)


async def decide(tx: Tx, host_id: int | None, target_id: int, decision: Decision) -> None:
    """Take a measure; twice equals once. It settles the report that it answers, or, unless it is `none`, all about the account.

    Raises Forbidden, Missing (also for a report about somebody else), BadInput.
    """
    target = await hosts.subject(tx, host_id, target_id)
    if target.state == "pending":
        raise BadInput("Ce compte attend une décision : acceptez-le ou refusez-le.")
    reason = reason_of(decision.reason)
    if decision.report_id is not None:
        await _check_report(tx, decision.report_id, target_id)
    if decision.measure != "none":
        await MEASURES[decision.measure](tx, target_id)
    act = Act(host_id=host_id, act=decision.measure, target_id=target_id, report_id=decision.report_id, reason=reason)
    await emit(tx, Warned(await journal.note(tx, act), target_id))
    if decision.measure != "none" and host_id is not None:
        await store.resolve_about(tx, host_id, target_id)
    elif decision.report_id is not None and host_id is not None:
        await store.resolve(tx, host_id, decision.report_id)


async def lift(tx: Tx, host_id: int | None, target_id: int, lifting: Lifting) -> None:
    """Undo a measure; twice equals once. Raises Forbidden, Missing."""
    await hosts.subject(tx, host_id, target_id)
    await LIFTINGS[lifting](tx, target_id)
    await journal.note(tx, Act(host_id=host_id, act=lifting, target_id=target_id))


async def approve(tx: Tx, host_id: int | None, target_id: int) -> None:
    """Let in somebody who waits. Raises Forbidden, Missing, Conflict when nobody waits there."""
    await hosts.subject(tx, host_id, target_id)
    await accounts.approve(tx, target_id)
    await journal.note(tx, Act(host_id=host_id, act="approve", target_id=target_id))


async def reject(tx: Tx, host_id: int | None, target_id: int) -> list[str]:
    """Turn away somebody who waits; return the keys of blobs to drop after the commit.

    Raises Forbidden, Missing, Conflict when nobody waits there.
    """
    await hosts.subject(tx, host_id, target_id)
    gone = await accounts.reject(tx, target_id)
    await journal.note(tx, Act(host_id=host_id, act="reject", target_id=target_id))
    return gone


async def erase(tx: Tx, host_id: int | None, target_id: int) -> list[str]:
    """Erase an account for good; return the keys of blobs to drop after the commit.

    Only an admin may, and only what is suspended already; the command line may erase anybody. Raises Forbidden, Missing.
    """
    target = await hosts.subject(tx, host_id, target_id)
    if host_id is not None and ((await hosts.keeper(tx, host_id)).role != "admin" or target.state != "suspended"):
        raise Forbidden
    gone = await accounts.erase(tx, target_id)
    await journal.note(tx, Act(host_id=host_id, act="erase", target_id=target_id))
    return gone


async def read_journal(tx: Tx, host_id: int | None, page: Page) -> Listed[journal.Noted]:
    """Return a page of the journal, the latest act first. Raises Forbidden for who is no host."""
    if host_id is not None:
        await hosts.keeper(tx, host_id)
    return await journal.read(tx, page)


async def history(tx: Tx, host_id: int, target_id: int, page: Page) -> Listed[journal.Noted]:
    """Return what the journal says of an account, the latest act first; of oneself, nothing. Raises Forbidden."""
    await hosts.keeper(tx, host_id)
    return Listed([]) if target_id == host_id else await journal.read(tx, page, target_id)


async def withdraw_posts(tx: Tx, host_id: int, report_id: int, post_ids: Collection[int], reason: str = "") -> list[str]:
    """Erase posts that a report names and that this host may read, tell their author, settle the report.

    Returns the keys of blobs to drop after the commit. Raises Forbidden, Missing (also for any other post), BadInput for none.
    """
    found = await desk.one_report(tx, host_id, report_id)
    await hosts.subject(tx, host_id, found.target_id)
    wanted = set(post_ids)
    if not wanted:
        raise BadInput("Choisissez les messages à effacer.")
    seen = {row.post.id for row in await posts.visible(tx, sorted(wanted), host_id)}
    if not wanted <= seen & set(found.post_ids):
        raise Missing
    gone = await posts.erase_all(tx, sorted(wanted))
    act = Act(host_id=host_id, act="delete_statuses", target_id=found.target_id, report_id=report_id, reason=reason_of(reason))
    await emit(tx, Warned(await journal.note(tx, act), found.target_id))
    await store.resolve(tx, host_id, report_id)
    return gone


async def _check_report(tx: Tx, report_id: int, target_id: int) -> None:
    found = (await store.load(tx, [report_id])).get(report_id)
    if found is None or found.target_id != target_id:
        raise Missing
