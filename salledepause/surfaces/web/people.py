"""Whom one knows: who asks to follow, who follows whom, what one keeps for oneself about somebody."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

import msgspec

from salledepause.features import accounts, graph
from salledepause.features.accounts import Account
from salledepause.features.graph import Collection, Follow
from salledepause.kernel import clock
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import addresses, answers, guests, messages
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

LANGUAGES = {"fr": "français", "en": "anglais", "es": "espagnol", "de": "allemand", "it": "italien", "pt": "portugais"}
"""Languages offered by name; others that one chose from an app stay as they are."""
TEN_MINUTES = 600


async def requests(call: Call) -> Answer:
    """GET /demandes: who asks to follow me, and whom I asked."""
    received = await graph.requests(call.tx, call.me, call.page(20))
    sent = await graph.asked(call.tx, call.me, Page(40))
    who = await accounts.load(call.tx, [*received.items, *sent.items])
    return page(
        call,
        "requests.html",
        received=_met(received, who),
        sent=_met(sent, who),
        around=around(call, received),
    )


def _met(found: Listed[int], who: dict[int, Account]) -> list[Account]:
    return [who[one] for one in found.items if one in who]


class Answered(msgspec.Struct):
    """What one answers to somebody who asks."""

    gesture: str = ""
    back: str = "/demandes"
    proof: str = ""


async def decide(call: Call) -> Answer:
    """POST /demandes/{id}: let somebody follow me, or not; either is taken back in one click."""
    answered = call.read(Answered)
    who = await accounts.one(call.tx, call.id())
    path = str(call.scope["path"])
    if answered.gesture == "authorize":
        await graph.authorize(call.tx, call.me, who.id)
        told = messages.notice("@{handle} vous suit désormais.", call, Undo(path, {"gesture": "part"}), handle=who.handle)
    elif answered.gesture == "reject":
        await graph.reject(call.tx, call.me, who.id)
        again = Undo(path, {"gesture": "again", "proof": _proof(call, who.id, clock.now().timestamp())})
        told = messages.notice("La demande de @{handle} est refusée, en silence.", call, again, handle=who.handle)
    elif answered.gesture == "part":
        await graph.remove_follower(call.tx, call.me, who.id)
        told = messages.notice("@{handle} ne vous suit plus, et ne le saura pas.", call, handle=who.handle)
    elif answered.gesture == "again" and _proves(call, who.id, answered.proof):
        await graph.follow(call.tx, who.id, call.me)
        told = messages.notice("La demande de @{handle} attend à nouveau.", call, handle=who.handle)
    else:
        raise Missing
    return answers.back(call, answered.back, told)


def _proof(call: Call, asker: int, at: float) -> str:
    """Return what proves that somebody had asked when their request was refused: nobody is made to ask who did not."""
    said = f"asked {asker} {call.me} {at:.0f}"
    return f"{at:.0f}.{hmac.digest(call.site.settings.secret.encode(), said.encode(), 'sha256').hex()}"


def _proves(call: Call, asker: int, proof: str) -> bool:
    at = proof.partition(".")[0]
    if not (at.isascii() and at.isdigit() and len(at) <= len("99999999999")):
        return False
    fresh = clock.now().timestamp() - int(at) < TEN_MINUTES
    return fresh and hmac.compare_digest(proof.encode(), _proof(call, asker, int(at)).encode())


async def followers(call: Call) -> Answer:
    """GET /@handle/abonnes: who follows somebody, readers never named."""
    who = await _person(call)
    return await _people(call, who, await graph.followers(call.tx, who.id, call.viewer, call.page(40)), "abonnes")


async def following(call: Call) -> Answer:
    """GET /@handle/abonnements: whom somebody follows."""
    who = await _person(call)
    return await _people(call, who, await graph.following(call.tx, who.id, call.viewer, call.page(40)), "abonnements")


async def endorsed(call: Call) -> Answer:
    """GET /@handle/recommandations: whom somebody recommends."""
    who = await _person(call)
    found = await graph.endorsed(call.tx, who.id, call.viewer, call.page(40))
    together = await graph.collections_of(call.tx, who.id, call.viewer, 40, 0)
    return await _people(call, who, found, "recommandations", together)


async def _person(call: Call) -> Account:
    return accounts.shown(await accounts.by_handle(call.tx, call.text("handle"), call.site.settings.domain))


async def _people(call: Call, who: Account, found: Listed[int], part: str, together: Sequence[Collection] = ()) -> Answer:
    known = await accounts.load(call.tx, found.items)
    ties = {one.id: one for one in await graph.relationships(call.tx, call.viewer, found.items)} if call.viewer else {}
    hidden = call.viewer != who.id and (who.hide_collections or who.reads_only)
    pages = around(call, found)
    shown: dict[str, Any] = {"people": _met(found, known), "ties": ties, "hidden": hidden, "around": pages, "together": together}
    return page(call, "followers.html", who=who, part=part, **shown)


async def between(call: Call) -> Answer:
    """GET /personnes/{id}: what one chose about somebody, known to oneself alone."""
    who = await _somebody(call)
    tie = await graph.relationship(call.tx, call.me, who.id)
    familiar = (await graph.familiar(call.tx, call.me, [who.id])).get(who.id, [])
    known = await accounts.load(call.tx, familiar)
    kept = [code for code in tie.languages or () if code not in LANGUAGES]
    return page(
        call,
        "between.html",
        who=who,
        tie=tie,
        familiar=[known[one] for one in familiar if one in known],
        languages=LANGUAGES | {code: code for code in kept},
    )


async def _somebody(call: Call) -> Account:
    who = await accounts.one(call.tx, call.id())
    if who.state != "active" or who.id == call.me:
        raise Missing
    return who


class Manner(msgspec.Struct):
    """How one wants to follow."""

    notify: bool = False
    boosts: bool = False
    languages: tuple[str, ...] = ()


async def follow_so(call: Call) -> Answer:
    """POST /personnes/{id}/suivi: change how one follows somebody."""
    who = await _somebody(call)
    if not (await graph.relationship(call.tx, call.me, who.id)).following:
        raise Missing
    manner = call.read(Manner)
    await graph.follow(call.tx, call.me, who.id, Follow(manner.boosts, manner.notify, manner.languages))
    return _kept(call, who, "C'est noté pour @{handle}.")


class Noted(msgspec.Struct):
    """What one writes for oneself."""

    note: str = ""


async def note(call: Call) -> Answer:
    """POST /personnes/{id}/note."""
    who = await _somebody(call)
    await graph.note(call.tx, call.me, who.id, call.read(Noted).note)
    return _kept(call, who, "Votre note sur @{handle} est gardée.")


class Praised(msgspec.Struct):
    """Whether one recommends somebody."""

    gesture: str = ""


async def endorse(call: Call) -> Answer:
    """POST /personnes/{id}/recommandation."""
    who = await _somebody(call)
    wanted = call.read(Praised).gesture
    if wanted == "endorse":
        await graph.endorse(call.tx, call.me, who.id)
        return _kept(call, who, "Vous recommandez @{handle} sur votre profil.", "unendorse")
    if wanted == "unendorse":
        await graph.unendorse(call.tx, call.me, who.id)
        return _kept(call, who, "Vous ne recommandez plus @{handle}.", "endorse")
    raise Missing


def _kept(call: Call, who: Account, sentence: str, opposite: str = "") -> Answer:
    undo = Undo(str(call.scope["path"]), {"gesture": opposite}) if opposite else None
    return answers.back(call, addresses.between(who.id), messages.notice(sentence, call, undo, handle=who.handle))


DESTINATIONS = [Destination("Demandes", "/demandes", "people", Who.MEMBER, rank=72, group="mine")]
ROUTES = [
    route("GET", "/demandes", requests, user("")),
    route("POST", "/demandes/{id}", guests.guarded(decide), user("")),
    route("GET", "/@{handle}/abonnes", followers, reading()),
    route("GET", "/@{handle}/abonnements", following, reading()),
    route("GET", "/@{handle}/recommandations", endorsed, reading()),
    route("GET", "/personnes/{id}", between, user("")),
    route("POST", "/personnes/{id}/suivi", guests.guarded(follow_so), user("")),
    route("POST", "/personnes/{id}/note", guests.guarded(note), user("")),
    route("POST", "/personnes/{id}/recommandation", guests.guarded(endorse), user("")),
]
