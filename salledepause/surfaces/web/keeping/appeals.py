"""Decisions that their person contests: read again by a host, preferably another one, kept with a reason or lifted."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import accounts
from salledepause.features.moderation import appeals
from salledepause.kernel.errors import BadInput, Forbidden
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/contestations"
TITLES = {
    "sensitive": "Images voilées",
    "silence": "Compte limité",
    "disable": "Compte fermé",
    "suspend": "Compte suspendu",
    "delete_statuses": "Messages effacés",
    "put_out": "Mise dehors d'une pièce :",
    "refuse_image": "Image refusée",
    "turn_away": "Image refusée à l'envoi, par comparaison",
}
"""What was decided, as hosts read it."""
OFF_THE_LINE = (
    "L'image n'est pas gardée : on relit la décision, pas l'image. Si vous la levez, ce qui lui ressemble n'est plus refusé à "
    "personne, et la personne peut l'envoyer à nouveau."
)
MEANS = {
    "put_out": "Si vous la levez, la personne peut de nouveau entrer dans la pièce.",
    "refuse_image": OFF_THE_LINE,
    "turn_away": OFF_THE_LINE,
}
"""What lifting a decision changes, where that does not go without saying."""


async def show(call: Call) -> Answer:
    """GET /maison/contestations."""
    return await _page(call)


async def _page(call: Call, problem: str = "", act_id: int = 0) -> Answer:
    found = await appeals.cases(call.tx, call.me)
    who = await accounts.load(call.tx, {one.account_id for one in found})
    problems = {f"mot-{act_id}": problem} if problem else {}
    status = 422 if problem else 200
    values: dict[str, Any] = {"titles": TITLES, "lifting": appeals.UNDOING, "lifting_means": MEANS}
    return page(call, "keeping/appeals.html", found=found, people=who, problems=problems, status=status, **values)


class Settled(msgspec.Struct):
    """What a host decides, and what the person reads of it."""

    verdict: str = ""
    reason: str = ""


async def settle(call: Call) -> Answer:
    """POST /maison/contestations/{id}."""
    settled, act_id = call.read(Settled), call.id()
    try:
        async with call.tx.attempt():
            await appeals.settle(call.tx, call.me, act_id, settled.verdict, settled.reason)
    except (BadInput, Forbidden) as refusal:
        if isinstance(refusal, Forbidden) and not str(refusal):
            raise
        return await _page(call, wording.told(refusal, call.language), act_id)
    return answers.back(call, HERE, messages.notice("C'est décidé, et la personne en lira la raison.", call))


DESTINATIONS = [
    Destination("Contestations", HERE, "flag", Who.HOST, rank=114, group="house", badge=appeals.waiting),
]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(settle)), user("")),
]
