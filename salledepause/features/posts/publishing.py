"""Publishing: one statement after the other is written down, and all travel with the commit, in one trip when nothing is asked.

What a post says is settled here, before the database is asked: its id is drawn ahead, its author is remembered by the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from salledepause.features import accounts, rooms
from salledepause.features.accounts import BITS, Account
from salledepause.features.posts import closing, gate, media, placing, polls, quotes, slowing, store, withholding
from salledepause.features.posts.events import PostPublished
from salledepause.features.posts.finding import index_of
from salledepause.features.posts.media_model import Media
from salledepause.features.posts.model import (
    MOST_MENTIONS,
    MOST_TAGS,
    Audience,
    Draft,
    Gesture,
    Kind,
    Mention,
    Post,
    QuotePolicy,
    Seen,
    checked,
    kind_of,
)
from salledepause.features.posts.store import Bare, Writer
from salledepause.features.posts.withholding import tags_of
from salledepause.features.rooms import Room
from salledepause.kernel import ids
from salledepause.kernel.db import Pending, Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.text import Found, scan

WHOLE_DOUBT = "Un doute reste d'un seul tenant : il se déplie, il ne se découpe pas en fil."
READER = "Vous êtes en mode lecteur. Passez en mode contributeur dans votre profil pour écrire."


class Published(NamedTuple):
    """A new post and what its author already did to its thread; shown without asking the database again."""

    post: Post
    meant: Audience
    """Who is to read it, once it waits no more."""
    flags: int
    writer: Account
    counting: Pending | None
    named: bool
    """Whether its words may write a name or a number out."""

    @property
    def author(self) -> Account:
        """Its author with the totals that the post changed; only once its transaction ended. A room counts nothing outside."""
        return accounts.with_totals(self.writer, self.counting.said) if self.counting else self.writer


async def publish(tx: Tx, author_id: int, draft: Draft) -> int:
    """Publish a post; return its id. Raises BadInput, Forbidden, or Missing when what it answers is not visible."""
    return (await publish_whole(tx, await store.writer(tx, author_id, draft.app_id), draft)).post.id


async def publish_whole(tx: Tx, writer: Writer, draft: Draft) -> Published:
    """Publish a post; return it whole. Raises as `publish`."""
    return await _publish(tx, writer, draft, await ids.fresh(tx, draft.at))


async def publish_once(tx: Tx, writer: Writer, key: str, draft: Draft) -> Published | Seen:
    """Publish a post, or return the one that the same idempotency key made, as its author sees it. Raises as `publish`."""
    author_id, named = writer.account.id, await ids.fresh(tx, draft.at)
    known = await store.claim(tx, author_id, sha256(key.encode()).digest(), named[0])
    if known != named[0]:
        return await gate.one_visible(tx, known, author_id)
    return await _publish(tx, writer, draft, named)


async def publish_thread(tx: Tx, writer: Writer, key: str, draft: Draft, parts: Sequence[str]) -> list[int]:
    """Publish a text in parts, each answering the one before, all or none; return their ids.

    What hangs on the draft (media, poll, quote) goes with the first part, which closes the others. When the key made it before,
    nothing is written and the first id alone is returned. Raises as `publish`, and BadInput for a doubt: what answers one is of
    other kinds.
    """
    if draft.kind is Kind.DOUBT:
        raise BadInput(WHOLE_DOUBT)
    draft = msgspec.structs.replace(draft, whole="\n".join(parts))
    first = await publish_once(tx, writer, key, msgspec.structs.replace(draft, text=parts[0]))
    made = [first.post.id]
    if isinstance(first, Seen):
        return made
    bare = msgspec.structs.replace(
        draft, quoted_id=None, media_ids=(), poll=None, closed=False, kind=first.post.kind, audience=first.meant
    )
    bare = msgspec.structs.replace(bare, quote_policy=QuotePolicy.NOBODY) if draft.closed else bare
    for part in parts[1:]:
        more = msgspec.structs.replace(bare, text=part, parent_id=made[-1])
        made.append((await publish_whole(tx, writer, more)).post.id)
    return made


async def _publish(tx: Tx, writer: Writer, draft: Draft, named: tuple[int, datetime]) -> Published:
    """Publish a post under an id of an instant."""
    draft = checked(draft, tx.link_weight)
    author = _writing(writer.account)
    parent = await answered(tx, draft.parent_id, author.id, said=draft.at is None)
    if parent and draft.at is None:
        await slowing.check(tx, parent, author)
    found = bounded(scan(f"{draft.warning}\n{draft.text}"))
    people, room = await placing.addressed(tx, author.id, (draft, parent), found)
    quoted = await quotes.asked(tx, draft.quoted_id, author.id, (parent and parent.id, room))
    meant = _settled(draft, (parent, quoted, room), (writer, *named))
    post, ground, named_out = await withholding.weighed(tx, meant, draft)
    people, tags = ({}, ()) if post.held else (people, () if room else tags_of(found))
    post = msgspec.structs.replace(post, mentions=tuple(Mention(*one) for one in people.items()), tags=tags)
    await store.insert(tx, post, draft.app_id, index_of(post, draft.poll.options if draft.poll else ()))
    tx.depart()
    if media := await _hang(tx, post, draft):
        post = msgspec.structs.replace(post, media=media, sensitive=post.sensitive or author.sensitized)
        await store.index(tx, post.id, index_of(post))
    if quoted and not post.held:
        await quotes.attach(tx, post, quoted)
    if parent:
        await _tell_thread(tx, author, parent, post, said=draft.at is None)
    counting = None if room or post.held else await accounts.count(tx, author.id, posts=1, on=draft.at)
    store.shown(tx, author.id, post.conversation_id, public=post.audience is Audience.PUBLIC, room_id=post.room_id)
    heard, answers = bool(people) or (writer.heard and not room), parent is not None
    said = PostPublished(post.id, author.id, heard, author.followers_count, post.room_id, post.kind, answers)
    await (withholding.withhold(tx, post, meant, draft.quoted_id, ground) if ground else emit(tx, said))
    quotable = Gesture.QUOTE if placing.quotable(post) else Gesture(0)
    flags = int(quotable | Gesture.MUTE if parent and parent.muted else quotable)
    return Published(post, meant.audience, flags, author, counting, named_out)


async def contributor(tx: Tx, account_id: int) -> Account:
    """Return an account that may write; raises Forbidden."""
    return _writing(await accounts.one(tx, account_id))


def _writing(account: Account) -> Account:
    if account.reads_only:
        raise Forbidden(READER)
    return account


async def answered(tx: Tx, parent_id: int | None, author_id: int, *, said: bool = True) -> Bare | None:
    """Return what a new post answers. Raises Missing, and Forbidden where it is closed to its author.

    What is not `said` now but brought from elsewhere, with its date, was said while it could be.
    """
    if parent_id is None:
        return None
    seen = await gate.one_visible(tx, parent_id, author_id)
    parent = await store.parent(tx, seen.subject.id)
    if parent is None:
        raise Missing
    if said:
        closing.check(parent, author_id)
    return parent._replace(muted=bool(seen.gestures & Gesture.MUTE))


def _settled(draft: Draft, about: tuple[Bare | None, Bare | None, Room | None], signed: tuple[Writer, int, datetime]) -> Post:
    """Return a bare new post `about` what it answers and quotes, and its room, `signed` by its writer, id and instant."""
    (parent, quoted, room), (writer, post_id, at) = about, signed
    author = writer.account
    audience, policy = placing.audience(draft, author, (parent, quoted), room)
    shows_family = author.shows_family if draft.shows_family is None else draft.shows_family
    return Post(
        id=post_id,
        account_id=author.id,
        handle=author.handle,
        kind=kind_of(draft.kind, parent and parent.kind, quoted and quoted.kind),
        audience=audience,
        text=draft.text,
        warning=draft.warning,
        sensitive=bool(draft.sensitive) or (author.default_sensitive and bool(draft.media_ids)),
        language=draft.language or author.language,
        family=author.family if shows_family else None,
        verified=shows_family and writer.verified,
        parent_id=parent and parent.id,
        parent_account_id=parent and parent.account_id,
        conversation_id=parent.conversation_id if parent else post_id,
        boost_of_id=None,
        has_poll=draft.poll is not None,
        has_media=bool(draft.media_ids),
        has_quote=quoted is not None,
        quote_policy=policy,
        closed=draft.closed,
        automated=draft.automated,
        replies_count=0,
        boosts_count=0,
        favourites_count=0,
        quotes_count=0,
        version=1,
        created_at=at,
        edited_at=draft.edited_at,
        expires_at=rooms.gone_at(room.rules, at, draft.hours) if room else None,
        held=False,
        application=(writer.app, writer.website) if writer.app else None,
        room=placing.place(room),
    )


def bounded(found: Found) -> Found:
    """Return what a text names; raises BadInput for too much."""
    if len(found.mentions) > MOST_MENTIONS:
        raise BadInput("Au plus {most} personnes nommées par message.", most=MOST_MENTIONS)
    if len(found.tags) > MOST_TAGS:
        raise BadInput("Au plus {most} mots-dièse par message.", most=MOST_TAGS)
    return found


async def _hang(tx: Tx, post: Post, draft: Draft) -> tuple[Media, ...]:
    """Write what hangs on a new post: who it names, its tags, poll and media; return the media."""
    await store.mention(tx, post.id, [one.id for one in post.mentions])
    await store.add_tags(tx, post.id, post.tags)
    if draft.poll:
        await polls.open_poll(tx, post.id, draft.poll, post.created_at)
    if not draft.media_ids:
        return ()
    await media.attach(tx, post.account_id, post.id, draft.media_ids)
    return tuple(await media.load(tx, draft.media_ids))


async def _tell_thread(tx: Tx, author: Account, parent: Bare, post: Post, *, said: bool) -> None:
    """Note an answer in its thread; raises Missing, Forbidden when what it answers was erased or closed meanwhile."""
    other = (await accounts.one(tx, parent.account_id)).family
    counted = post.audience is not Audience.DIRECT
    families = BITS[author.family], BITS[other]
    if not await store.answered(tx, parent, families, author.id if said else None, counted=counted):
        await closing.refuse(tx, parent.id, author.id)
