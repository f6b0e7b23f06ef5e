"""What one can do with posts: publish, answer, edit, and the four gestures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from salledepause.features import accounts, rooms
from salledepause.features.posts import closing, edits_store, gate, media, placing, polls, quotes, readings, store, withholding
from salledepause.features.posts.events import Boosted, Favourited, PostEdited, PostErased, PostPublished, Unfavourited
from salledepause.features.posts.model import (
    MOST_PINS,
    OPEN,
    Audience,
    Change,
    Gesture,
    Post,
    check_language,
    check_length,
    kind_of,
)
from salledepause.features.posts.publishing import bounded, contributor
from salledepause.features.posts.store import Bare
from salledepause.features.posts.withholding import tags_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.text import Found, clean, scan


async def edit(tx: Tx, author_id: int, post_id: int, change: Change, *, looked: bool = False) -> bool:
    """Change what a post says, keeping what it said, and return whether that was done: if not, it waits for a host.

    Who may read it never changes. A host `looked` at it: it waits no more. Raises Missing, BadInput, Forbidden.
    """
    post = await readings.own(tx, author_id, post_id)
    withholding.check_edit(held=post.held)
    room = await rooms.may_go_on(tx, author_id, post.room_id) if post.room_id else None
    if room:
        placing.check_holds(room, change.media_ids, change.poll)
    if change.closed is not None:
        await closing.settle(tx, author_id, post_id, closed=change.closed)
    if not await store.touch(tx, post_id):
        raise Missing
    if change.quote_policy:
        await quotes.open_to(tx, author_id, post_id, change.quote_policy)
    now = await readings.whole(tx, post_id)
    text = now.text if change.text is None else clean(change.text)
    warning = now.warning if change.warning is None else clean(change.warning)
    check_length(text, warning, tx.link_weight)
    check_language(change.language)
    kept = change.media_ids if change.media_ids is not None else tuple(one.id for one in now.media)
    if not text and not kept and not (change.poll or now.has_poll):
        raise BadInput("Écrivez quelque chose, ou joignez une image ou un sondage.")
    bounded(scan(f"{warning}\n{text}"))
    kind = {"kind": await _kind_again(tx, post, change)} if change.kind else {}
    options = change.poll.options if change.poll else None
    if not looked and (ground := await withholding.ground_again(tx, now, (warning, text), options)):
        await withholding.keep(tx, now, change, ground)
        return False
    if not looked:
        await withholding.drop(tx, post_id)
    await _rewrite(tx, post, now, change, kind | {"text": text, "warning": warning, "has_media": bool(kept)})
    return True


async def _rewrite(tx: Tx, post: Bare, now: Post, change: Change, said: dict[str, Any]) -> None:
    """Write an edit that was looked at: what is `said` from now on, by column, beside what says itself."""
    await edits_store.keep_edit(tx, post.id, now.media, await polls.options(tx, post.id))
    await media.reattach(tx, post.account_id, post.id, change)
    said["has_poll"] = await polls.replace(tx, post.id, change)
    plain = {name: getattr(change, name) for name in ("sensitive", "language", "shows_family")}
    await edits_store.rewrite(tx, now, {name: value for name, value in plain.items() if value is not None} | said)
    store.shown(tx, post.account_id, post.conversation_id, room_id=post.room_id)
    await _rename(tx, post, scan(f"{said['warning']}\n{said['text']}"))
    await readings.index(tx, [post.id])
    await emit(tx, PostEdited(post.id, post.account_id))


async def favourite(tx: Tx, account_id: int, post_id: int) -> int:
    """Favour a post (of a boost: the boosted one); return its id. Doing it twice equals once. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    if await store.gesture(tx, account_id, subject, Gesture.FAVOURITE):
        await store.count(tx, subject, Gesture.FAVOURITE, 1)
        await emit(tx, Favourited(subject, account_id))
    return subject


async def favour_in_names(tx: Tx, post_id: int, account_ids: Sequence[int], *, told: bool = False) -> None:
    """Favour a post in the names of many who may read it, for imports: in one statement; its author may be `told` of each."""
    made = await store.gesture_in_names(tx, account_ids, post_id, Gesture.FAVOURITE)
    for (account_id,) in await made.rows() if told else ():
        await emit(tx, Favourited(post_id, account_id))


async def unfavourite(tx: Tx, account_id: int, post_id: int) -> int:
    """Take a favourite back; return the post's id. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    if await store.ungesture(tx, account_id, subject, Gesture.FAVOURITE):
        await store.count(tx, subject, Gesture.FAVOURITE, -1)
        await emit(tx, Unfavourited(subject, account_id))
    return subject


async def bookmark(tx: Tx, account_id: int, post_id: int) -> int:
    """Bookmark a post; return its id. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    await store.gesture(tx, account_id, subject, Gesture.BOOKMARK)
    return subject


async def unbookmark(tx: Tx, account_id: int, post_id: int) -> int:
    """Take a bookmark away; return the post's id. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    await store.ungesture(tx, account_id, subject, Gesture.BOOKMARK)
    return subject


async def pin(tx: Tx, account_id: int, post_id: int) -> int:
    """Pin one's own post to one's profile; return its id. Raises Missing, BadInput."""
    if (await gate.one_visible(tx, post_id, account_id)).post.account_id != account_id:
        raise BadInput("On n'épingle que ses propres messages.")
    post = await readings.own(tx, account_id, post_id)
    if post.audience is Audience.DIRECT:
        raise BadInput("Un message direct ne s'épingle pas.")
    if post.room_id:
        raise BadInput("Ce qui se dit dans une pièce ne s'épingle pas.")
    if await store.pins(tx, account_id) >= MOST_PINS:
        raise BadInput("Au plus {most} messages épinglés : détachez-en un d'abord.", most=MOST_PINS)
    await store.gesture(tx, account_id, post_id, Gesture.PIN)
    return post_id


async def unpin(tx: Tx, account_id: int, post_id: int) -> int:
    """Unpin one's own post; return its id. Raises Missing."""
    await readings.own(tx, account_id, post_id)
    await store.ungesture(tx, account_id, post_id, Gesture.PIN)
    return post_id


async def boost(tx: Tx, account_id: int, post_id: int, audience: Audience | None = None, at: datetime | None = None) -> int:
    """Boost a post; return the boost's id. Twice equals once. Raises Missing, Forbidden for what is not open to all.

    Only its author may boost a followers-only post, to the same followers. `at` backdates, for imports.
    """
    subject = await gate.subject(tx, post_id, account_id)
    await contributor(tx, account_id)
    post = await store.bare(tx, subject)
    if post is None:
        raise Missing
    if post.room_id and not (await rooms.rules(tx, post.room_id)).boosts:
        raise Forbidden("Ce qui se dit dans cette pièce ne se partage pas.")
    own = post.audience is Audience.FOLLOWERS and post.account_id == account_id
    if post.audience not in OPEN and not own and not post.room_id:
        raise Forbidden("Ce message n'est pas public : il ne se partage pas.")
    wanted = audience if audience in OPEN or audience is Audience.FOLLOWERS else Audience.PUBLIC
    spread = Audience.FOLLOWERS if post.audience is Audience.FOLLOWERS else wanted
    made = await store.insert_boost(tx, account_id, subject, spread, at)
    if made is None:
        return await store.boost_id(tx, account_id, subject) or subject
    await store.gesture(tx, account_id, subject, Gesture.BOOST)
    await store.count(tx, subject, Gesture.BOOST, 1)
    await accounts.count(tx, account_id, posts=1, on=at)
    await emit(tx, PostPublished(made, account_id, heard=False))
    await emit(tx, Boosted(made, subject, account_id))
    return made


async def boost_in_names(tx: Tx, post_id: int, account_ids: Sequence[int], at: datetime, *, told: bool = False) -> None:
    """Boost an open post in the names of many who may read it, for imports, a minute apart from `at` on.

    Its author may be `told` of each.
    """
    made = await store.boost_in_names(tx, account_ids, post_id, at)
    if made:
        boosters = [account_id for _, account_id in made]
        await store.gesture_in_names(tx, boosters, post_id, Gesture.BOOST)
        await accounts.count_in_names(tx, boosters, posts=1, on=at)
    for boost_id, account_id in made:
        await emit(tx, PostPublished(boost_id, account_id, heard=False))
        if told:
            await emit(tx, Boosted(boost_id, post_id, account_id))


async def unboost(tx: Tx, account_id: int, post_id: int) -> int:
    """Take a boost back (by the boosted post's id or the boost's); return the boosted post's id. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    boost_id = await store.boost_id(tx, account_id, subject)
    if boost_id is not None and await store.ungesture(tx, account_id, subject, Gesture.BOOST):
        await store.count(tx, subject, Gesture.BOOST, -1)
        await tx.send("DELETE FROM posts WHERE id = %s", [boost_id])
        store.shown(tx, account_id, boost_id)
        await accounts.count(tx, account_id, posts=-1)
        await emit(tx, PostErased(boost_id, account_id))
    return subject


async def _kind_again(tx: Tx, post: Bare, change: Change) -> str:
    parent = await store.bare(tx, post.parent_id) if post.parent_id else None
    return kind_of(change.kind, parent and parent.kind, await quotes.kind_quoted(tx, post.id))


async def _rename(tx: Tx, post: Bare, found: Found) -> None:
    """Write the names and tags of an edited post: in what is not open to all, a new name adds no reader.

    In a room a name never does, and words lead nowhere.
    """
    asked = await rooms.ask(tx, post.account_id, found.mentions) if found.mentions else None
    named = list(await accounts.reachable(tx, found.mentions, tx.domain, held=True)) if found.mentions else []
    await rooms.none_named(asked, post.room_id)
    if post.audience in OPEN or post.room_id:
        await store.mention(tx, post.id, named)
    await store.silence_mentions(tx, post.id, named)
    await store.tag(tx, post.id, () if post.room_id else tags_of(found))
