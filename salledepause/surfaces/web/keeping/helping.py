"""The safety net as hosts keep it: who asks for a word, and the numbers to call with the day that each was last checked."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from salledepause.features import accounts, safety_net
from salledepause.features.safety_net import WORDS_LENGTH, HelpLine, Line
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, wording
from salledepause.surfaces.web.keeping import door
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/aide"
NEW = f"{HERE}/nouvelle"


async def show(call: Call) -> Answer:
    """GET /maison/aide."""
    asking = await safety_net.calls(call.tx, call.me)
    who = await accounts.load(call.tx, {number for one in asking for number in (one.account_id, one.taken_by) if number})
    lines = await safety_net.lines(call.tx)
    old = {one.id for one in lines if safety_net.is_stale(one, clock.today())}
    return page(call, "keeping/help.html", calls=asking, people=who, lines=lines, old=old)


class Pressed(msgspec.Struct):
    """A button."""

    gesture: Literal["take", "settle"]


async def follow_up(call: Call) -> Answer:
    """POST /maison/aide/demandes/{id}: look after somebody, or say that they were answered."""
    if call.read(Pressed).gesture == "take":
        await safety_net.take(call.tx, call.me, call.id())
        return answers.back(call, HERE, messages.notice("Vous vous en occupez. Écrivez-lui en message privé.", call))
    await safety_net.settle(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("C'est fait. Il n'en reste rien.", call))


class Form(msgspec.Struct):
    """A line as the form sends it: an empty box is a no."""

    name: str = ""
    number: str = ""
    hours: str = ""
    note: str = ""
    on_card: bool = False
    verified_on: str = ""

    @property
    def line(self) -> Line:
        """The line. Raises BadInput for a day that is none."""
        return Line(self.name, self.number, self.hours, self.note, self.on_card, _day(self.verified_on))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError as error:
        raise BadInput("Date illisible : choisissez un jour.") from error


def _form(one: HelpLine) -> Form:
    day = one.verified_on.isoformat() if one.verified_on else ""
    return Form(one.name, one.number, one.hours, one.note, one.on_card, day)


async def blank(call: Call) -> Answer:
    """GET /maison/aide/nouvelle."""
    return _page(call, Form(on_card=True), None)


async def one(call: Call) -> Answer:
    """GET /maison/aide/{id}."""
    found = await _found(call)
    return _page(call, _form(found), found)


async def _found(call: Call) -> HelpLine:
    for line in await safety_net.lines(call.tx):
        if line.id == call.id():
            return line
    raise Missing


def _page(call: Call, form: Form, found: HelpLine | None, problem: str = "") -> Answer:
    today = clock.today().isoformat()
    return page(
        call,
        "keeping/help_line.html",
        form=form,
        one=found,
        today=today,
        most_words=WORDS_LENGTH,
        problems={"numero": problem} if problem else {},
    )


async def add(call: Call) -> Answer:
    """POST /maison/aide/nouvelle."""
    return await _written(call, None)


async def change(call: Call) -> Answer:
    """POST /maison/aide/{id}."""
    return await _written(call, await _found(call))


async def _written(call: Call, found: HelpLine | None) -> Answer:
    form = call.read(Form)
    try:
        async with call.tx.attempt():
            await safety_net.write_line(call.tx, call.me, form.line, found.id if found else None)
    except BadInput as refusal:
        return _page(call, form, found, wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("La ligne d'aide est gardée.", call))


async def checked(call: Call) -> Answer:
    """POST /maison/aide/{id}/verifiee: say that a number was checked today."""
    found = await _found(call)
    await safety_net.write_line(call.tx, call.me, msgspec.structs.replace(_form(found).line, verified_on=clock.today()), found.id)
    return answers.back(call, HERE, messages.notice("Vérifiée aujourd'hui : merci.", call))


class Sure(msgspec.Struct):
    """Whether one is sure."""

    sure: bool = False


async def drop(call: Call) -> Answer:
    """POST /maison/aide/{id}/retirer: take a line away, once it is sure."""
    found = await _found(call)
    if not call.read(Sure).sure:
        text = "Elle disparaît de la page d'aide et de la fiche, pour tout le monde."
        question = asking.Question(
            door.said("Retirer cette ligne ?", call), door.said(text, call), door.said("Retirer la ligne", call)
        )
        return asking.ask(call, question, HERE)
    await safety_net.drop_line(call.tx, call.me, found.id)
    return answers.back(call, HERE, messages.notice("La ligne d'aide est retirée.", call))


DESTINATIONS = [Destination("Aide demandée", HERE, "buoy", Who.HOST, rank=113, group="house", badge=safety_net.waiting_calls)]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE + "/demandes/{id}", guests.guarded(for_hosts(follow_up)), user("")),
    route("GET", NEW, for_hosts(blank), user("")),
    route("POST", NEW, guests.guarded(for_hosts(add, admin=True)), user("")),
    route("GET", HERE + "/{id}", for_hosts(one), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(change, admin=True)), user("")),
    route("POST", HERE + "/{id}/verifiee", guests.guarded(for_hosts(checked, admin=True)), user("")),
    route("POST", HERE + "/{id}/retirer", guests.guarded(for_hosts(drop, admin=True)), user("")),
]
