"""Teams by their words that are one and the same: hosts join them, so that their thanks are read in one place."""

from __future__ import annotations

import msgspec

from salledepause.features import victories
from salledepause.features.victories import Way
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, asking, guests, messages
from salledepause.surfaces.web.keeping import door
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/equipes"
MOST = 20


class Looked(msgspec.Struct):
    """What is looked for: the team that is written otherwise, then the one that it is."""

    q: str = ""
    equipe: str = ""


class Joined(msgspec.Struct):
    """The last parts of the addresses of both teams, and whether the host is sure."""

    equipe: str
    into: str
    sure: bool = False


async def show(call: Call) -> Answer:
    """GET /maison/equipes: look for a team, then for the one that it is."""
    looked = call.read(Looked)
    first = await victories.team(call.tx, looked.equipe) if looked.equipe else None
    found = await victories.suggested(call.tx, looked.q, MOST, call.site.settings.domain) if looked.q.strip() else []
    wanted = (Way.TEAM, Way.HOSPITAL) if first else (Way.TEAM,)
    shown = [one for one in found if one.way in wanted and (first is None or one.slug != first.recipient.slug)]
    return page(call, "keeping/teams.html", typed=looked.q.strip(), first=first, found=shown)


async def join(call: Call) -> Answer:
    """POST /maison/equipes: ask, then say that a team is another one."""
    asked = call.read(Joined)
    one, other = await victories.team(call.tx, asked.equipe), await victories.team(call.tx, asked.into)
    if one.recipient.way is not Way.TEAM:
        raise BadInput("Seule une équipe écrite en toutes lettres se réunit à une autre.")
    if not asked.sure:
        text = "Les mercis de « {one} » iront à « {other} », et ces mots y mèneront. Cela ne se défait pas."
        question = asking.Question(
            door.said("Réunir ces deux équipes ?", call),
            door.said(text, call, one=one.recipient.name, other=other.recipient.name),
            door.said("Réunir", call),
        )
        return asking.ask(call, question, HERE, {"equipe": asked.equipe, "into": asked.into})
    into = await victories.merge(call.tx, call.me, asked.equipe, asked.into)
    told = messages.notice("« {one} » est maintenant « {other} ».", call, one=one.recipient.name, other=into.name)
    return answers.back(call, addresses.team(into.slug), told)


DESTINATIONS = [Destination("Équipes", HERE, "people", Who.HOST, rank=116, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE, guests.guarded(for_hosts(join)), user("")),
]
