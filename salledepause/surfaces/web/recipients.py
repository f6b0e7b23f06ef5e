"""To whom a message goes: found as one types, chosen and taken off by buttons of its form; with scripts, on the same page."""

from __future__ import annotations

import msgspec

from salledepause.features import victories
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, compose, guests
from salledepause.surfaces.web.rendering import fragment
from salledepause.surfaces.web.writing import Form

FOUND = 8


class Pressed(msgspec.Struct):
    """Which button was pressed: the word of whom to add, or to take off; neither: what is typed is looked for."""

    thank: str = ""
    unthank: str = ""


async def choose(call: Call) -> Answer:
    """POST /ecrire/destinataires: look for somebody, add them or take them off; the form comes back, all that was typed in it."""
    compose.contributor(call)
    form, pressed = call.read(Form), call.read(Pressed)
    domain = call.site.settings.domain
    if pressed.thank and pressed.thank not in form.thanks:
        form = msgspec.structs.replace(form, thanks=(*form.thanks, pressed.thank)[: victories.MOST], whom="")
    elif pressed.unthank:
        form = msgspec.structs.replace(form, thanks=tuple(one for one in form.thanks if one != pressed.unthank))
    looking = form.whom.strip() and not (pressed.thank or pressed.unthank)
    found = await victories.suggested(call.tx, form.whom, FOUND, domain) if looking else []
    if answers.wants_fragment(call):
        given = await victories.typed(call.tx, form.thanks[: victories.MOST], domain)
        return fragment(call, "whom.html", form=form, given=given, proposed=found)
    return await compose.compose(call, form, proposed=found)


ROUTES = [route("POST", "/ecrire/destinataires", guests.guarded(choose), user(""))]
