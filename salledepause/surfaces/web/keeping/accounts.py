"""Accounts as hosts see them: found by standing, role or name; one of them, what was decided about it, and what may be."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import moderation
from salledepause.features.accounts import Account, Sought
from salledepause.features.moderation import Decision, Lifting, Measure
from salledepause.features.moderation import Sought as Reported
from salledepause.kernel.errors import BadInput
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, wording
from salledepause.surfaces.web.keeping import door, words
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/comptes"
MOST = 50
"""Accounts of a page."""
RESET = "salledepause admin set-password"
"""Who has lost everything is given a new password on the machine: no host can take an account over from here."""
RECENT = 20
"""Decisions and reports shown of one account."""


class Asked(msgspec.Struct):
    """What the list is filtered by."""

    handle: str = ""
    standing: Literal["active", "pending", "silenced", "sensitized", "disabled", "suspended", ""] = ""
    role: Literal["member", "host", "admin", ""] = ""

    @property
    def sought(self) -> Sought:
        """The accounts meant."""
        standing: dict[str, Any] = {self.standing: True} if self.standing else {}
        roles = (self.role,) if self.role else ()
        return Sought(handle=self.handle.strip().removeprefix("@"), roles=roles, **standing)


async def listed(call: Call) -> Answer:
    """GET /maison/comptes."""
    asked = call.read(Asked)
    found = await moderation.people(call.tx, call.me, asked.sought, call.page(MOST))
    both = around(call, found)
    return page(call, "keeping/accounts.html", people=found.items, asked=asked, around=both, **words.TABLES)


async def show(call: Call) -> Answer:
    """GET /maison/comptes/{id}."""
    return await _one(call, await moderation.person(call.tx, call.me, call.id()))


async def _one(call: Call, who: Account, given: Decided | None = None, problem: str = "") -> Answer:
    me = await moderation.keeper(call.tx, call.me)
    filed: list[moderation.Report] = []
    for resolved in (False, True):
        about = Reported(resolved=resolved, target_id=who.id)
        filed += (await moderation.reports(call.tx, me.id, about, Page(RECENT))).items
    return page(
        call,
        "keeping/account.html",
        who=who,
        decides=moderation.decides(me, who),
        reports=filed,
        acts_about=(await moderation.history(call.tx, me.id, who.id, Page(RECENT))).items,
        form=given or Decided("none"),
        reset=RESET,
        problems={"mot": problem} if problem else {},
        **words.TABLES,
    )


class Decided(msgspec.Struct):
    """A measure, and what the person reads of it."""

    measure: Measure
    reason: str = ""


async def decide(call: Call) -> Answer:
    """POST /maison/comptes/{id}: take a measure."""
    decided = call.read(Decided)
    who = await moderation.person(call.tx, call.me, call.id())
    if decided.measure == "none" and not decided.reason.strip():
        return await _one(call, who, decided, door.said("Écrivez le mot que la personne lira.", call))
    try:
        await moderation.decide(call.tx, call.me, who.id, Decision(decided.measure, decided.reason))
    except BadInput as refusal:
        return await _one(call, who, decided, wording.told(refusal, call.language))
    return answers.back(call, at(who.id), done(call, decided.measure, who))


def done(call: Call, measure: str, who: Account) -> tuple[bytes, bytes]:
    """Return what tells that a measure is taken, with the button that lifts it."""
    undo = Undo(at(who.id) + "/lever", {"lifting": words.UNDONE[measure]}) if measure in words.UNDONE else None
    return messages.notice("C'est décidé, et @{handle} en lira la raison.", call, undo, handle=who.handle)


def at(account_id: int) -> str:
    """Return the address of an account among the hosts' pages."""
    return f"{HERE}/{account_id}"


class Lifted(msgspec.Struct):
    """A measure to lift, and where to come back."""

    lifting: Lifting
    back: str = ""


async def lift(call: Call) -> Answer:
    """POST /maison/comptes/{id}/lever."""
    lifted = call.read(Lifted)
    await moderation.lift(call.tx, call.me, call.id(), lifted.lifting)
    return answers.back(call, lifted.back or at(call.id()), messages.notice("La mesure est levée.", call))


class Promoted(msgspec.Struct):
    """A role; that of an admin must be sure, since no other admin takes it back."""

    role: Literal["member", "host", "admin"]
    sure: bool = False


async def promote(call: Call) -> Answer:
    """POST /maison/comptes/{id}/role."""
    promoted = call.read(Promoted)
    who = await moderation.person(call.tx, call.me, call.id())
    if promoted.role == "admin" and not promoted.sure:
        question = asking.Question(
            door.said("Confier l'administration à @{handle} ?", call, handle=who.handle),
            door.said("Entre administrateurs, personne ne décide d'un autre : seule la machine pourra revenir en arrière.", call),
            door.said("Confier l'administration", call),
        )
        return asking.ask(call, question, at(who.id), {"role": "admin"})
    await moderation.promote(call.tx, call.me, who.id, promoted.role)
    undo = None if promoted.role == "admin" else Undo(at(who.id) + "/role", {"role": who.role})
    return answers.back(call, at(who.id), messages.notice("Le rôle est changé.", call, undo))


async def close_access(call: Call) -> Answer:
    """POST /maison/comptes/{id}/sessions: close every session and app."""
    await moderation.close_access(call.tx, call.me, call.id())
    return answers.back(call, at(call.id()), messages.notice("Ses sessions et ses applications sont fermées.", call))


class Sure(msgspec.Struct):
    """Whether one is sure."""

    sure: bool = False


async def erase(call: Call) -> Answer:
    """POST /maison/comptes/{id}/effacer: erase a suspended account for good, once it is sure."""
    who = await moderation.person(call.tx, call.me, call.id())
    if not call.read(Sure).sure:
        question = asking.Question(
            door.said("Effacer @{handle} pour de bon ?", call, handle=who.handle),
            door.said(
                "Tout part avec le compte : messages, images, liens. Les fils restent entiers. Cela ne se défait pas.", call
            ),
            door.said("Effacer ce compte", call),
        )
        return asking.ask(call, question, at(who.id))
    door.drop_later(call, await moderation.erase(call.tx, call.me, who.id))
    return answers.back(call, HERE, messages.notice("Le compte de @{handle} est effacé.", call, handle=who.handle))


DESTINATIONS = [Destination("Comptes", HERE, "people", Who.HOST, rank=113, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(listed), user("")),
    route("GET", HERE + "/{id}", for_hosts(show), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(decide)), user("")),
    route("POST", HERE + "/{id}/lever", guests.guarded(for_hosts(lift)), user("")),
    route("POST", HERE + "/{id}/role", guests.guarded(for_hosts(promote, admin=True)), user("")),
    route("POST", HERE + "/{id}/sessions", guests.guarded(for_hosts(close_access)), user("")),
    route("POST", HERE + "/{id}/effacer", guests.guarded(for_hosts(erase, admin=True)), user("")),
]
