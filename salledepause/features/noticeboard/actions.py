"""What one can do with a board: pin an info, take it off, say what became of it."""

from __future__ import annotations

from salledepause.features import posts, rooms
from salledepause.features.noticeboard import store
from salledepause.features.noticeboard.model import MOST_PINNED, By, ItemDenied, State, check_step, sourced
from salledepause.features.noticeboard.readings import as_what
from salledepause.features.posts import SHOWN, Kind, Post, PostShownAnew
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.text import fits


async def pin(tx: Tx, me: int, post_id: int) -> None:
    """Pin a short info of a room to its board: a rumour, until somebody says more. Twice equals once.

    Raises Missing, Forbidden for who may not, BadInput for what is no such post, and for a full board.
    """
    post, by = await _meant(tx, me, post_id)
    room_id = post.room_id
    if post.expires_at:
        raise BadInput("Ici, tout s'efface : rien ne s'épingle à un tableau.")
    if room_id is None or post.kind is not Kind.INFO or not fits(post.text, SHOWN, tx.link_weight):
        raise BadInput("Au tableau d'une pièce, on épingle une info de cette pièce, en {most} caractères au plus.", most=SHOWN)
    if not await rooms.speaks(tx, me, room_id):
        raise Forbidden("Vous pouvez lire cette pièce, pas y parler.")
    await rooms.hold(tx, room_id)
    known = await store.hold(tx, post_id)
    if await store.pinned(tx, room_id) >= MOST_PINNED:
        raise BadInput("Le tableau est plein : décrochez-en une info d'abord.")
    if known is None:
        await store.insert(tx, post_id, room_id)
        await store.note_step(tx, post_id, State.RUMOUR, by, "")
    else:
        await store.pin(tx, post_id, on=True)
    await _show(tx, post_id, room_id)


async def unpin(tx: Tx, me: int, post_id: int) -> None:
    """Take an item off its board: what is known of it stays with the post. Twice equals once. Raises Missing, Forbidden."""
    post, _ = await _meant(tx, me, post_id)
    if await store.hold(tx, post_id) is None:
        raise Missing
    await store.pin(tx, post_id, on=False)
    await _show(tx, post_id, post.room_id or 0)


async def decide(tx: Tx, me: int, post_id: int, state: State, source: str = "") -> None:
    """Say what became of an item, with its source; to say again what is known changes nothing.

    A denial tells whoever was shown it while nothing was decided. Raises Missing, Forbidden, BadInput.
    """
    post, by = await _meant(tx, me, post_id)
    now, source = await store.hold(tx, post_id), sourced(source)
    if now is None:
        raise Missing
    if state is now:
        return
    check_step(now, state, source)
    await store.change(tx, post_id, state, source)
    await store.note_step(tx, post_id, state, by, source)
    await _show(tx, post_id, post.room_id or 0)
    if state is State.DENIED:
        await store.forget(tx, post_id, me)
        await emit(tx, ItemDenied(post_id))


async def _meant(tx: Tx, me: int, post_id: int) -> tuple[Post, By]:
    """Return a post of a room that one may decide about, and as what. Raises Missing, Forbidden, BadInput."""
    await posts.one_visible(tx, post_id, me)
    post = (await posts.load(tx, [post_id])).get(post_id)
    if post is None:
        raise Missing
    if post.room_id is None:
        raise BadInput("Seule une info dite dans une pièce va à son tableau.")
    by = await as_what(tx, me, post)
    if by is None:
        raise Forbidden("Seuls décident du tableau l'auteur·e de l'info, qui garde la pièce, et les hôtes qui y lisent.")
    return post, by


async def _show(tx: Tx, post_id: int, room_id: int) -> None:
    await posts.shown_anew(tx, [post_id])
    tx.touches(Subject.ROOM, room_id)
    await emit(tx, PostShownAnew(post_id))
