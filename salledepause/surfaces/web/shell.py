"""What stands around every page: who looks and where they can go, by day or by night."""

from __future__ import annotations

from typing import Any

from salledepause.features.accounts import Account
from salledepause.surfaces.edge import Call
from salledepause.surfaces.web import cookies, guests, navigation, slots, wording

THEME = "theme"
"""The cookie of a choice; without one, it is dark at night."""
TERMS, OFF = "terms", "off"
"""The cookie of who would rather not have terms explained in posts."""
CHOSEN = {"light": "light", "dark": "dark"}


def around(call: Call) -> dict[str, Any]:
    """Return what the shell of a page is filled with."""
    guest = call.caller if isinstance(call.caller, guests.Guest) else None
    me = guest.account if guest and guest.account_id else None
    path = str(call.scope["path"])
    places = _places(call, me, path)
    return {
        "lang": call.language,
        "guest": guest,
        "me": me,
        "writes": me is not None and not me.reads_only,
        "csrf": slots.WORD if guest else "",
        "hushed": bool(guest and guest.hushed),
        "night": wording.is_night(),
        "theme": theme(call),
        "terms": {} if cookies.read(call.site.settings, call.headers, TERMS) == OFF else call.site.terms,
        "path": path,
        "places": places,
        "groups": navigation.grouped(places),
        "messages": (),
    }


def theme(call: Call) -> str:
    """Return the `data-theme` of a page: `light`, `dark`, or empty where the device decides."""
    held = cookies.read(call.site.settings, call.headers, THEME)
    return CHOSEN.get(held) or ("dark" if wording.is_night() else "")


def _places(call: Call, me: Account | None, path: str) -> list[navigation.Place]:
    waiting = call.caller.waiting if isinstance(call.caller, guests.Guest) else {}
    return navigation.places(call.manner.destinations, me, path, waiting)
