"""Whom to tell when others act. Each reaction may run twice: it tells once. Each undoing is forgotten."""

from __future__ import annotations

from salledepause.features import moderation, posts
from salledepause.features.accounts import SignedUp
from salledepause.features.barometer import Reddened
from salledepause.features.company import Rung
from salledepause.features.desks import Waiting
from salledepause.features.graph import Blocked, Followed, FollowRequested, Limited, Recommended, RequestDecided, Unfollowed
from salledepause.features.moderation import ReportFiled, Warned
from salledepause.features.noticeboard import ItemDenied
from salledepause.features.notifications import away_store, requests_store, store, warnings_store
from salledepause.features.notifications.model import Kind, Notified, PushDue, ReplyDue
from salledepause.features.posts import OPEN, Boosted, Favourited, PollEnded, PostEdited, PostPublished, Quoted, Unfavourited
from salledepause.features.victories import Thanked
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject


async def published(tx: Tx, event: PostPublished) -> None:
    """Tell whom a post names, and who follows its author with alerts."""
    if not event.heard:
        return
    told = await store.published(tx, event.post_id)
    await _tell(tx, told)
    absent = [one.account_id for one in told if one.away and not one.aside]
    for account_id in await away_store.answering(tx, absent, event.post_id) if absent else ():
        await emit(tx, ReplyDue(account_id, event.post_id))


async def quoted(tx: Tx, event: Quoted) -> None:
    """Tell somebody that they are quoted."""
    await _tell(tx, await store.quoted(tx, event.post_id))


async def thanked(tx: Tx, event: Thanked) -> None:
    """Tell whom a post thanks, where they may read it."""
    await _tell(tx, await store.thanked(tx, event.post_id))


async def denied(tx: Tx, event: ItemDenied) -> None:
    """Tell whoever was shown an item as a rumour that it is denied."""
    await _tell(tx, await store.denied(tx, event.post_id))


async def rung(tx: Tx, event: Rung) -> None:
    """Tell who is on shift, or a host, that somebody asks for a word; again when they are called again."""
    await _tell(tx, await store.rung(tx, event.post_id, event.account_ids))


async def desk_waits(tx: Tx, event: Waiting) -> None:
    """Tell some that their desk waits for them; what is told again takes the place of what was told before."""
    for account_id in event.account_ids:
        await _tell(tx, await warnings_store.own(tx, Kind.DESK, account_id))


async def room_red(tx: Tx, event: Reddened) -> None:
    """Tell who keeps a room that it is red, or that one is again: it takes the place of what was told before."""
    for account_id in event.account_ids:
        await _tell(tx, await warnings_store.own(tx, Kind.ROOM_RED, account_id))


async def edited(tx: Tx, event: PostEdited) -> None:
    """Tell whom an edited post newly names, and who boosted or quoted it."""
    await _tell(tx, await store.edited(tx, event.post_id))


async def favourited(tx: Tx, event: Favourited) -> None:
    """Tell an author of a favourite."""
    await _tell(tx, await store.favourited(tx, event.post_id, event.account_id))


async def unfavourited(tx: Tx, event: Unfavourited) -> None:
    """Forget a favourite."""
    await store.unfavourite(tx, event.post_id, event.account_id)


async def boosted(tx: Tx, event: Boosted) -> None:
    """Tell an author of a boost; when the boost goes, its row takes the notification along."""
    await _tell(tx, await store.boosted(tx, event.boost_id))


async def followed(tx: Tx, event: Followed) -> None:
    """Tell somebody that they are followed."""
    await _tell(tx, await store.person(tx, Kind.FOLLOW, event.account_id, event.target_id))


async def unfollowed(tx: Tx, event: Unfollowed) -> None:
    """Forget a follow."""
    await store.undo(tx, Kind.FOLLOW, event.account_id, event.target_id)


async def follow_requested(tx: Tx, event: FollowRequested) -> None:
    """Tell somebody that they are asked."""
    await _tell(tx, await store.person(tx, Kind.FOLLOW_REQUEST, event.account_id, event.target_id))


async def request_decided(tx: Tx, event: RequestDecided) -> None:
    """Forget a request that no longer waits."""
    await store.undo(tx, Kind.FOLLOW_REQUEST, event.account_id, event.target_id)


async def collected(tx: Tx, event: Recommended) -> None:
    """Tell somebody that they are recommended in a collection."""
    await _tell(tx, await store.collected(tx, event.collection_id, event.account_id))


async def blocked(tx: Tx, event: Blocked) -> None:
    """Forget that somebody was let in who is now shut out."""
    await requests_store.withdraw(tx, event.account_id, event.target_id)


async def limited(tx: Tx, event: Limited) -> None:
    """Set apart what somebody was told of an account, until it is limited no more."""
    await requests_store.set_apart(tx, event.account_id, event.target_id)


async def poll_ended(tx: Tx, event: PollEnded) -> None:
    """Tell the author and the voters that a poll closed: those who still may see it."""
    voters = await posts.polls.voters(tx, event.post_id)
    said = (await posts.load(tx, [event.post_id])).get(event.post_id)
    if said is not None and said.audience not in OPEN:
        voters = [voter for voter in voters if await posts.visible(tx, [event.post_id], voter)]
    await _tell(tx, await store.polled(tx, event.post_id, list(voters)))


async def signed_up(tx: Tx, event: SignedUp) -> None:
    """Tell the hosts that somebody came."""
    await _tell(tx, await store.hosts(tx, Kind.SIGN_UP, event.account_id))


async def report_filed(tx: Tx, event: ReportFiled) -> None:
    """Tell the hosts of a report, but not the one it is about."""
    report = (await moderation.load(tx, [event.report_id])).get(event.report_id)
    if report is not None and report.account_id is not None:
        told = await store.hosts(tx, Kind.REPORT, report.account_id, report_id=report.id, about=report.target_id)
        await _tell(tx, told)


async def warned(tx: Tx, event: Warned) -> None:
    """Tell somebody what the hosts decided about them, in nobody's name."""
    await _tell(tx, await warnings_store.warn(tx, event.account_id, event.act_id))


async def wave_opened(tx: Tx, post_id: int) -> None:
    """Tell an author that their victory is being congratulated; not by whom."""
    said = (await posts.load(tx, [post_id]))[post_id]
    await _tell(tx, await warnings_store.own(tx, Kind.WAVE, said.account_id, post_id))


async def asked_for_victory(tx: Tx, account_id: int) -> None:
    """Ask somebody for a small victory of this week."""
    await _tell(tx, await warnings_store.own(tx, Kind.PROMPT, account_id))


async def asked_no_more(tx: Tx, account_id: int) -> None:
    """Forget that somebody was asked for a small victory."""
    await store.undo(tx, Kind.PROMPT, account_id, account_id)


async def shown(tx: Tx, post_id: int, account_id: int, since: int) -> None:
    """Tell somebody now of what waited behind their shield; what was told before the id `since` comes back at its place."""
    await _tell(tx, await store.shown(tx, post_id, account_id, since))


async def digest(tx: Tx, account_id: int) -> None:
    """Tell somebody that their shield has something to say; the last digest takes the place of the one before."""
    await _tell(tx, await warnings_store.own(tx, Kind.DIGEST, account_id))


async def pile_on(tx: Tx, account_id: int, post_id: int) -> None:
    """Tell somebody that many answer a person at once, there."""
    await _tell(tx, await warnings_store.own(tx, Kind.PILE_ON, account_id, post_id))


async def asked_by_friend(tx: Tx, from_id: int, account_id: int) -> None:
    """Tell somebody that a person asks them for help with their shield, or for a duel."""
    await _tell(tx, await store.person(tx, Kind.ASKED, from_id, account_id))


async def asks_no_more(tx: Tx, from_id: int, account_id: int) -> None:
    """Forget that somebody asked."""
    await store.undo(tx, Kind.ASKED, from_id, account_id)


async def _tell(tx: Tx, told: store.Fresh) -> None:
    for one in told:
        tx.touches(Subject.NOTIFIED, one.account_id)
        if not (one.aside or one.covered or one.away):
            await emit(tx, Notified(one.id, one.account_id))
            for subscription_id in one.subscriptions:
                await emit(tx, PushDue(one.id, subscription_id))
    if put_aside := [one.id for one in told if one.aside]:
        await store.put_aside(tx, put_aside)
