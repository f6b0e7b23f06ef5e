"""Quotes by consent: nobody quotes whom did not agree, whoever is quoted may always read it, and takes it back at will.

What a post quotes is never part of what it says to everybody: `of` asks the gate for each viewer, as polls are asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.graph import Blocked, Unblocked
from salledepause.features.posts import gate, placing, quotes_store, readings, store
from salledepause.features.posts.events import Quoted, QuoteWithdrawn
from salledepause.features.posts.model import OPEN, Audience, Gesture, Kind, Post, Quote, QuotePolicy, QuoteState, Seen
from salledepause.features.posts.store import Bare
from salledepause.features.rooms import Room
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page

CLOSED = "Son auteur n'a pas ouvert ce message à la citation."
UNNAMED = "Dans un message privé, on ne cite que les personnes qui y sont nommées."


async def asked(
    tx: Tx, quoted_id: int | None, author_id: int, where: tuple[int | None, Room | None] = (None, None)
) -> Bare | None:
    """Return what somebody wants to quote, held until the commit with what they answer. Raises Missing, Forbidden, BadInput.

    `where`: what they answer, and the room where they speak. What is said in a room is quoted there alone, and nothing else is.

    It is asked twice: what was seen before it was held may be closed or erased by then.
    """
    if quoted_id is None:
        return None
    parent_id, room = where
    subject = await gate.subject(tx, quoted_id, author_id)
    await store.hold(tx, [subject, parent_id or subject])
    seen = await gate.one_visible(tx, subject, author_id)
    if not seen.gestures & Gesture.QUOTE:
        raise Forbidden(CLOSED)
    quoted = await store.bare(tx, subject)
    if quoted is None:
        raise Missing
    placing.check_quote(quoted, room)
    return quoted


async def attach(tx: Tx, post: Post, quoted: Bare) -> None:
    """Write what a new post quotes: whoever is quoted may read it, and is told.

    Raises BadInput for a private word that does not name them.
    """
    if quoted.account_id != post.account_id:
        if post.audience is Audience.DIRECT and quoted.account_id not in {one.id for one in post.mentions}:
            raise BadInput(UNNAMED)
        if post.audience is Audience.FOLLOWERS:
            await quotes_store.let_read(tx, post.id, quoted.account_id)
    await quotes_store.insert(tx, post.id, quoted.id)
    await emit(tx, Quoted(post.id))


async def of(tx: Tx, post_ids: Sequence[int], viewer: int | None) -> dict[int, Quote]:
    """Return what posts quote, by the quoting post, as the viewer may see it there: each through the gate."""
    found = {}
    for line in await quotes_store.of(tx, post_ids, viewer):
        tx.stands_on(Subject.POST, line.quoted_id or line.post_id)
        tx.stands_on(Subject.ACCOUNT, line.author_id or 0)
        state = _state(line)
        found[line.post_id] = Quote(state, gate.seen(line.row) if state is QuoteState.ACCEPTED else None)
    return found


async def cited(tx: Tx, post_ids: Sequence[int], viewer: int) -> dict[int, tuple[int, int]]:
    """Return (author, post) that posts quote, by the quoting post, of whom the viewer mutes too: for archives of one's own."""
    lines = await quotes_store.of(tx, post_ids, viewer) if post_ids else []
    shown = [line for line in lines if _state(line) in {QuoteState.ACCEPTED, QuoteState.MUTED}]
    return {line.post_id: (line.author_id, line.quoted_id) for line in shown if line.author_id and line.quoted_id}


def _state(line: quotes_store.Line) -> QuoteState:
    if line.revoked:
        return QuoteState.REVOKED
    if line.quoted_id is None:
        return QuoteState.DELETED
    if not line.open:
        return QuoteState.UNAUTHORIZED
    return QuoteState.BLOCKED if line.blocked else QuoteState.MUTED if line.muted else QuoteState.ACCEPTED


async def quoting(tx: Tx, post_id: int, viewer: int, page: Page) -> Listed[Seen]:
    """Return a page of the posts that quote one, as the viewer may see them; raises Missing."""
    subject = await gate.subject(tx, post_id, viewer)
    source = gate.Source("quotes q JOIN posts p ON p.id = q.post_id", where="q.quoted_id = %(quoted)s AND NOT q.revoked")
    return await gate.listing(tx, source, page, viewer, quoted=subject)


async def revoke(tx: Tx, author_id: int, post_id: int, quoting_id: int) -> int:
    """Take one's own post back from a post that quotes it, for ever; return the latter. Twice equals once. Raises Missing."""
    await readings.own(tx, author_id, post_id)
    quoting_id = await gate.subject(tx, quoting_id, author_id)
    await store.hold(tx, [post_id])
    shows = await quotes_store.quotes(tx, quoting_id, post_id)
    if shows is None:
        raise Missing
    if shows:
        await quotes_store.revoke(tx, quoting_id, post_id)
        await emit(tx, QuoteWithdrawn(quoting_id))
    return quoting_id


async def open_to(tx: Tx, author_id: int, post_id: int, policy: QuotePolicy) -> None:
    """Say who may quote one's own post from now on; what is not open to all stays closed. Raises Missing."""
    post = await readings.own(tx, author_id, post_id)
    if post.audience in OPEN:
        await quotes_store.set_policy(tx, post_id, policy)


async def kind_quoted(tx: Tx, post_id: int) -> Kind | None:
    """Return the kind of what a post quotes, if that is still there."""
    kind = await quotes_store.quoted_kind(tx, post_id)
    return Kind(kind) if kind else None


async def withdrawn(tx: Tx, post_ids: Sequence[int]) -> None:
    """Say that posts about to be erased show no more where they are quoted, and quote no more."""
    await quotes_store.uncount(tx, post_ids)
    for quoting_id in await quotes_store.quoting(tx, post_ids):
        await emit(tx, QuoteWithdrawn(quoting_id))


async def barred(tx: Tx, event: Blocked | Unblocked) -> None:
    """Two people of whom one blocks the other are not quoted by each other meanwhile."""
    quoting_ids = await quotes_store.between(tx, event.account_id, event.target_id)
    tx.touches(Subject.POST, *quoting_ids)
    for quoting_id in quoting_ids:
        await emit(tx, QuoteWithdrawn(quoting_id))
