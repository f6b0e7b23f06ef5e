"""One's own thread of news: balanced or in the order of time, as one chose; where one was; whom to follow when it is empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from salledepause.features import accounts, timelines
from salledepause.features.accounts import Account
from salledepause.features.posts import Seen
from salledepause.features.timelines import Edge
from salledepause.kernel import ids
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import announcing, answers, compose, cookies, guests, messages, pages, safety
from salledepause.surfaces.web.listing import PAGE, PLACES, Around, Asked, after, around, at, shown, window
from salledepause.surfaces.web.navigation import Destination

ORDER = "order"
"""The cookie of a choice; without one, a home is balanced."""
A_YEAR = 365 * 86400
MOST_SUGGESTED = 6
_EDGE = re.compile(r"([0-9]{1,19})-([0-9]{1,19})-([0-9a-k]{0,100})")


async def home(call: Call) -> Answer:
    """GET /: one's own thread, or the welcome of a visitor."""
    me = guests.account(call)
    if me is None:
        return await pages.welcome(call)
    asked = call.read(Asked)
    listing, links = await _read(call, me, asked)
    begins = not PLACES & call.given.keys()
    values: dict[str, Any] = {
        "links": links,
        "form": compose.blank(me),
        "balanced": balances(call, call.given),
        "chronological": _chosen(call) == "time",
        "newest": max((one.cursor for one in listing.items), default=0),
        "read": await _read_up_to(call),
        "begins": begins,
        "suggested": [] if listing.items or asked.kind or not begins else await _suggested(call, me),
    }
    return await shown(call, "home.html", listing, asked, where="home", lives=True, **values, **await announcing.fresh(call))


def balances(call: Call, given: Mapping[str, Any]) -> bool:
    """Tell whether one's home, asked for with these parameters, is balanced: unless one chose otherwise."""
    return _chosen(call) != "time" and not {"kind", "max_id", "min_id"} & {name for name, value in given.items() if value}


async def _read(call: Call, me: Account, asked: Asked) -> tuple[Listed[Seen], Around]:
    if not balances(call, call.given):
        listing = await timelines.home(call.tx, me.id, window(call, asked), asked.wish)
        return listing, around(call, listing)
    edge = _edge(call, asked)
    found = await timelines.balanced(call.tx, me.id, edge, PAGE)
    older = at(call, suite=_written(found.older)) if found.older else ""
    return Listed(found.items), Around(older, _newer(call, edge, found.newer))


def _newer(call: Call, edge: Edge | None, known: Edge | None) -> str:
    """Return the address of the page before a balanced one: in the order of time where one came by a date, not by a page."""
    if edge is None:
        return ""
    if known:
        return at(call, suite=_written(known))
    return at(call) if edge.way else at(call, min_id=min(edge.heavy, edge.others) - 1)


class Continued(msgspec.Struct):
    """Where a balanced page begins, as its links say."""

    suite: str = ""


def _edge(call: Call, asked: Asked) -> Edge | None:
    said = call.read(Continued).suite
    if not said:
        return Edge(after(asked.jour), after(asked.jour)) if asked.jour else None
    matched = _EDGE.fullmatch(said)
    if not matched:
        raise Missing
    return Edge(ids.parse(matched[1]), ids.parse(matched[2]), tuple(int(one, 36) for one in matched[3]))


def _written(edge: Edge) -> str:
    """Return an edge as addresses hold it; how many weighed on a page takes one letter, for there are at most 20."""
    return f"{edge.heavy}-{edge.others}-{''.join('0123456789abcdefghijk'[one] for one in edge.way)}"


def _chosen(call: Call) -> str:
    return cookies.read(call.site.settings, call.headers, ORDER)


async def _read_up_to(call: Call) -> int:
    """Return how far one had read, 0 when nothing says it."""
    held = await timelines.markers(call.tx, call.me, ["home"])
    return held[0].last_read_id if held else 0


async def _suggested(call: Call, me: Account) -> list[Account]:
    found = await timelines.suggestions(call.tx, me.id, MOST_SUGGESTED)
    people = await accounts.load(call.tx, [one.account_id for one in found])
    return [people[one.account_id] for one in found if one.account_id in people]


class Order(msgspec.Struct):
    """How one wants one's home."""

    order: Literal["balanced", "time"]


async def choose(call: Call) -> Answer:
    """POST /ordre: balanced or in the order of time, from now on in this browser."""
    order = call.read(Order).order
    said = "Votre fil suit l'ordre des heures." if order == "time" else "Votre fil est équilibré."
    return answers.back(call, "/", cookies.give(call.site.settings, ORDER, order, A_YEAR), messages.notice(said, call))


class Position(msgspec.Struct):
    """How far one has read."""

    last_read: str
    back: str = "/"


async def stay(call: Call) -> Answer:
    """POST /position: remember how far one has read one's home, for every app and device of one's own."""
    position = call.read(Position)
    await timelines.mark(call.tx, call.me, {"home": ids.parse(position.last_read)})
    if answers.wants_fragment(call):
        return Answer(b"", 204, safety.dressed(()))
    return answers.back(call, position.back, messages.notice("C'est retenu : vous reprendrez ici.", call))


DESTINATIONS = [Destination("Accueil", "/", "home", rank=10, bar=True)]
ROUTES = [
    route("GET", "/", home, anyone(remembered=True)),
    route("POST", "/ordre", guests.guarded(choose), user("")),
    route("POST", "/position", guests.guarded(stay), user("")),
]
