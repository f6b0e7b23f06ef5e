"""What one can do with posts: publish, answer, edit, and the four gestures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import BITS, Account
from salledepause.features.posts import gate, media, polls, quotes, readings, store
from salledepause.features.posts.finding import index_of
from salledepause.features.posts.model import (
    MOST_MENTIONS,
    MOST_PINS,
    MOST_TAGS,
    OPEN,
    Audience,
    Boosted,
    Change,
    Draft,
    Favourited,
    Gesture,
    Glimpse,
    Media,
    Mention,
    Post,
    PostEdited,
    PostErased,
    PostPublished,
    Seen,
    Unfavourited,
    audience_of,
    check_language,
    check_length,
    checked,
    kind_of,
    quote_policy_of,
)
from salledepause.features.posts.store import Bare
from salledepause.kernel.db import Pending, Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.text import Found, clean, scan, tag_key

READER = "Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour écrire."


class Published(NamedTuple):
    """A new post as its author sees it, who they are now, and what it says, to be shown without asking the database again."""

    seen: Seen
    author: Account
    post: Post


async def publish(tx: Tx, author_id: int, draft: Draft, post_id: int | None = None) -> int:
    """Publish a post; return its id. Raises BadInput, Forbidden, or Missing when what it answers is not visible."""
    return (await _publish(tx, author_id, draft, post_id))[0].id


async def publish_whole(tx: Tx, author_id: int, draft: Draft, post_id: int | None = None) -> Published:
    """Publish a post; return it whole. Raises as `publish`."""
    post, author, counting, flags = await _publish(tx, author_id, draft, post_id)
    author = accounts.with_totals(author, await counting.row())
    glimpse = Glimpse(post.id, post.version, author_id, author.version, post.has_poll, post.has_media, post.has_quote)
    post = msgspec.structs.replace(post, sensitive=post.sensitive or (author.sensitized and post.has_media))
    return Published(Seen(post.id, glimpse, None, flags), author, post)


async def publish_once(tx: Tx, author_id: int, key: str, draft: Draft) -> int:
    """Publish a post, or find the one that the same idempotency key made; return its id."""
    made = await publish_once_whole(tx, author_id, key, draft)
    return made.post.id


async def publish_once_whole(tx: Tx, author_id: int, key: str, draft: Draft) -> Published | Seen:
    """Publish a post, or return the one that the same idempotency key made, as its author sees it."""
    post_id, first = await store.claim(tx, author_id, sha256(key.encode()).digest())
    return await publish_whole(tx, author_id, draft, post_id) if first else await gate.one_visible(tx, post_id, author_id)


async def _publish(tx: Tx, author_id: int, draft: Draft, post_id: int | None) -> tuple[Post, Account, Pending, int]:
    """Publish a post; return it, its author, whose totals follow, and what they already did to its thread."""
    draft = checked(draft)
    place = await store.place(tx, author_id, draft, post_id)
    author = _writing(place.author)
    parent = await _parent(tx, draft.parent_id, author_id)
    quoted = await quotes.asked(tx, draft.quoted_id, author_id, parent and parent.id)
    found = _bounded(scan(f"{draft.warning}\n{draft.text}"))
    named = await accounts.reachable(tx, found.mentions, tx.domain) if found.mentions else {}
    post = _settled(draft, (parent, quoted), place)
    post = msgspec.structs.replace(post, mentions=tuple(Mention(*one) for one in named.items()), tags=_tags(found))
    await store.insert(tx, post, draft.app_id, index_of(post, draft.poll.options if draft.poll else ()))
    if media := await _hang(tx, post, draft):
        post = msgspec.structs.replace(post, media=media)
        await store.index(tx, post.id, index_of(post))
    if quoted:
        await quotes.attach(tx, post, quoted)
    if parent:
        await _tell_thread(tx, author, parent, post)
    counting = await accounts.count(tx, author_id, posts=1, on=draft.at)
    store.shown(tx, author_id, post.conversation_id, public=post.audience is Audience.PUBLIC)
    await emit(tx, PostPublished(post.id, author_id))
    quotable = Gesture(0) if post.audience is Audience.DIRECT else Gesture.QUOTE
    return post, author, counting, int(quotable | Gesture.MUTE if parent and parent.muted else quotable)


async def contributor(tx: Tx, account_id: int) -> Account:
    """Return an account that may write; raises Forbidden."""
    return _writing(await accounts.one(tx, account_id))


def _writing(account: Account) -> Account:
    if account.reads_only:
        raise Forbidden(READER)
    return account


async def edit(tx: Tx, author_id: int, post_id: int, change: Change) -> None:
    """Change what a post says, keeping what it said; who may read it never changes. Raises Missing, BadInput."""
    post = await readings.own(tx, author_id, post_id)
    if not await store.touch(tx, post_id):
        raise Missing
    if change.quote_policy:
        await quotes.open_to(tx, author_id, post_id, change.quote_policy)
    now = (await readings.load(tx, [post_id]))[post_id]
    text = now.text if change.text is None else clean(change.text)
    warning = now.warning if change.warning is None else clean(change.warning)
    check_length(text, warning)
    check_language(change.language)
    kept = change.media_ids if change.media_ids is not None else tuple(one.id for one in now.media)
    if not text and not kept and not (change.poll or now.has_poll):
        raise BadInput("Écrivez quelque chose, ou joignez une image ou un sondage.")
    await store.keep_edit(tx, post_id, now.media, await polls.options(tx, post_id))
    await media.reattach(tx, author_id, post_id, change)
    has_poll = await polls.replace(tx, post_id, change)
    values = {
        name: getattr(change, name) for name in ("sensitive", "language", "shows_family") if getattr(change, name) is not None
    }
    kind = {"kind": await _kind_again(tx, post, change)} if change.kind else {}
    await store.rewrite(
        tx, post_id, values | kind | {"text": text, "warning": warning, "has_poll": has_poll, "has_media": bool(kept)}
    )
    store.shown(tx, author_id, post.conversation_id)
    await _rename(tx, post, _bounded(scan(f"{warning}\n{text}")))
    await readings.index(tx, [post_id])
    await emit(tx, PostEdited(post_id, author_id))


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
    if post.audience not in OPEN and not (post.audience is Audience.FOLLOWERS and post.account_id == account_id):
        raise Forbidden("Ce message n'est pas public : il ne se partage pas.")
    wanted = audience if audience in OPEN or audience is Audience.FOLLOWERS else Audience.PUBLIC
    spread = Audience.FOLLOWERS if post.audience is Audience.FOLLOWERS else wanted
    made = await store.insert_boost(tx, account_id, subject, spread, at)
    if made is None:
        return await store.boost_id(tx, account_id, subject) or subject
    await store.gesture(tx, account_id, subject, Gesture.BOOST)
    await store.count(tx, subject, Gesture.BOOST, 1)
    await accounts.count(tx, account_id, posts=1, on=at)
    await emit(tx, PostPublished(made, account_id))
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
        await emit(tx, PostPublished(boost_id, account_id))
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


async def _parent(tx: Tx, parent_id: int | None, author_id: int) -> Bare | None:
    if parent_id is None:
        return None
    seen = await gate.one_visible(tx, parent_id, author_id)
    parent = await store.bare(tx, seen.subject.id)
    if parent is None:
        raise Missing
    return parent._replace(muted=bool(seen.gestures & Gesture.MUTE))


def _settled(draft: Draft, about: tuple[Bare | None, Bare | None], place: store.Place) -> Post:
    """Return a new post as it will be read, its defaults settled, still without what hangs on it.

    It is `about` what it answers and what it quotes.
    """
    author, (parent, quoted) = place.author, about
    default = Audience(author.default_audience)
    audience = audience_of(draft.audience, default, parent and parent.audience, quoted and quoted.audience)
    shows_family = author.shows_family if draft.shows_family is None else draft.shows_family
    return Post(
        id=place.id,
        account_id=author.id,
        handle=author.handle,
        kind=kind_of(draft.kind, parent and parent.kind, quoted and quoted.kind),
        audience=audience,
        text=draft.text,
        warning=draft.warning,
        sensitive=bool(draft.sensitive) or (author.default_sensitive and bool(draft.media_ids)),
        language=draft.language or author.language,
        family=author.family if shows_family else None,
        parent_id=parent and parent.id,
        parent_account_id=parent and parent.account_id,
        conversation_id=parent.conversation_id if parent else place.id,
        boost_of_id=None,
        has_poll=draft.poll is not None,
        has_media=bool(draft.media_ids),
        has_quote=quoted is not None,
        quote_policy=quote_policy_of(draft.quote_policy, author.quote_policy, audience),
        replies_count=0,
        boosts_count=0,
        favourites_count=0,
        quotes_count=0,
        version=1,
        created_at=place.at,
        edited_at=draft.edited_at,
        application=(place.app, place.website) if place.app else None,
        mentions=(),
        tags=(),
        media=(),
    )


def _bounded(found: Found) -> Found:
    if len(found.mentions) > MOST_MENTIONS:
        raise BadInput("Au plus {most} personnes nommées par message.", most=MOST_MENTIONS)
    if len(found.tags) > MOST_TAGS:
        raise BadInput("Au plus {most} mots-dièse par message.", most=MOST_TAGS)
    return found


def _tags(found: Found) -> tuple[tuple[str, str], ...]:
    return tuple((tag_key(name), name) for name in found.tags)


async def _hang(tx: Tx, post: Post, draft: Draft) -> tuple[Media, ...]:
    """Write what hangs on a new post: who it names, its tags, poll and media; return the media."""
    await store.mention(tx, post.id, [one.id for one in post.mentions])
    await store.add_tags(tx, post.id, post.tags)
    if draft.poll:
        await polls.open_poll(tx, post.id, draft.poll, draft.at)
    if not draft.media_ids:
        return ()
    await media.attach(tx, post.account_id, post.id, draft.media_ids)
    return tuple(await media.load(tx, draft.media_ids))


async def _tell_thread(tx: Tx, author: Account, parent: Bare, post: Post) -> None:
    """Note an answer in its thread; raises Missing when what it answers was erased meanwhile."""
    other = (await accounts.one(tx, parent.account_id)).family
    counted = post.audience is not Audience.DIRECT
    if not await store.answered(tx, parent, (BITS[author.family], BITS[other]), counted=counted):
        raise Missing


async def _kind_again(tx: Tx, post: Bare, change: Change) -> str:
    parent = await store.bare(tx, post.parent_id) if post.parent_id else None
    return kind_of(change.kind, parent and parent.kind, await quotes.kind_quoted(tx, post.id))


async def _rename(tx: Tx, post: Bare, found: Found) -> None:
    """Write the names and tags of an edited post: in what is not open to all, a new name adds no reader."""
    named = list(await accounts.reachable(tx, found.mentions, tx.domain)) if found.mentions else []
    if post.audience in OPEN:
        await store.mention(tx, post.id, named)
    await store.silence_mentions(tx, post.id, named)
    await store.tag(tx, post.id, _tags(found))
