"""The shield as pages: what waits is told in a sentence and opened behind two taps; its sender sees nothing of any of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from salledepause.features import accounts, shield
from salledepause.features.accounts import Account
from salledepause.features.shield import KINDS, Digest, Item, Week, summed
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces import sas
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import alerts, answers, cards, guests, messages, wording
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/bouclier"
SAS, SETTINGS, HELP = f"{HERE}/sas", f"{HERE}/reglages", f"{HERE}/pour"
KIND_LABELS = {
    "threat": "Menace",
    "attack_on_person": "Attaque contre vous",
    "attack_on_profession": "Attaque contre la profession",
}
"""What a mention does."""


OTHERS_LABELS = KIND_LABELS | {"attack_on_person": "Attaque contre cette personne"}
OTHERS_TIES: dict[str, str] = {
    "duel": "d'une personne avec qui elle a un duel amical",
    "followed": "d'une personne qu'elle suit",
    "met": "d'une personne à qui elle a déjà parlé",
    "limited": "d'une personne limitée",
    "newcomer": "d'un compte de moins de trente jours",
    "stranger": "d'une personne inconnue d'elle",
}
"""The same words, to who helps its wearer."""
PLAIN_TARGET = {"threat": "", "attack_on_person": "person", "attack_on_profession": "profession"}
"""At whom a kind aims without saying so."""


class Row(NamedTuple):
    """A week of insults on a page: its sentences, and how long its bar is (0 to 12)."""

    week: Week
    kinds: tuple[str, ...]
    bar: int


class Helped(NamedTuple):
    """Somebody who asked for help, and whether it was accepted."""

    who: Account
    accepted: bool


def _told(call: Call, items: Sequence[Item], *, own: bool = True) -> str:
    said = sas.told(summed([one for one in items if one.state == "held"]), call.language, own=own)
    return wording.spaced(said) if call.language == "fr" else said


def _labels(*, own: bool = True) -> dict[str, Any]:
    kinds, ties = (KIND_LABELS, shield.TIES) if own else (OTHERS_LABELS, OTHERS_TIES)
    return {"kinds": kinds, "ties": ties, "targets": shield.TARGETS, "plain_target": PLAIN_TARGET}


async def show(call: Call) -> Answer:
    """GET /bouclier: what waits, in a sentence; before one wears it, what it does and does not."""
    mine, items = await shield.shield(call.tx, call.me), await shield.sas(call.tx, call.me)
    helped = await shield.trusted.helped_by(call.tx, call.me)
    who = await accounts.load(call.tx, [one.account_id for one in helped])
    return page(
        call,
        "shield.html",
        shield=mine,
        told=_told(call, items),
        items=items,
        weeks=_rows(call, await shield.trend(call.tx, call.me)),
        helped=[Helped(who[one.account_id], one.accepted) for one in helped if one.account_id in who],
        **_labels(),
    )


def _rows(call: Call, found: Sequence[Week]) -> list[Row]:
    most = max((one.number for one in found), default=0)
    return [
        Row(one, tuple(sas.kind(name, one.kinds[name], call.language) for name in KINDS if one.kinds.get(name)), _bar(one, most))
        for one in found
    ]


def _bar(week: Week, most: int) -> int:
    return -(-12 * week.number // most) if most else 0


class Gesture(msgspec.Struct, frozen=True):
    """What one does."""

    gesture: str = ""


async def wear(call: Call) -> Answer:
    """POST /bouclier: wear it, or take it off."""
    if call.read(Gesture).gesture == "wear":
        await shield.wear(call.tx, call.me)
        told = "Vous portez votre bouclier. Ce qui blesse attendra ici, sans sonner."
    else:
        await shield.take_off(call.tx, call.me)
        told = "Bouclier posé. Ce qui attend reste ici ; ce qui vient vous parvient."
    return answers.back(call, HERE, messages.notice(told, call))


async def show_one(call: Call) -> Answer:
    """GET /bouclier/sas/{id}: one mention that waits; its words are behind a second tap."""
    one = await shield.item(call.tx, call.me, call.id())
    found = await shield.opened(call.tx, call.me, one)
    dealt = await cards.dealt(call.tx, [found[0]], call.viewer) if found else []
    own = one.account_id == call.me
    return page(call, "shield_one.html", one=one, card=dealt[0] if dealt else None, own=own, **_labels(own=own))


class Decision(NamedTuple):
    """What a button of the sas does, what is told then, and what undoes it."""

    act: Callable[[Tx, int, int], Awaitable[Item]]
    told: str
    undo: str = ""


DECISIONS = {
    "release": Decision(shield.let_through, "Ce message est avec les autres, et le bouclier s'en souviendra."),
    "keep": Decision(shield.keep, "Gardé dans le sas.", "restore"),
    "discard": Decision(shield.discard, "Retiré du sas. Qui l'a écrit n'en sait rien.", "restore"),
    "restore": Decision(shield.restore, "De nouveau à trier, dans le sas."),
}
"""What its wearer may decide of a mention, and whom they trust too; to keep its author away is on /distance."""


async def decide(call: Call) -> Answer:
    """POST /bouclier/sas/{id}: let it through, keep it, take it away, put it back; or aside as evidence."""
    wanted, item_id = call.read(Gesture).gesture, call.id()
    if wanted == "evidence":
        return await _prove(call, item_id)
    if wanted not in DECISIONS:
        raise Missing
    act, told, undo = DECISIONS[wanted]
    one = await act(call.tx, call.me, item_id)
    back = HERE if one.account_id == call.me else f"{HELP}/{one.account_id}"
    undone = Undo(f"{SAS}/{one.id}", {"gesture": undo}) if undo else None
    return answers.back(call, back, messages.notice(told, call, undone))


async def _prove(call: Call, item_id: int) -> Answer:
    """Copy a mention as evidence, which its wearer alone may."""
    one = await shield.item(call.tx, call.me, item_id)
    if one.account_id != call.me:
        raise Missing
    await shield.evidence.put_aside(call.tx, call.site, call.me, one.post_id)
    return answers.back(call, f"{HERE}/preuves", messages.notice("Copie mise de côté, avec sa date et son empreinte.", call))


async def settings(call: Call) -> Answer:
    """GET /bouclier/reglages: the digest, one's words, whom one trusts."""
    mine, helper = await shield.shield(call.tx, call.me), await shield.trusted.of(call.tx, call.me)
    return page(
        call,
        "shield_settings.html",
        shield=mine,
        at=f"{mine.digest_at // 60:02}:{mine.digest_at % 60:02}",
        listed=await shield.words(call.tx, call.me),
        helper=Helped(await accounts.one(call.tx, helper.helper_id), helper.accepted) if helper else None,
    )


class Asked(msgspec.Struct, frozen=True):
    """When to be told of what waits; a word to add or to take away; whom to trust."""

    digest: Digest = "none"
    at: str = "18:00"
    word: str = ""
    gone: str = ""
    handle: str = ""
    gesture: str = ""


async def choose_digest(call: Call) -> Answer:
    """POST /bouclier/reglages: be told at an hour, or never."""
    asked = call.read(Asked)
    found = alerts.TIME.fullmatch(asked.at)
    if not found:
        raise BadInput("Heure refusée : attendu par exemple 22:00.")
    await shield.choose_digest(call.tx, call.me, asked.digest, int(found[1]) * 60 + int(found[2]))
    return answers.back(call, SETTINGS, messages.notice("C'est noté.", call))


async def choose_words(call: Call) -> Answer:
    """POST /bouclier/mots: add a word to one's list, or take one away."""
    asked = call.read(Asked)
    if asked.gone:
        await shield.drop_word(call.tx, call.me, asked.gone)
        undo = {"word": asked.gone}
        told = "Ce mot n'est plus compté."
    else:
        undo = {"gone": await shield.add_word(call.tx, call.me, asked.word)}
        told = "Ce mot est compté, à partir de maintenant."
    return answers.back(call, f"{SETTINGS}#mots", messages.notice(told, call, Undo(f"{HERE}/mots", undo)))


async def choose_helper(call: Call) -> Answer:
    """POST /bouclier/aide: ask somebody to sort what waits, or nobody any more."""
    asked = call.read(Asked)
    if asked.gesture == "leave":
        await shield.trusted.let_go(call.tx, call.me)
        told = "Plus personne d'autre que vous ne voit votre sas."
    else:
        who = await accounts.by_handle(call.tx, asked.handle.strip().removeprefix("@"), call.tx.domain)
        await shield.trusted.ask(call.tx, call.me, who.id)
        told = "La demande est partie. Rien n'est partagé tant qu'elle n'est pas acceptée."
    return answers.back(call, SETTINGS, messages.notice(told, call))


async def show_helped(call: Call) -> Answer:
    """GET /bouclier/pour/{id}: what waits of somebody whom one helps, nothing said in private."""
    who = await accounts.one(call.tx, call.id())
    items = await shield.sas_of(call.tx, call.me, who.id)
    told = _told(call, items, own=False)
    return page(call, "shield_helped.html", who=who, items=items, told=told, **_labels(own=False))


async def help_somebody(call: Call) -> Answer:
    """POST /bouclier/pour/{id}: accept to help somebody who asked, decline, or help no more."""
    if call.read(Gesture).gesture == "accept":
        await shield.trusted.accept(call.tx, call.me, call.id())
        return answers.back(call, f"{HELP}/{call.id()}", messages.notice("Merci d'être là.", call))
    await shield.trusted.leave(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("C'est noté.", call))


DESTINATIONS = [Destination("Bouclier", HERE, "shield", Who.MEMBER, rank=66, group="mine")]
ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(wear), user("")),
    route("GET", f"{SAS}/{{id}}", show_one, user("")),
    route("POST", f"{SAS}/{{id}}", guests.guarded(decide), user("")),
    route("GET", SETTINGS, settings, user("")),
    route("POST", SETTINGS, guests.guarded(choose_digest), user("")),
    route("POST", f"{HERE}/mots", guests.guarded(choose_words), user("")),
    route("POST", f"{HERE}/aide", guests.guarded(choose_helper), user("")),
    route("GET", f"{HELP}/{{id}}", show_helped, user("")),
    route("POST", f"{HELP}/{{id}}", guests.guarded(help_somebody), user("")),
]
