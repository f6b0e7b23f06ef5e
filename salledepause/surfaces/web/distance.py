"""Distance in four grades: hide, mute, limit, block; each is explained before, and undone in one click.

Nobody is ever told. `/distance` lists all whom, and all that, one keeps at a distance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from salledepause.features import accounts, graph, posts
from salledepause.features.accounts import Account
from salledepause.features.graph import Follow, Relationship
from salledepause.features.posts import Seen
from salledepause.features.timelines import filters
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, cards, guests, messages
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/distance"
DURATIONS = {
    0: "Jusqu'à ce que je change d'avis",
    3600: "Une heure",
    12 * 3600: "Une nuit (douze heures)",
    3 * 86400: "Trois jours",
    7 * 86400: "Une semaine",
    30 * 86400: "Un mois",
}
"""How long to mute, in seconds."""
QUESTIONS: tuple[tuple[str, tuple[str, str, str, str]], ...] = (
    ("Ses messages dans mon accueil", ("sauf celui-là", "non", "non", "non")),
    ("Dans la salle et sous un mot", ("sauf celui-là", "non", "non", "non")),
    ("Ses partages", ("au choix", "non", "non", "non")),
    ("Ses réponses dans une conversation", ("sauf celle-là", "non", "repliées", "non")),
    ("Dans la recherche et dans mes listes", ("oui", "non", "oui", "non")),
    ("Ses notifications", ("oui", "au choix", "à part", "non")),
    ("Son profil, si j'y vais", ("oui", "oui", "oui", "oui")),
    ("Je continue à suivre", ("oui", "oui", "oui", "non")),
    ("Peut encore me lire et me répondre", ("oui", "oui", "oui", "non")),
    ("Le sait", ("jamais", "jamais", "jamais", "jamais")),
)
"""What the page compares, grade by grade; tests/mastodon/test_limits.py holds it to what happens."""
TOLD = {
    "hide_boosts": "Les partages de @{handle} ne passeront plus chez vous.",
    "show_boosts": "Les partages de @{handle} passeront à nouveau chez vous.",
    "mute": "@{handle} est en sourdine.",
    "unmute": "@{handle} n'est plus en sourdine.",
    "limit": "@{handle} est limité·e : vous ne lirez ses messages que là où vous irez les chercher.",
    "unlimit": "@{handle} n'est plus limité·e.",
    "block": "@{handle} est bloqué·e : vous ne vous lirez plus, ni l'un ni l'autre.",
    "unblock": "@{handle} n'est plus bloqué·e.",
}
OPPOSITE = {
    "hide_boosts": "show_boosts",
    "show_boosts": "hide_boosts",
    "mute": "unmute",
    "unmute": "mute",
    "limit": "unlimit",
    "unlimit": "limit",
    "block": "unblock",
    "unblock": "block",
}


class Where(msgspec.Struct):
    """The post that made one come, and where to go back."""

    message: str = ""
    back: str = "/"


async def choose(call: Call) -> Answer:
    """GET /distance/{id}: the four grades side by side, and where one stands."""
    who = await _somebody(call)
    where = call.read(Where)
    return page(
        call,
        "distance.html",
        who=who,
        tie=await graph.relationship(call.tx, call.me, who.id),
        card=await _said(call, who, where.message),
        back=addresses.own(where.back),
        durations=DURATIONS,
        questions=QUESTIONS,
    )


async def _said(call: Call, who: Account, typed: str) -> Card | None:
    """Return the post that made one come, when it is of that person."""
    if not typed:
        return None
    rows = await posts.visible(call.tx, [ids.parse(typed)], call.viewer)
    found = await cards.dealt(call.tx, [Seen(row.cursor, row.subject, None, row.gestures) for row in rows], call.viewer)
    return next((card for card in found if card.author.id == who.id), None)


async def _somebody(call: Call) -> Account:
    who = await accounts.one(call.tx, call.id())
    if who.state == "pending" or who.id == call.me:
        raise Missing
    return who


class Chosen(msgspec.Struct):
    """A grade, and for how long one mutes and whether notifications too; `follow`: follow again once unblocked."""

    gesture: str = ""
    back: str = "/"
    seconds: int = 0
    notifications: bool = False
    follow: bool = False


async def _boosts(tx: Tx, me: int, target_id: int, *, shown: bool) -> None:
    if not (await graph.relationship(tx, me, target_id)).following:
        raise Missing
    await graph.follow(tx, me, target_id, Follow(boosts=shown))


async def _hide_boosts(tx: Tx, me: int, target_id: int, chosen: Chosen) -> None:
    del chosen
    await _boosts(tx, me, target_id, shown=False)


async def _show_boosts(tx: Tx, me: int, target_id: int, chosen: Chosen) -> None:
    del chosen
    await _boosts(tx, me, target_id, shown=True)


async def _mute(tx: Tx, me: int, target_id: int, chosen: Chosen) -> None:
    await graph.mute(tx, me, target_id, notifications=chosen.notifications, seconds=chosen.seconds)


async def _unblock(tx: Tx, me: int, target_id: int, chosen: Chosen) -> None:
    await graph.unblock(tx, me, target_id)
    if chosen.follow:
        await graph.follow(tx, me, target_id)


def _plain(act: Callable[[Tx, int, int], Awaitable[None]]) -> Callable[[Tx, int, int, Chosen], Awaitable[None]]:
    async def keep(tx: Tx, me: int, target_id: int, chosen: Chosen) -> None:
        del chosen
        await act(tx, me, target_id)

    return keep


ACTS: dict[str, Callable[[Tx, int, int, Chosen], Awaitable[None]]] = {
    "hide_boosts": _hide_boosts,
    "show_boosts": _show_boosts,
    "mute": _mute,
    "unmute": _plain(graph.unmute),
    "limit": _plain(graph.limit),
    "unlimit": _plain(graph.unlimit),
    "block": _plain(graph.block),
    "unblock": _unblock,
}
"""What each button does, by its value."""


async def keep(call: Call) -> Answer:
    """POST /distance/{id}: take a grade, or take it back."""
    chosen = call.read(Chosen)
    if chosen.gesture not in ACTS:
        raise Missing
    who = await _somebody(call)
    before = await graph.relationship(call.tx, call.me, who.id)
    await ACTS[chosen.gesture](call.tx, call.me, who.id, chosen)
    undo = Undo(f"{HERE}/{who.id}", _undone(chosen.gesture, before))
    return answers.back(call, chosen.back, messages.notice(TOLD[chosen.gesture], call, undo, handle=who.handle))


def _undone(gesture: str, before: Relationship) -> dict[str, str]:
    """Return the form that brings back what was before."""
    if gesture in {"mute", "limit", "unmute"} and before.muting:
        left = _seconds_left(before.muting_expires_at)
        return {"gesture": "mute", "seconds": str(left), "notifications": str(int(before.muting_notifications))}
    if gesture == "mute" and before.limiting:
        return {"gesture": "limit"}
    followed = {"follow": "1"} if gesture == "block" and before.following else {}
    return {"gesture": OPPOSITE[gesture]} | followed


def _seconds_left(until: datetime | None) -> int:
    return max(1, int((until - clock.now()).total_seconds())) if until else 0


HIDDEN = {"hide": "Ce message est masqué pour vous.", "show": "Ce message n'est plus masqué."}


class Pressed(msgspec.Struct):
    """Whether a post is hidden or shown again."""

    gesture: str = ""
    back: str = "/"


async def keep_post(call: Call) -> Answer:
    """POST /distance/messages/{id}: hide one post from one's lists, or show it again."""
    pressed = call.read(Pressed)
    if pressed.gesture == "hide":
        await filters.hide_post(call.tx, call.me, call.id())
        opposite = "show"
    elif pressed.gesture == "show":
        await filters.show_post(call.tx, call.me, call.id())
        opposite = "hide"
    else:
        raise Missing
    undo = Undo(str(call.scope["path"]), {"gesture": opposite})
    return answers.back(call, pressed.back, messages.notice(HIDDEN[pressed.gesture], call, undo))


HUSHED = {
    "hush": "Vous ne serez plus prévenu·e de cette conversation.",
    "unhush": "Vous serez à nouveau prévenu·e de cette conversation.",
}


async def keep_thread(call: Call) -> Answer:
    """POST /distance/fils/{id}: hear nothing more of the thread of a post, or hear of it again."""
    pressed = call.read(Pressed)
    if pressed.gesture not in HUSHED:
        raise Missing
    act = posts.mute_thread if pressed.gesture == "hush" else posts.unmute_thread
    await act(call.tx, call.me, call.id())
    undo = Undo(str(call.scope["path"]), {"gesture": "unhush" if pressed.gesture == "hush" else "hush"})
    return answers.back(call, pressed.back, messages.notice(HUSHED[pressed.gesture], call, undo))


class Kept(msgspec.Struct, frozen=True):
    """Somebody kept at a distance; `until` when it ends."""

    who: Account
    until: datetime | None = None


PARTS = {
    "": "Tout",
    "bloques": "Bloqué·es",
    "limites": "Limité·es",
    "muets": "En sourdine",
    "partages": "Sans leurs partages",
    "messages": "Messages masqués",
}
FEW = 8
"""Of each grade on the page that shows all of them."""


class Asked(msgspec.Struct):
    """One grade, or all."""

    voir: str = ""


async def show_all(call: Call) -> Answer:
    """GET /distance: whom and what one keeps at a distance, by grade."""
    asked = call.read(Asked)
    if asked.voir not in PARTS:
        raise Missing
    whole = call.page(20) if asked.voir else Page(FEW)
    blocked = await graph.blocked(call.tx, call.me, whole)
    limited = await graph.limited(call.tx, call.me, whole)
    muted = await graph.muted(call.tx, call.me, whole)
    bare = await graph.without_boosts(call.tx, call.me, whole)
    quiet = {one.account_id: one.expires_at for one in muted.items}
    lists = {"bloques": blocked, "limites": limited, "muets": muted.map(list(quiet)), "partages": bare}
    who = await accounts.load(call.tx, {one for found in lists.values() for one in found.items})
    kept = {name: [Kept(who[one], quiet.get(one)) for one in found.items if one in who] for name, found in lists.items()}
    return page(
        call,
        "distances.html",
        asked=asked,
        parts_of_page=PARTS,
        kept=kept,
        full={name for name, found in lists.items() if found.full},
        hidden=await _hidden(call) if asked.voir in {"", "messages"} else [],
        around=around(call, lists[asked.voir]) if asked.voir in lists else None,
    )


async def _hidden(call: Call) -> list[Card]:
    rows = await posts.visible(call.tx, await filters.hidden_posts(call.tx, call.me), call.viewer)
    return await cards.dealt(call.tx, rows, call.viewer)


DESTINATIONS = [Destination("À distance", HERE, "hide", Who.MEMBER, rank=76, group="mine")]
ROUTES = [
    route("GET", HERE, show_all, user("")),
    route("POST", f"{HERE}/messages/{{id}}", guests.guarded(keep_post), user("")),
    route("POST", f"{HERE}/fils/{{id}}", guests.guarded(keep_thread), user("")),
    route("GET", f"{HERE}/{{id}}", choose, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(keep), user("")),
]
