"""Pages to read: the welcome, the room, tags, profiles, conversations, the charter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from salledepause.features import accounts, company, graph, limits, notifications, posts, rooms, timelines
from salledepause.features.accounts import Account
from salledepause.features.company import Standing
from salledepause.features.posts import OPEN, Seen
from salledepause.features.timelines import Profile
from salledepause.kernel import text
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Page
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, reading, route
from salledepause.surfaces.web import addresses, announcing, cards, compose, guests, humour, safety, signposts, stops, waves
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.listing import Asked, shown, window
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

GLIMPSE = 5
"""Posts shown on the welcome page."""
FEWEST_CONVERSATIONS = 5
"""Below that, a share of conversations says more of somebody than of everybody."""


async def welcome(call: Call) -> Answer:
    """Return what this is, for whom, and the latest that was said in the open."""
    call.tx.passing = True  # it tells the hour, and a share that nothing stands on
    if not call.site.settings.visitors:
        return page(call, "welcome.html", cards=[], share=None)
    latest = await timelines.public(call.tx, None, Page(limit=GLIMPSE))
    mixed, every = await posts.family_share(call.tx)
    share = round(100 * mixed / every) if every >= FEWEST_CONVERSATIONS else None
    return page(
        call, "welcome.html", cards=await cards.dealt(call.tx, latest.items, None), share=share, **await announcing.fresh(call)
    )


async def room(call: Call) -> Answer:
    """GET /local: everything said in the open."""
    asked = call.read(Asked)
    listing = await timelines.public(call.tx, call.viewer, window(call, asked), asked.wish)
    return await shown(call, "room.html", listing, asked, where="public", lives=True)


async def tag(call: Call) -> Answer:
    """GET /tags/{tag}: everything said in the open under a tag."""
    key = text.tag_key(call.text("tag"))
    if not key:
        raise Missing
    asked = call.read(Asked)
    listing = await timelines.tagged(call.tx, call.viewer, window(call, asked), ([key], [], []), asked.wish)
    following = key in await graph.followed_among(call.tx, call.viewer, [key])
    aside = key == cards.HUMOUR and await humour.is_aside(call)
    return await shown(call, "tag.html", listing, asked, where="public", lives=True, tag=key, following=following, aside=aside)


PARTS = {"": Profile(replies=False), "reponses": Profile(), "medias": Profile(media=True, boosts=False)}
"""The parts of a profile by the `voir` of its address."""


async def profile(call: Call) -> Answer:
    """GET /@handle: who somebody is and what they said."""
    who = await person(call)
    asked = call.read(Asked)
    if asked.voir not in PARTS:
        raise Missing
    wanted = msgspec.structs.replace(PARTS[asked.voir], kinds=asked.wish.kinds)
    listing = await timelines.of_account(call.tx, who.id, call.viewer, window(call, asked), wanted)
    tie = None
    if call.viewer and call.viewer != who.id:
        tie = await graph.relationship(call.tx, call.viewer, who.id)
    away = (await notifications.rest(call.tx, who.id)).away_note
    return await shown(call, "profile.html", listing, asked, where="account", who=who, tie=tie, away=away)


async def post(call: Call) -> Answer:
    """GET /@handle/{id}: a post in its whole conversation."""
    seen = await posts.one_visible(call.tx, call.id(), call.viewer)
    found = await cards.dealt(call.tx, [Seen(seen.cursor, seen.subject, None, seen.gestures)], call.viewer)
    if not found:
        raise Missing
    card = found[0]
    address = addresses.post(card.author.handle, card.post.id)
    if address != call.scope["path"]:
        return safety.to(addresses.header_value(address))
    context = await posts.context(call.tx, card.post.id, call.viewer)
    above = await _sifted(call, context.ancestors)
    below = await _advised(call, cards.indented(await _sifted(call, context.descendants), card.post.id))
    me = guests.account(call)
    room_id = card.post.room_id
    speaks = room_id is None or await rooms.speaks(call.tx, call.viewer, room_id)
    form = compose.answer_to(me, card) if me and speaks and not posts.closing.shut(context.closers, call.viewer) else None
    asking = await _asking(call, card)
    if form and asking.standing and not (card.mine or asking.standing.call.answered_at):
        form = msgspec.structs.replace(form, gives="support")
    wave = await waves.round_of(call, card)
    astray = await signposts.astray(call, [card], me) if form else {}
    return page(
        call,
        "post.html",
        card=card,
        above=above,
        below=below,
        form=form,
        call_of=asking,
        read=astray.get(card.post.id),
        by_desk=await stops.standing(call, [*above, card, *below]),
        closers=context.closers,
        slow_until=context.slow_until,
        closed=[one for one in (*above, card) if one.post.closed],
        edit_waits=asking.may_ask and await limits.edit_waits(call.tx, card.post.id),
        round=wave,
        live=waves.live(wave),
        **waves.around(call),
    )


class Asking(NamedTuple):
    """Whether a post asks for a word and how that stands, or whether whoever looks could ask by it."""

    standing: Standing | None
    may_ask: bool


async def _asking(call: Call, card: Card) -> Asking:
    standing = await company.standing(call.tx, card.post.id, call.viewer)
    return Asking(standing, card.mine and card.post.audience in OPEN)


async def _advised(call: Call, found: Sequence[Card]) -> list[Card]:
    """Return answers with the mark of those whose authors said that they give advice."""
    advice = await company.advice_among(call.tx, [card.post.id for card in found])
    return [msgspec.structs.replace(card, advice=True) if card.post.id in advice else card for card in found]


async def _sifted(call: Call, rows: Sequence[Seen]) -> list[Card]:
    return await cards.sifted(call.tx, await cards.dealt(call.tx, rows, call.viewer), call.viewer, "thread")


async def charter(call: Call) -> Answer:
    """GET /charte: what this house promises and asks."""
    return page(call, "charter.html", rules=house.RULES, sections=house.PRIVACY)


async def about(call: Call) -> Answer:
    """GET /a-propos: the charter says it."""
    del call
    return safety.to(b"/charte")


async def person(call: Call) -> Account:
    """Return whose page is asked for; raises Missing for whoever does not show."""
    who = accounts.shown(await accounts.by_handle(call.tx, call.text("handle"), call.site.settings.domain))
    call.tx.stands_on(Subject.ACCOUNT, who.id)
    return who


DESTINATIONS = [
    Destination("Local", "/local", "room", rank=20, bar=True),
    Destination("Mon profil", "/@{handle}", "person", Who.MEMBER, rank=70, group="mine"),
    Destination("La charte", "/charte", "charter", rank=90, group="house"),
]
ROUTES = [
    route("GET", "/local", room, reading(remembered=True)),
    route("GET", "/tags/{tag}", tag, reading(remembered=True)),
    route("GET", "/charte", charter, anyone()),
    route("GET", "/a-propos", about, anyone()),
    route("GET", "/@{handle}", profile, reading(remembered=True)),
    route("GET", "/@{handle}/{id}", post, reading(remembered=True)),
]
