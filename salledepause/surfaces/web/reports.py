"""Reporting a person or a post to the hosts: for which rule of the charter, in one's own words, confirmed before it leaves."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts, moderation, posts
from salledepause.features.accounts import Account
from salledepause.features.moderation import COMMENT_LENGTH, Complaint
from salledepause.features.posts import Seen
from salledepause.kernel import ids
from salledepause.kernel.errors import Missing, Refusal
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, cards, guests, helping, safety, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.rendering import page

HERE = "/signaler"


class Filled(msgspec.Struct):
    """The form of a report: about whom, which post, which rules, in which words; `sure` once it was read again."""

    compte: str = ""
    message: str = ""
    rules: tuple[str, ...] = ()
    comment: str = ""
    sure: bool = False
    back: str = "/"


async def show(call: Call) -> Answer:
    """GET /signaler: the form."""
    return await _form(call, call.read(Filled), {})


async def send(call: Call) -> Answer:
    """POST /signaler: read again what is about to leave, then send it."""
    filled = call.read(Filled)
    wrong = _problems(call, filled)
    if wrong:
        return await _form(call, filled, wrong)
    if not filled.sure:
        who, card = await _about(call, filled)
        back = addresses.own(filled.back)
        net = await helping.offered(call, filled.comment)
        chosen = _chosen(filled)
        return page(call, "report_confirm.html", who=who, card=card, filled=filled, rules=chosen, back=back, help=net)
    rules = tuple(int(one) for one in filled.rules)
    said = (ids.parse(filled.message),) if filled.message else ()
    complaint = Complaint(
        ids.parse(filled.compte), said, "violation" if rules else "other", comment=filled.comment, rule_ids=rules
    )
    try:
        async with call.tx.attempt():
            await moderation.report(call.tx, call.site, call.me, complaint)
    except Missing:
        raise
    except Refusal as refusal:
        return await _form(call, filled, {"recit": wording.told(refusal, call.language)})
    path = addresses.with_query(f"{HERE}/merci", compte=filled.compte, back=addresses.own(filled.back))
    return safety.to(addresses.header_value(path))


def _problems(call: Call, filled: Filled) -> dict[str, str]:
    """Return what is wrong, by field."""
    if not filled.rules and not filled.comment.strip():
        return {"recit": wording.said("Choisissez une règle de la charte, ou racontez avec vos mots.", call.language)}
    if any(not (one.isascii() and one.isdigit() and 1 <= int(one[:4]) <= len(house.RULES)) for one in filled.rules):
        return {"regles": wording.said("Cette règle n'est pas dans la charte.", call.language)}
    return {}


def _chosen(filled: Filled) -> dict[str, str]:
    return {one: house.RULES[int(one) - 1].text for one in filled.rules}


async def _about(call: Call, filled: Filled) -> tuple[Account, Card | None]:
    """Return whom a report is about and their post; raises Missing for oneself and what one may not see."""
    who = await accounts.one(call.tx, ids.parse(filled.compte))
    if who.state == "pending" or who.id == call.me:
        raise Missing
    if not filled.message:
        return who, None
    rows = await posts.visible(call.tx, [ids.parse(filled.message)], call.viewer)
    plain = [Seen(row.cursor, row.subject, None, row.gestures) for row in rows]
    found = [card for card in await cards.dealt(call.tx, plain, call.viewer) if card.author.id == who.id]
    if not found:
        raise Missing
    return who, found[0]


async def _form(call: Call, filled: Filled, problems: dict[str, str]) -> Answer:
    who, card = await _about(call, filled)
    return page(
        call,
        "report.html",
        who=who,
        card=card,
        filled=filled,
        charter=house.RULES,
        most_words=COMMENT_LENGTH,
        problems=problems,
        back=addresses.own(filled.back),
    )


async def thanks(call: Call) -> Answer:
    """GET /signaler/merci: what happens now, and what one can do oneself."""
    filled = call.read(Filled)
    who, _ = await _about(call, msgspec.structs.replace(filled, message=""))
    return page(call, "report_thanks.html", who=who, back=addresses.own(filled.back))


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(send), user("")),
    route("GET", f"{HERE}/merci", thanks, user("")),
]
