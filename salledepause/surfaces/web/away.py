"""Getting some air: nothing rings, what comes is kept aside, and one comes back gently, to ten posts at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from salledepause.features import notifications, timelines
from salledepause.features.posts import Kind, Seen
from salledepause.features.timelines import Wish
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, cards, guests, messages
from salledepause.surfaces.web.rendering import page

HERE, BACK = "/prendre-l-air", "/prendre-l-air/retour"
MOST = 10
"""Posts of a catch-up: there is nothing to make up for."""


async def show(call: Call) -> Answer:
    """GET /prendre-l-air."""
    rest = await notifications.rest(call.tx, call.me)
    kept = await notifications.kept(call.tx, call.me)
    since = ids.made_at(rest.away_from) if rest.away_from else None
    return page(call, "away.html", rest=rest, kept=kept, since=since)


class Leaving(msgspec.Struct, frozen=True):
    """What others read meanwhile, where one wants them to."""

    note: str = ""
    reply: str = ""
    until: str = ""


async def leave(call: Call) -> Answer:
    """POST /prendre-l-air: keep everything aside from now on."""
    asked = call.read(Leaving)
    await notifications.go_away(call.tx, call.me, asked.note, asked.reply, _day(asked.until))
    return answers.back(call, HERE, messages.notice("Bon air. Rien ne sonnera d'ici votre retour.", call))


def _day(text: str) -> date | None:
    """Return a day as a form sends it; raises BadInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("Date refusée : attendu par exemple 2027-03-01.") from error


async def empty(call: Call) -> Answer:
    """POST /prendre-l-air/vider: put away unread what is kept aside."""
    await notifications.empty(call.tx, call.me)
    return answers.back(call, HERE, messages.notice("C'est vidé, sans le lire.", call))


async def come_back(call: Call) -> Answer:
    """POST /prendre-l-air/retour: what was kept aside is there again, and a gentle catch-up."""
    since = await notifications.come_back(call.tx, call.me)
    told = messages.notice("Contents de vous revoir.", call)
    return answers.back(call, addresses.with_query(BACK, depuis=since) if since else "/", told)


class Since(msgspec.Struct, frozen=True):
    """The id from which one was away."""

    depuis: int = 0


async def catch_up(call: Call) -> Answer:
    """GET /prendre-l-air/retour: ten posts at most, of people one follows first, victories first."""
    since = max(0, min(call.read(Since).depuis, ids.MAXIMUM))
    dealt = await cards.dealt(call.tx, await _chosen(call, since), call.viewer)
    found = await cards.sifted(call.tx, dealt, call.viewer, "home")
    return page(call, "catch_up.html", cards=found[:MOST])


async def _chosen(call: Call, since: int) -> Sequence[Seen]:
    """Return posts since an id: victories of one's home, the rest of it, victories of the room; each once."""
    span, victories = Page(MOST, since_id=since), Wish((Kind.VICTORY,))
    lists = (
        await timelines.home(call.tx, call.me, span, victories),
        await timelines.home(call.tx, call.me, span),
        await timelines.public(call.tx, call.me, span, victories),
    )
    found: dict[int, Seen] = {}
    for listing in lists:
        for seen in listing.items:
            said = seen.original or seen.post
            if said.account_id != call.me:
                found.setdefault(said.id, seen)
    return list(found.values())[:MOST]


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(leave), user("")),
    route("POST", f"{HERE}/vider", guests.guarded(empty), user("")),
    route("GET", BACK, catch_up, user("")),
    route("POST", BACK, guests.guarded(come_back), user("")),
]
