"""A list of posts as a page: one kind or all, from a day or a place in it, with plain links to the pages before and after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from salledepause.features import timelines
from salledepause.features.posts import Kind, Seen
from salledepause.features.timelines import Wish
from salledepause.kernel import clock, ids
from salledepause.kernel.page import CURSORS, Listed, Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.web import addresses, cards
from salledepause.surfaces.web.rendering import page

PAGE = 20
PLACES = {*CURSORS, "limit", "jour", "suite"}
"""Parameters that say where in a list one is; the others say which list, and stay from page to page."""


class Asked(msgspec.Struct):
    """What a list is asked for, beside its page: one kind of post, a day to begin with; of a profile, which part."""

    kind: Kind | None = None
    voir: str = ""
    jour: date | None = None

    @property
    def wish(self) -> Wish:
        """The kinds wanted."""
        return Wish((self.kind,) if self.kind else ())


class Around(NamedTuple):
    """The addresses of the pages before and after a list, empty where there is none."""

    older: str
    newer: str


async def shown(call: Call, template: str, listing: Listed[Seen], asked: Asked, **values: Any) -> Answer:
    """Return the page of a list.

    `where` names the context of the filters that apply, none when it is empty; with `lives`, the open page hears what comes.
    """
    found = await cards.dealt(call.tx, listing.items, call.viewer)
    where = values.pop("where")
    found = await cards.sifted(call.tx, found, call.viewer, where) if where else found
    links = values.pop("links", None) or around(call, listing)
    values["live"] = _live(call, listing, asked) if values.pop("lives", False) else None
    return page(call, template, cards=found, asked=asked, around=links, **values)


def _live(call: Call, listing: Listed[Seen], asked: Asked) -> dict[str, Any] | None:
    """Return what an open page asks about the posts that come after it was read; nothing where one reads the past."""
    if PLACES & call.given.keys():
        return None
    newest = max((one.cursor for one in listing.items), default=ids.floor(clock.now()))
    path = str(call.scope["path"])
    return {"asked": {"lieu": path, "depuis": newest, "kind": asked.kind or ""}, "top": at(call)}


def window(call: Call, asked: Asked) -> Page:
    """Return which part of a list is asked for: what its cursors say, else what was said up to the end of a day."""
    given = call.page(PAGE)
    if asked.jour is None or given.max_id is not None or given.min_id is not None:
        return given
    return msgspec.structs.replace(given, max_id=after(asked.jour))


def after(day: date) -> int:
    """Return the cursor from which a list begins with the end of a day."""
    try:
        return timelines.first_id(day + timedelta(days=1)) or ids.MAXIMUM
    except OverflowError:
        return ids.MAXIMUM


def around(call: Call, listing: Listed[Any], **said: str) -> Around:
    """Return the addresses of the pages before and after a list; `said` is what they say beside their place."""
    given = call.page()
    moved = given.max_id is not None or given.min_id is not None or bool(call.given.get("jour"))
    older = listing.last if listing.full or (given.min_id is not None and listing.last) else None
    if moved and listing.first is None:
        return Around("", at(call, **said))
    newer = listing.first if moved and (listing.full or not given.upwards) else None
    return Around(at(call, max_id=older, **said) if older else "", at(call, min_id=newer, **said) if newer else "")


def at(call: Call, **place: object) -> str:
    """Return the address of the same list at another place."""
    query = call.scope["query_string"].decode("ascii", "replace")
    kept = {name: value for name, value in parse_qsl(query) if name not in PLACES}
    return addresses.with_query(str(call.scope["path"]), **kept | place)
