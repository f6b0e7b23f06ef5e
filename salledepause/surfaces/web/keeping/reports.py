"""Reports: the queue, one of them with what it names, who looks after it, and what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from salledepause.features import accounts, moderation, posts
from salledepause.features.moderation import Decision, Report
from salledepause.features.moderation import Sought as Reported
from salledepause.kernel.errors import BadInput
from salledepause.kernel.page import Page
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call, Header
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, cards, guests, messages, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.keeping import accounts as people
from salledepause.surfaces.web.keeping import door, words
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/signalements"
MOST, EARLIER = 30, 10


class Asked(msgspec.Struct):
    """Those that wait, or the settled ones."""

    voir: Literal["clos", ""] = ""


async def listed(call: Call) -> Answer:
    """GET /maison/signalements."""
    asked = call.read(Asked)
    found = await moderation.reports(call.tx, call.me, Reported(resolved=bool(asked.voir)), call.page(MOST))
    who = await accounts.load(call.tx, {number for one in found.items for number in named(one)})
    both = around(call, found)
    return page(call, "keeping/reports.html", reports=found.items, people=who, asked=asked, around=both, **words.TABLES)


def named(report: Report) -> list[int]:
    """Return whom a report names: who reported, whom, who looks after it, who settled it."""
    return [one for one in (report.account_id, report.target_id, report.assigned_to, report.resolved_by) if one]


async def show(call: Call) -> Answer:
    """GET /maison/signalements/{id}."""
    return await _one(call, await moderation.one_report(call.tx, call.me, call.id()))


async def _one(call: Call, report: Report, given: Decided | None = None, problem: tuple[str, str] = ("", "")) -> Answer:
    me = await moderation.keeper(call.tx, call.me)
    who = await accounts.load(call.tx, named(report))
    shown = await _cards(call, report.post_ids)
    field, told = problem
    return page(
        call,
        "keeping/report.html",
        report=report,
        people=who,
        cards=shown,
        sealed=len(report.post_ids) - len(shown),
        rules=[(number, one) for number, one in enumerate(house.RULES, 1)],
        decides=moderation.decides(me, who[report.target_id]),
        acts_about=(await moderation.history(call.tx, me.id, report.target_id, Page(EARLIER))).items,
        form=given or Decided("none"),
        problems={field: told} if field else {},
        **words.TABLES,
    )


async def _cards(call: Call, wanted: Sequence[int]) -> list[Card]:
    """Return those of the posts of a report that its host may read: a report opens nothing to anybody."""
    seen = await posts.visible(call.tx, wanted, call.me) if wanted else []
    return await cards.dealt(call.tx, [posts.Seen(row.cursor, row.subject, None, row.gestures) for row in seen], call.me)


class Decided(msgspec.Struct):
    """What is decided of a report, what the person reads of it, and the posts to erase; to erase must be sure."""

    measure: Literal["none", "sensitive", "silence", "disable", "suspend", "delete_statuses", "resolve"]
    reason: str = ""
    ids: tuple[int, ...] = ()
    sure: bool = False


async def decide(call: Call) -> Answer:
    """POST /maison/signalements/{id}: settle a report."""
    decided = call.read(Decided)
    report = await moderation.one_report(call.tx, call.me, call.id())
    if decided.measure == "none" and not decided.reason.strip():
        return await _one(call, report, decided, ("mot", door.said("Écrivez le mot que la personne lira.", call)))
    if decided.measure == "delete_statuses" and decided.ids and not decided.sure:
        return _ask(call, decided)
    try:
        told = await _settled(call, report, decided)
    except BadInput as refusal:
        field = "messages-joints" if decided.measure == "delete_statuses" and not decided.ids else "mot"
        return await _one(call, report, decided, (field, wording.told(refusal, call.language)))
    return answers.back(call, at(report.id), told)


async def _settled(call: Call, report: Report, decided: Decided) -> Header:
    if decided.measure == "resolve":
        await moderation.resolve(call.tx, call.me, report.id)
        return messages.notice("Le signalement est clos.", call, Undo(at(report.id) + "/suite", {"gesture": "reopen"}))
    if decided.measure == "delete_statuses":
        gone = await moderation.withdraw_posts(call.tx, call.me, report.id, decided.ids, decided.reason)
        door.drop_later(call, gone)
        return messages.notice("Les messages sont effacés, et la personne en lira la raison.", call)
    who = await moderation.person(call.tx, call.me, report.target_id)
    await moderation.decide(call.tx, call.me, who.id, Decision(decided.measure, decided.reason, report.id))
    return people.done(call, decided.measure, who)


def _ask(call: Call, decided: Decided) -> Answer:
    number = len(decided.ids)
    heading = wording.counted("Effacer ce message ?", "Effacer ces %(n)s messages ?", number, call.language)
    text = "Ils disparaissent pour tout le monde, avec leurs images et leurs partages. Cela ne se défait pas."
    question = asking.Question(heading % {"n": number}, door.said(text, call), door.said("Effacer", call))
    fields = {"measure": "delete_statuses", "reason": decided.reason, **door.several(decided.ids)}
    return asking.ask(call, question, at(call.id()), fields)


def at(report_id: int) -> str:
    """Return the address of a report among the hosts' pages."""
    return f"{HERE}/{report_id}"


GESTURES = {
    "take": moderation.take_over,
    "hand_back": moderation.hand_back,
    "reopen": moderation.reopen,
}
TOLD = {
    "take": "Vous vous occupez de ce signalement.",
    "hand_back": "Ce signalement n'est plus à personne.",
    "reopen": "Le signalement est rouvert.",
}


class Pressed(msgspec.Struct):
    """A button."""

    gesture: Literal["take", "hand_back", "reopen"]


async def follow_up(call: Call) -> Answer:
    """POST /maison/signalements/{id}/suite: take it over, hand it back, open it again."""
    gesture = call.read(Pressed).gesture
    await GESTURES[gesture](call.tx, call.me, call.id())
    undo = Undo(at(call.id()) + "/suite", {"gesture": "hand_back"}) if gesture == "take" else None
    return answers.back(call, at(call.id()), messages.notice(TOLD[gesture], call, undo))


class Sorted(msgspec.Struct):
    """What a report is about, said anew."""

    category: Literal["spam", "legal", "violation", "other"]
    rules: tuple[int, ...] = ()


async def sort(call: Call) -> Answer:
    """POST /maison/signalements/{id}/motif: say anew what it is about, and which rules of the charter."""
    given = call.read(Sorted)
    rules = [one for one in given.rules if 1 <= one <= len(house.RULES)]
    await moderation.sort(call.tx, call.me, call.id(), given.category, rules)
    return answers.back(call, at(call.id()), messages.notice("Le motif est changé.", call))


DESTINATIONS = [
    Destination("Signalements", HERE, "flag", Who.HOST, rank=112, group="house", badge=moderation.waiting_reports),
]
ROUTES = [
    route("GET", HERE, for_hosts(listed), user("")),
    route("GET", HERE + "/{id}", for_hosts(show), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(decide)), user("")),
    route("POST", HERE + "/{id}/suite", guests.guarded(for_hosts(follow_up)), user("")),
    route("POST", HERE + "/{id}/motif", guests.guarded(for_hosts(sort)), user("")),
]
