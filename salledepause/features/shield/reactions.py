"""What the shield does when somebody is spoken to: the mention is covered, judged by a job, then shown or held in the sas.

Whatever becomes of the engine, no mention is lost: what has no verdict after two minutes is shown.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from salledepause.features import language, notifications, posts
from salledepause.features.language import Mention, MentionVerdict
from salledepause.features.posts import PostEdited, PostPublished, Quoted
from salledepause.features.shield import counts_store, insults, store
from salledepause.features.shield.model import RELATIONS, Case, Item, JudgeDue, digest_due, waits, week_of
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

AT_MOST = timedelta(minutes=2)
"""How long a mention may wait for its verdict."""
AN_HOUR = timedelta(hours=1)
AT_ONCE = 200
"""Wearers who are seen to in one transaction."""


async def published(tx: Tx, event: PostPublished) -> None:
    """Cover a post for whoever wears a shield and is named or answered by it."""
    if event.heard or event.answers:
        await _arrived(tx, event.post_id)


async def quoted(tx: Tx, event: Quoted) -> None:
    """Cover a post for whoever wears a shield and is quoted by it."""
    await _arrived(tx, event.post_id)


async def edited(tx: Tx, event: PostEdited) -> None:
    """Judge again what says something else, but what is in the sas already."""
    await _arrived(tx, event.post_id)


async def _arrived(tx: Tx, post_id: int) -> None:
    wearers = await store.arrived(tx, post_id)
    if wearers:
        await posts.cover(tx, post_id, wearers)
        await emit(tx, JudgeDue(post_id))


async def judge(site: Site, post_id: int) -> None:
    """Judge a post for those for whom it waits; twice equals once. It opens transactions of its own."""
    async with site.db.transaction() as tx:
        post = (await posts.load(tx, [post_id])).get(post_id)
        text = f"{post.warning}\n{post.text}".strip() if post else ""
        cases = await store.cases(tx, post_id, insults.print_of(text), clock.now() - AN_HOUR)
    asked = [Mention(text, f"@{case.handle}", RELATIONS.get(case.tie, "stranger")) for case in cases]
    if not (text and asked):
        await let_by(site, post_id)
        return
    async with site.readers:
        verdicts = await asyncio.to_thread(_read, asked)
    async with site.db.transaction() as tx:
        for case, verdict in zip(cases, verdicts, strict=True):
            await _settle(tx, post_id, text, (case, verdict))


def _read(asked: list[Mention]) -> list[MentionVerdict]:
    return language.mentions(asked, language.full())


async def _settle(tx: Tx, post_id: int, text: str, judged: tuple[Case, MentionVerdict]) -> None:
    case, verdict = judged
    found = insults.found(await counts_store.words(tx, case.account_id), text)
    if not waits(case, verdict, found):
        gone = await store.drop(tx, case.id, "judging")
        if gone:
            await show(tx, gone)
    elif await store.hold(tx, case.id, (verdict.kind, verdict.target, case.tie, verdict.reason)):
        await counts_store.count(tx, case.account_id, week_of(ids.made_at(case.id)), verdict.kind, found)
        await posts.cover(tx, post_id, [case.account_id])


async def show(tx: Tx, one: Item) -> None:
    """Show a mention that waited, and tell its wearer of it."""
    if await posts.uncover(tx, one.post_id, one.account_id):
        await notifications.shown(tx, one.post_id, one.account_id, one.id >> 16 << 16)


async def let_by(site: Site, post_id: int) -> None:
    """Show a post to those for whom it waits for a verdict that does not come."""
    async with site.db.transaction() as tx:
        for waiting in await store.judging(tx, post_id):
            gone = await store.drop(tx, waiting.id, "judging")
            if gone:
                await show(tx, gone)


async def sweep(site: Site) -> None:
    """Show what has waited too long for its verdict."""
    async with site.db.reading() as tx:
        overdue = await store.overdue(tx, clock.now() - AT_MOST)
    for post_id in overdue:
        await let_by(site, post_id)


async def tell(site: Site) -> None:
    """Tell each wearer at their hour that something waits, if something came since the last time; never in quiet hours."""
    last = 0
    while True:
        async with site.db.transaction() as tx:
            found = await store.to_digest(tx, last, AT_ONCE)
            for account_id, shield, digested_at in found:
                now, quiet = clock.now(), (await notifications.rest(tx, account_id)).quiet
                if digest_due(shield, quiet, digested_at, now) and await store.digested(tx, account_id, digested_at, now):
                    await notifications.digest(tx, account_id)
        if len(found) < AT_ONCE:
            return
        last = found[-1][0]
