"""Statuses of the API: write, read, edit, erase (https://docs.joinmastodon.org/methods/statuses/)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

import msgspec

from salledepause.features import accounts, company, posts, victories
from salledepause.features.posts import Audience, Change, Draft, Kind, MediaWords, PollDraft, QuotePolicy
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.text import scan
from salledepause.surfaces.edge import Answer, Call, Rule, json
from salledepause.surfaces.mastodon import entities, extra_entities, helping, secrecy
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.mastodon.stills import LARGEST, drawn
from salledepause.surfaces.routes import app, reading, route, user
from salledepause.surfaces.writers import writer

SOON = timedelta(minutes=5)
"""A post scheduled sooner than this is refused."""
MOST_AT_ONCE = 40


class PollAsked(msgspec.Struct):
    """Poll parameters; `expires_in` is in seconds."""

    options: list[str] = []
    expires_in: int | None = None
    multiple: bool = False
    hide_totals: bool = False


class OursAsked(msgspec.Struct):
    """What our own clients may add: the kind of post, whether it shows its author's role family, its room's id, whom it thanks.

    `closed` has nobody else answer or quote it. Each of `thanks` is `finess:…`, `@handle`, or the name of a team. `needs_word`
    asks who is on shift for a word; `gives` says whether an answer to who asks gives support or advice.
    """

    kind: Kind | None = None
    shows_family: bool | None = None
    room: str | None = None
    thanks: list[str] | None = None
    closed: bool | None = None
    needs_word: bool = False
    gives: Literal["support", "advice"] | None = None
    expires_hours: int | None = None
    """How long it lasts, 1 to 72, in a room whose words end."""


class WordsAsked(msgspec.Struct):
    """New words of a medium already attached."""

    id: int
    description: str | None = None
    focus: str | None = None
    thumbnail: Any = None
    """A file, or an address that holds one."""


class Asked(msgspec.Struct):
    """Parameters of a new status and of an edit."""

    status: str | None = None
    media_ids: list[int] | None = None
    poll: PollAsked | None = None
    in_reply_to_id: str | None = None
    sensitive: bool | None = None
    spoiler_text: str | None = None
    visibility: str | None = None
    language: str | None = None
    scheduled_at: str | None = None
    media_attributes: list[WordsAsked] = []
    quoted_status_id: str | None = None
    quote_approval_policy: QuotePolicy | None = None
    salledepause: OursAsked = msgspec.field(default_factory=OursAsked)


async def answer(call: Call, post_id: int) -> Answer:
    """Return a status that the caller may see; raises Missing."""
    row = await posts.one_visible(call.tx, post_id, call.viewer)
    return Answer(pieces=await presenter(call).one(call.tx, row, call.viewer))


async def create(call: Call) -> Answer:
    """POST /api/v1/statuses; a retry with the same Idempotency-Key answers the first status."""
    asked = call.read(Asked)
    draft = _draft(call, asked)
    key = call.headers.get("idempotency-key", "")
    if asked.scheduled_at:
        if asked.salledepause.needs_word:
            raise BadInput("On demande un mot maintenant : un message programmé ne le peut pas.")
        victories.check_now(asked.salledepause.thanks or ())
        return await _told(call, draft, await _schedule(call, draft, asked.scheduled_at, key))
    by = await writer(call, draft.app_id)
    made = await posts.publish_once(call.tx, by, key, draft) if key else await posts.publish_whole(call.tx, by, draft)
    if not isinstance(made, posts.Published):
        return await _told(call, draft, Answer(pieces=await presenter(call).one(call.tx, made, call.me)))
    words = asked.salledepause.thanks
    thanks = victories.implied(made.post) if words is None else await victories.thank(call.tx, made.post, words, fresh=True)
    if asked.salledepause.needs_word and not made.post.held:
        await company.ask(call.tx, call.me, made.post.id)
    if asked.salledepause.gives == "advice":
        await company.advise(call.tx, call.me, made.post.id)
    late = await presenter(call).fresh(call.tx, made, thanks)
    call.tx.depart()  # the server writes while the words are looked at
    return await _told(call, draft, Answer(late=late), named=made.named)


async def _told(call: Call, draft: Draft, answer: Answer, *, named: bool = True) -> Answer:
    """Return an answer with what its author alone is told: whom to call, and who can be recognised if somebody is `named`."""
    said = (draft.text, draft.warning, *(draft.poll.options if draft.poll else ()))
    card = await helping.offered(call, *said, language=draft.language)
    return helping.with_card(answer, card, secret=await secrecy.warning(call, *said) if named else None)


async def show(call: Call) -> Answer:
    """GET /api/v1/statuses/:id."""
    return await answer(call, call.id())


class ManyAsked(msgspec.Struct):
    """Ids of statuses."""

    id: list[str] = []


async def show_many(call: Call) -> Answer:
    """GET /api/v1/statuses?id[]=…; those that the caller may not see, or that nothing bears, are left out."""
    wanted = ids.several(call.read(ManyAsked).id[:MOST_AT_ONCE])
    rows = await posts.visible(call.tx, wanted, call.viewer)
    return Answer(pieces=await presenter(call).page(call.tx, rows, call.viewer))


async def context(call: Call) -> Answer:
    """GET /api/v1/statuses/:id/context."""
    around = await posts.context(call.tx, call.id(), call.viewer, posts.MEMBER if call.viewer else posts.VISITOR)
    above = await presenter(call).page(call.tx, around.ancestors, call.viewer)
    below = await presenter(call).page(call.tx, around.descendants, call.viewer)
    return Answer(pieces=(b'{"ancestors":', *above, b',"descendants":', *below, b"}"))


async def edit(call: Call) -> Answer:
    """PUT /api/v1/statuses/:id; an edit changes neither the audience nor what is quoted: neither is a parameter.

    One that waits for a host is answered by the status as it was.
    """
    asked = call.read(Asked)
    stills = await drawn(call, call.id(), {one.id: one.thumbnail for one in asked.media_attributes[: posts.MOST_MEDIA]})
    change = Change(
        text=asked.status,
        warning=asked.spoiler_text,
        sensitive=asked.sensitive,
        language=asked.language,
        kind=asked.salledepause.kind,
        shows_family=asked.salledepause.shows_family,
        quote_policy=asked.quote_approval_policy,
        closed=asked.salledepause.closed,
        media_ids=None if asked.media_ids is None else tuple(asked.media_ids),
        media_words=tuple(
            MediaWords(one.id, one.description, focus(one.focus), stills.get(one.id)) for one in asked.media_attributes
        ),
        poll=_poll(asked.poll),
    )
    async with call.site.db.transaction() as call.tx:
        before = (await posts.load(call.tx, [call.id()])).get(call.id())
        done = await posts.edit(call.tx, call.me, call.id(), change)
        if asked.salledepause.thanks is not None:
            edited = await posts.source_of(call.tx, call.me, call.id())
            await victories.thank(call.tx, edited, asked.salledepause.thanks)
        old = [one.small for one in before.media if one.id in stills and one.small] if before else []
        call.tx.afterwards.extend(partial(call.site.blobs.drop, key) for key in old)
        said = (asked.status or "", asked.spoiler_text or "", *(change.poll.options if change.poll else ()))
        ours = {"secret": await secrecy.warning(call, *said), "edit_held": None if done else True}
        former = f"{before.warning}\n{before.text}" if before else ""
        card = await helping.offered(call, *said, language=asked.language, before=former)
        return helping.with_card(await answer(call, call.id()), card, **ours)


class ErasureAsked(msgspec.Struct):
    """Whether the media go at once."""

    delete_media: bool = False


async def erase(call: Call) -> Answer:
    """DELETE /api/v1/statuses/:id; answers what was erased, with its text, so that an app can redraft it.

    Its media may be attached again within a day, unless they are to be erased with it.
    """
    row = await posts.one_visible(call.tx, call.id(), call.me)
    if row.original and row.post.account_id == call.me:
        return await _take_back(call, row)
    post = await posts.source_of(call.tx, call.me, call.id())
    said = msgspec.json.decode(b"".join(await presenter(call).one(call.tx, row, call.viewer)))
    if not call.read(ErasureAsked).delete_media:
        freed = await posts.media.set_free(call.tx, call.site, post.id)
        said["media_attachments"] = [entities.media(call.site, one) for one in freed]
    blobs = await posts.erase(call.tx, call.me, post.id)
    call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
    return json(said | {"text": redrafted(post)})


def redrafted(post: posts.Post) -> str:
    """Return the text that an app opens anew: of what was said in a room it names the room, so that it goes nowhere else."""
    if post.room is None or post.room.handle in scan(post.text).mentions:
        return post.text
    return f"@{post.room.handle} {post.text}"


async def _take_back(call: Call, boost: posts.Seen) -> Answer:
    """Take a boost back, named by its own id; answer it as it was."""
    said = await presenter(call).one(call.tx, boost, call.viewer)
    await posts.unboost(call.tx, call.me, boost.post.id)
    return Answer(pieces=said)


async def source(call: Call) -> Answer:
    """GET /api/v1/statuses/:id/source, as Mastodon gives it to whom may read the status."""
    return json(entities.source(await posts.typed(call.tx, call.id(), call.viewer)))


async def history(call: Call) -> Answer:
    """GET /api/v1/statuses/:id/history, oldest version first."""
    row = await posts.one_visible(call.tx, call.id(), call.viewer)
    versions = await posts.history(call.tx, row.subject.id, call.viewer)
    post = (await posts.load(call.tx, [row.subject.id])).get(row.subject.id)
    if post is None:
        raise Missing
    common = {
        "account": entities.account(call.site, await accounts.one(call.tx, post.account_id)),
        "quote": await _quote(call, post.id) if post.has_quote else None,
    }
    return json([_version(call, one, post) | common for one in versions])


async def _quote(call: Call, post_id: int) -> msgspec.Raw | None:
    """Return the ShallowQuote of a post: what it quotes is the same in every version."""
    quote = (await posts.quotes.of(call.tx, [post_id], call.viewer)).get(post_id)
    return msgspec.Raw(entities.shallow_quote(quote.state, quote.seen.post.id if quote.seen else None)) if quote else None


def _version(call: Call, one: posts.Version, post: posts.Post) -> dict[str, Any]:
    entity = {
        "content": entities.html(call.site, one.text, post.mentions),
        "spoiler_text": one.warning,
        "sensitive": one.sensitive,
        "created_at": clock.iso(one.created_at),
        "media_attachments": [entities.media(call.site, medium) for medium in one.media],
        "emojis": entities.emojis(call.site, one.warning, one.text),
    }
    return entity | ({"poll": {"options": [{"title": title} for title in one.options]}} if one.options else {})


async def translate(call: Call) -> Answer:
    """POST /api/v1/statuses/:id/translate: no text leaves the house; 404, as Mastodon answers where translation is off."""
    del call
    raise Missing


async def _schedule(call: Call, draft: Draft, at: str, key: str) -> Answer:
    instant = instant_of(at)
    made = await posts.scheduled.schedule(call.tx, call.me, draft, instant, key)
    return json(extra_entities.scheduled(call.site, made, await posts.media.load(call.tx, made.draft.media_ids)))


def instant_of(text: str) -> datetime:
    """Return an instant that a client wrote, which must be a little ahead; raises BadInput."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("Date illisible : attendu par exemple 2026-12-31T08:00:00Z.") from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if instant < clock.now() + SOON:
        raise BadInput("Un message se programme au moins cinq minutes à l'avance.")
    return instant


def _draft(call: Call, asked: Asked) -> Draft:
    return Draft(
        text=asked.status or "",
        kind=asked.salledepause.kind,
        audience=audience(asked.visibility),
        warning=asked.spoiler_text or "",
        sensitive=asked.sensitive,
        language=asked.language or None,
        shows_family=asked.salledepause.shows_family,
        parent_id=ids.parse(asked.in_reply_to_id) if asked.in_reply_to_id else None,
        quoted_id=ids.parse(asked.quoted_status_id) if asked.quoted_status_id else None,
        quote_policy=asked.quote_approval_policy,
        closed=bool(asked.salledepause.closed),
        media_ids=tuple(asked.media_ids or ()),
        poll=_poll(asked.poll),
        app_id=call.caller.app_id if call.caller else None,
        room_id=ids.parse(asked.salledepause.room) if asked.salledepause.room else None,
        hours=asked.salledepause.expires_hours,
    )


def audience(word: str | None) -> Audience | None:
    """Return the audience that a client's `visibility` means; raises BadInput."""
    if not word:
        return None
    if word not in entities.AUDIENCE:
        raise BadInput("Visibilité inconnue : attendu public, unlisted, private ou direct.")
    return entities.AUDIENCE[word]


def _poll(asked: PollAsked | None) -> PollDraft | None:
    if asked is None or not asked.options:
        return None
    if asked.expires_in is None:
        raise BadInput("Un sondage demande une durée (expires_in, en secondes).")
    lasts = timedelta(seconds=max(0, min(asked.expires_in, 10**9)))
    return PollDraft(tuple(asked.options), lasts, asked.multiple, asked.hide_totals)


def focus(text: str | None) -> tuple[float, float] | None:
    """Return a focal point written `x,y`, each from -1 to 1; raises BadInput."""
    if not text:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput("Point focal illisible : attendu deux nombres de -1 à 1 séparés par une virgule.") from error
    if not (-1 <= x <= 1 and -1 <= y <= 1):
        raise BadInput("Point focal illisible : attendu deux nombres de -1 à 1 séparés par une virgule.")
    return x, y


ROUTES = [
    route("POST", "/api/v1/statuses", create, user("write:statuses")),
    route("GET", "/api/v1/statuses", show_many, reading("read:statuses")),
    route("GET", "/api/v1/statuses/{id}", show, reading("read:statuses", remembered=True)),
    route("PUT", "/api/v1/statuses/{id}", edit, Rule("user", "write:statuses", files=LARGEST, transaction=False)),
    route("DELETE", "/api/v1/statuses/{id}", erase, user("write:statuses")),
    route("GET", "/api/v1/statuses/{id}/context", context, reading("read:statuses", remembered=True)),
    route("GET", "/api/v1/statuses/{id}/source", source, user("read:statuses")),
    route("GET", "/api/v1/statuses/{id}/history", history, reading("read:statuses")),
    route("POST", "/api/v1/statuses/{id}/translate", translate, app("read:statuses")),
]
