"""Humour: what says #humour is marked as such, and whoever is not in the mood puts it aside in one click, and takes it back.

To put it aside is to have a filter of that one word, which one's apps obey too.
"""

from __future__ import annotations

import msgspec

from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import Filter, FilterDraft, KeywordDraft
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.cards import HUMOUR
from salledepause.surfaces.web.messages import Undo

WORD = f"#{HUMOUR}"
TOLD = {
    "aside": "L'humour est de côté : il ne passe plus dans votre accueil ni dans la salle.",
    "back": "L'humour est de retour.",
}
"""What each button tells once it is done."""


async def is_aside(call: Call) -> bool:
    """Tell whether who looks has put humour aside."""
    if call.viewer is None:
        return False
    call.tx.stands_on(Subject.FILTERS, call.viewer)
    return bool(await _filters(call, call.viewer))


async def _filters(call: Call, me: int) -> list[Filter]:
    """Return the filters of that word alone: what one wrote into others stays theirs."""
    found = await filters.active(call.tx, me)
    return [one for one in found if [each.keyword.casefold() for each in one.keywords] == [WORD] and not one.posts]


class Pressed(msgspec.Struct):
    """A button and where to come back."""

    gesture: str = ""
    back: str = f"/tags/{HUMOUR}"


async def choose(call: Call) -> Answer:
    """POST /humour: put it aside, or take it back."""
    pressed = call.read(Pressed)
    if pressed.gesture not in TOLD:
        raise Missing
    known = await _filters(call, call.me)
    if pressed.gesture == "back":
        for one in known:
            await filters.erase(call.tx, call.me, one.id)
    elif not known:
        title = wording.said("Humour", call.language)
        word = KeywordDraft(WORD, whole_word=True)
        draft = FilterDraft(title=title, contexts=("home", "public"), action="hide", keywords=(word,))
        await filters.create(call.tx, call.me, draft)
    undo = Undo("/humour", {"gesture": "back" if pressed.gesture == "aside" else "aside"})
    return answers.back(call, pressed.back, messages.notice(TOLD[pressed.gesture], call, undo))


ROUTES = [route("POST", "/humour", guests.guarded(choose), user(""))]
