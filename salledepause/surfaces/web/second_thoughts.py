"""Second thoughts: a message just sent comes back to its form, one planned is moved no further, and neither is ever lost."""

from __future__ import annotations

import msgspec

from salledepause.features import posts, victories
from salledepause.features.posts import Audience, Draft, Kind, Media, Post
from salledepause.kernel import clock, ids, tongues
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, compose, guests, messages, slots, wording, writing
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.writing import Attached, Form

MOST_AT_ONCE = 40
"""Parts of one thread: no text that may be published has more."""
BACK = "Votre message n'est plus publié : le revoici, tel que vous l'aviez écrit."
NOT_LEAVING = "Votre message ne partira pas : le revoici."


class Taken(msgspec.Struct):
    """Which messages come back: ids of one, or of the parts of a thread, apart by spaces."""

    ids: str = ""
    back: str = "/"


class Pressed(msgspec.Struct):
    """What to do of a planned message: `cancel` it, or take it back to its form."""

    gesture: str = ""


async def take_back(call: Call) -> Answer:
    """POST /ecrire/reprendre: erase what was just sent and open its form again, with its media."""
    asked = call.read(Taken)
    wanted = [ids.parse(one) for one in asked.ids.split()[:MOST_AT_ONCE]]
    said = [await posts.source_of(call.tx, call.me, one) for one in wanted]
    if not said:
        raise Missing
    form = await _form_of(call, said, asked.back)
    freed = await posts.media.set_free(call.tx, call.site, said[0].id)
    blobs = await posts.erase_all(call.tx, wanted)
    call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
    form = msgspec.structs.replace(form, media={str(one.id): _words(one) for one in freed})
    return await compose.compose(call, form, notice=wording.said(BACK, call.language))


async def _form_of(call: Call, said: list[Post], back: str) -> Form:
    """Return the form that said this, in one message or in parts."""
    first, text = said[0], posts.joined([one.text for one in said])
    poll = (await posts.polls.of(call.tx, [first.id], call.me)).get(first.id) if first.has_poll else None
    quoted = (await posts.quotes.cited(call.tx, [first.id], call.me)).get(first.id) if first.has_quote else None
    thanks = await victories.of(call.tx, [first.id])
    lasts = poll.expires_at - first.created_at if poll and poll.expires_at else writing.A_DAY
    return Form(
        text=text,
        kind=first.kind,
        audience=None if first.room else first.audience,
        room=str(first.room_id or ""),
        hours=round((first.expires_at - first.created_at).total_seconds() / 3600) if first.expires_at else 0,
        warning=first.warning,
        language="" if first.language == tongues.guessed(text) else first.language or "",
        shows_family=first.family is not None,
        answering=str(first.parent_id or ""),
        quoting=str(quoted[1]) if quoted else "",
        thanks=tuple(one.word for one in thanks.get(first.id, ())),
        closed=first.closed,
        options=poll.options if poll else (),
        lasts=round(lasts.total_seconds()),
        multiple=bool(poll and poll.multiple),
        shape="thread" if len(said) > 1 else "",
        key=slots.fresh_key(),
        back=addresses.own(back),
    )


def _words(one: Media) -> Attached:
    """Return the words of a medium as the form holds them."""
    focus = next((word for word, point in writing.FOCI.items() if point == (one.focus_x, one.focus_y)), "")
    return Attached(one.description, focus)


async def planned(call: Call) -> Answer:
    """GET /ecrire/programmes: what waits for its hour."""
    compose.contributor(call)
    listing = await posts.scheduled.page(call.tx, call.me, call.page())
    waiting = sorted(listing.items, key=lambda one: one.at)
    return page(call, "planned.html", waiting=waiting)


async def give_up(call: Call) -> Answer:
    """POST /ecrire/programmes/{id}: what was planned leaves no more; its form opens again, or nothing is kept."""
    compose.contributor(call)
    one = await posts.scheduled.one(call.tx, call.me, call.id())
    await posts.scheduled.cancel(call.tx, call.me, one.id)
    if call.read(Pressed).gesture == "forget":
        return answers.back(call, "/ecrire/programmes", messages.notice("Ce message ne partira pas.", call))
    found = await posts.media.load(call.tx, one.draft.media_ids)
    form = _form_of_draft(one.draft, {str(medium.id): _words(medium) for medium in found})
    form = msgspec.structs.replace(form, at=f"{one.at.astimezone(clock.PARIS):%Y-%m-%dT%H:%M}")
    return await compose.compose(call, form, notice=wording.said(NOT_LEAVING, call.language))


def _form_of_draft(draft: Draft, media: dict[str, Attached]) -> Form:
    return Form(
        text=draft.text,
        kind=draft.kind or Kind.OPINION,
        audience=None if draft.room_id else draft.audience or Audience.PUBLIC,
        room=str(draft.room_id or ""),
        warning=draft.warning,
        language=draft.language or "",
        shows_family=bool(draft.shows_family),
        answering=str(draft.parent_id or ""),
        quoting=str(draft.quoted_id or ""),
        closed=draft.closed,
        media=media,
        options=draft.poll.options if draft.poll else (),
        lasts=round(draft.poll.lasts.total_seconds()) if draft.poll else writing.A_DAY.seconds,
        multiple=bool(draft.poll and draft.poll.multiple),
        key=slots.fresh_key(),
    )


ROUTES = [
    route("POST", "/ecrire/reprendre", guests.guarded(take_back), user("")),
    route("GET", "/ecrire/programmes", planned, user("")),
    route("POST", "/ecrire/programmes/{id}", guests.guarded(give_up), user("")),
]
