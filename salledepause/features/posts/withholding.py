"""Posts that a person looks at before others do: written as direct posts that name nobody, so that every gate keeps them.

`weighed` says on which ground a new post waits, `withhold` writes down that it does, `release` gives it to whom it was meant for,
with its own date, as if it had just been said. An edit that is to wait is `kept` beside the post, which says what it said until a
host decides. What is said to people named alone, or in a room, never waits; nor what an archive brings back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from salledepause.features import accounts, language, limits
from salledepause.features.language import Ground
from salledepause.features.limits import Held
from salledepause.features.posts import media, polls, quotes, readings, store, withholding_store
from salledepause.features.posts.events import PostHeld, PostPublished
from salledepause.features.posts.finding import index_of
from salledepause.features.posts.media_model import Media
from salledepause.features.posts.model import OPEN, Audience, Change, Draft, Mention, Post, QuotePolicy
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden
from salledepause.kernel.events import emit
from salledepause.kernel.text import Found, clean, scan, tag_key

WAITS = "Ce message attend le regard d'un hôte : il ne se modifie pas. Effacez-le pour l'écrire autrement."


NOT_SO = (
    "Ces mots attendraient le regard d'un hôte, et l'aperçu d'un fichier ne peut pas attendre avec eux. Le texte d'avant reste : "
    "changez l'aperçu d'abord, sans changer les mots."
)


class Weighed(NamedTuple):
    """A new post as it is to be written, and on which ground it waits, empty when it does not."""

    post: Post
    ground: Ground = ""
    named: bool = True
    """Whether its words may write a name or a number out: not, where they were looked at and do not."""


async def weighed(tx: Tx, post: Post, draft: Draft) -> Weighed:
    """Return a new post as it is to be written, and whether it waits."""
    if post.audience not in OPEN or draft.at is not None or draft.automated:
        return Weighed(post)
    said = _said(draft.warning, draft.whole or draft.text, draft.poll.options if draft.poll else ())
    named = language.pointed(said)
    ground = await _ground(tx, said, named=named)
    if not ground:
        return Weighed(post, named=named)
    waiting = msgspec.structs.replace(post, audience=Audience.DIRECT, quote_policy=QuotePolicy.NOBODY, held=True)
    return Weighed(waiting, ground, named)


def _said(warning: str, text: str, options: Sequence[str]) -> str:
    return "\n".join(filter(None, (warning, text, *options)))


async def _ground(tx: Tx, said: str, *, named: bool) -> Ground:
    """Return on which ground a text is to wait, empty where the house holds nothing; `named`: whether it is `pointed`."""
    ground = await asyncio.to_thread(language.ground_of, said, named=True) if named else language.ground_of(said, named=False)
    return ground if ground and (await limits.rules(tx)).holds else ""


async def ground_again(tx: Tx, now: Post, words: tuple[str, str], options: Sequence[str] | None) -> Ground:
    """Return on which ground (warning, text) and `options` of a poll are to wait, as in a new post; empty where none is new."""
    before = await polls.options(tx, now.id) or ()
    said = _said(*words, before if options is None else options)
    if now.audience not in OPEN or said == _said(now.warning, now.text, before):
        return ""
    return await _ground(tx, said, named=language.pointed(said))


async def keep(tx: Tx, now: Post, change: Change, ground: Ground) -> None:
    """Keep an edit that waits beside its post, in the place of one that did. Raises BadInput for what could not be published.

    What it adds to the pictures waits with it: nobody meets it, no other post takes it, and it is free again where the edit goes.
    """
    if any(one.still for one in change.media_words):
        raise BadInput(NOT_SO)
    for one in change.media_words:
        media.described(one.description)
    shown = {one.id for one in now.media}
    await media.set_aside(tx, now.account_id, now.id, change.media_ids or (), shown)
    poll = polls.checked(change.poll) if change.poll else None
    said = msgspec.structs.replace(change, closed=None, quote_policy=None, poll=poll)
    edit = msgspec.json.encode(said).decode()
    policy = now.quote_policy
    before = await limits.held(tx, now.id, locks=True)
    await limits.hold(tx, Held(now.id, now.account_id, now.audience, policy, None, ground, "", None, "", clock.now(), None, edit))
    await let_go(tx, now.id, before and before.edit)
    await emit(tx, PostHeld(now.id, now.account_id))


def changed(edit: str | None) -> Change:
    """Return what an edit that waits changes."""
    return msgspec.json.decode(edit or "{}", type=Change)


async def let_go(tx: Tx, post_id: int, edit: str | None) -> None:
    """Free the pictures that waited with an edit that waits no more."""
    await media.loosen(tx, post_id, changed(edit).media_ids or ())


async def as_changed(tx: Tx, post: Post, held: Held | None) -> Post:
    """Return what a post says and shows once its edit, if one waits, is published."""
    if held is None or held.edit is None or held.verdict == "published":
        return post
    change = changed(held.edit)
    words = {"text": change.text and clean(change.text), "warning": change.warning and clean(change.warning)}
    shown = post.media if change.media_ids is None else tuple(await media.load(tx, change.media_ids))
    said = {one.id: one.description for one in change.media_words if one.description is not None}
    shown = tuple(msgspec.structs.replace(one, description=clean(said.get(one.id, one.description))) for one in shown)
    return msgspec.structs.replace(post, media=shown, **{name: said for name, said in words.items() if said is not None})


async def waits_with(tx: Tx, one: Media) -> bool:
    """Tell whether a medium waits with an edit of its post, which does not show it yet."""
    held = await limits.held(tx, one.post_id) if one.post_id else None
    if held is None or one.id not in (changed(held.edit).media_ids or ()):
        return False
    return all(one.id != shown.id for shown in (await media.of(tx, [held.post_id])).get(held.post_id, ()))


async def drop(tx: Tx, post_id: int) -> None:
    """Forget the edit of a post that waits, if one does: it was taken back, or another came; what it added is free."""
    await let_go(tx, post_id, await limits.drop_edit(tx, post_id))


async def withhold(tx: Tx, post: Post, meant: Post, quoted_id: int | None, ground: Ground) -> None:
    """Write that a post waits, and what it was meant for."""
    held = Held(post.id, post.account_id, meant.audience, meant.quote_policy, quoted_id, ground, "", None, "", clock.now(), None)
    await limits.hold(tx, held)
    await emit(tx, PostHeld(post.id, post.account_id))


def check_edit(*, held: bool) -> None:
    """Raise Forbidden for what waits: a host decides about what was written."""
    if held:
        raise Forbidden(WAITS)


def tags_of(found: Found) -> tuple[tuple[str, str], ...]:
    """Return the tags of a text, (key, name) pairs."""
    return tuple((tag_key(name), name) for name in found.tags)


async def release(tx: Tx, held: Held) -> None:
    """Give a post that waits to whom it was meant for."""
    post = await readings.whole(tx, held.post_id)
    found = scan(f"{post.warning}\n{post.text}")
    people = await accounts.reachable(tx, found.mentions, tx.domain, held=True) if found.mentions else {}
    audience, policy = Audience(held.audience), QuotePolicy(held.quote_policy)
    await withholding_store.open_to(tx, post, audience, policy)
    await store.mention(tx, post.id, list(people))
    tags = tags_of(found)
    await store.tag(tx, post.id, tags)
    shown = msgspec.structs.replace(
        post, audience=audience, mentions=tuple(Mention(*one) for one in people.items()), tags=tags, held=False
    )
    await store.index(tx, post.id, index_of(shown, await polls.options(tx, post.id) or ()))
    if held.quoted_id and (quoted := await store.bare(tx, held.quoted_id)):
        await quotes.attach(tx, shown, quoted)
    await accounts.count(tx, post.account_id, posts=1, on=post.created_at)
    store.shown(tx, post.account_id, post.conversation_id, public=audience is Audience.PUBLIC)
    await emit(tx, PostPublished(post.id, post.account_id, kind=post.kind, answers=post.parent_id is not None))
