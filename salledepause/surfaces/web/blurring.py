"""Parts of one's own picture covered for good, from the form of a message or its edit: rectangles drawn, or four numbers each."""

from __future__ import annotations

from math import nan
from typing import Any

import msgspec

from salledepause.features import posts
from salledepause.features.posts.blurring import LEAST_SHARE, MOST_ZONES, Zone
from salledepause.kernel.errors import BadInput, Conflict
from salledepause.surfaces.edge import Answer, Call, Rule
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, compose, guests, messages, wording
from salledepause.surfaces.web.rendering import fragment, page

ROWS = 3
"""Zones that a form without scripts offers; a script adds others."""
HUNDRED = 100


class Typed(msgspec.Struct, frozen=True):
    """A zone as it is typed, in percent of the width and of the height."""

    x: str = ""
    y: str = ""
    width: str = ""
    height: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(one.strip() for one in (self.x, self.y, self.width, self.height))

    @property
    def zone(self) -> Zone:
        """The same in shares."""
        return Zone(_share(self.x), _share(self.y), _share(self.width), _share(self.height))


class Drawn(msgspec.Struct, frozen=True):
    """What a form holds."""

    zones: tuple[Typed, ...] = ()


def _share(text: str) -> float:
    """Return a number of percents as a share; what is no number is none that a zone may have."""
    try:
        return float(text.strip().replace(",", ".")) / HUNDRED
    except ValueError:
        return nan


async def show(call: Call) -> Answer:
    """GET /ecrire/medias/{id}/flouter: the picture and its rectangles, as a page or over the form that it is joined to."""
    return await _form(call, Drawn())


async def apply(call: Call) -> Answer:
    """POST /ecrire/medias/{id}/flouter: cover them for good; a refusal keeps what was drawn."""
    compose.contributor(call)
    drawn = call.read(Drawn)
    try:
        zones = [one.zone for one in drawn.zones if not one.empty]
        media = await posts.blurring.blur(call.site, call.me, call.id(), zones)
    except (BadInput, Conflict) as refusal:
        async with call.site.db.reading() as call.tx:
            return await _form(call, drawn, wording.told(refusal, call.language))
    if answers.wants_fragment(call):
        told = wording.said("C'est flouté, pour de bon.", call.language)
        return fragment(call, "blurred_part.html", one=media, told=told)
    return answers.back(call, addresses.blurring(media.id), messages.notice("C'est flouté, pour de bon.", call))


async def _form(call: Call, drawn: Drawn, refusal: str = "") -> Answer:
    compose.contributor(call)
    one = await posts.blurring.blurrable(call.tx, call.me, call.id())
    rows = (*drawn.zones, *(Typed() for _ in range(ROWS - len(drawn.zones))))[:MOST_ZONES]
    problems = {"zone-0-x": refusal} if refusal else {}
    values: dict[str, Any] = {
        "one": one,
        "rows": rows,
        "problems": problems,
        "most": MOST_ZONES,
        "least": round(LEAST_SHARE * HUNDRED),
    }
    if answers.wants_fragment(call) and not refusal:
        return fragment(call, "blur_sheet.html", fragment=True, **values)
    return page(call, "blur.html", fragment=False, **values)


BLURRING = Rule("user", budget="media", transaction=False)
ROUTES = [
    route("GET", "/ecrire/medias/{id}/flouter", show, user("")),
    route("POST", "/ecrire/medias/{id}/flouter", guests.guarded(apply), BLURRING),
]
