"""Notifications as pages: what others did, standing together, what is new apart; who asks to follow; what waits aside.

A page that is read writes nothing: it holds a form that says how far one has read, sent by a button or, once the page has been
looked at for a moment, by a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from salledepause.features import accounts, company, doors, graph, moderation, notifications, supports, timelines
from salledepause.features.accounts import Account
from salledepause.features.graph import Collection
from salledepause.features.moderation import Caution
from salledepause.features.notifications import Group, Kind, Wanted
from salledepause.features.posts import Seen
from salledepause.features.signposts import Read
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, cards, decided, guests, messages, signposts, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import fragment, page

HERE = "/notifications"
PARTS: dict[str, tuple[str, ...]] = {
    "": (),
    "reponses": (Kind.MENTION, Kind.QUOTE),
    "gestes": (Kind.FAVOURITE, Kind.REBLOG, Kind.WAVE),
    "personnes": (Kind.FOLLOW, Kind.FOLLOW_REQUEST, Kind.COLLECTED, Kind.ASKED),
    "suivis": (Kind.STATUS, Kind.POLL, Kind.UPDATE, Kind.QUOTED_UPDATE, Kind.PROMPT, Kind.DIGEST, Kind.DESK),
    "maison": (Kind.WARNING, Kind.SIGN_UP, Kind.REPORT, Kind.PILE_ON, Kind.ROOM_RED),
}
"""The kinds shown by the `voir` of the address."""
PART_LABELS = {
    "": "Tout",
    "reponses": "Réponses et citations",
    "gestes": "J'aime et partages",
    "personnes": "Abonnements",
    "suivis": "Ce que je suis",
    "maison": "De la maison",
}
MEASURE_LABELS = {
    "none": "Les hôtes vous adressent un rappel de la charte.",
    **decided.LABELS,
    "uphold": "Les hôtes ont relu une décision vous concernant : elle est maintenue.",
    "reverse": "Les hôtes ont relu une décision vous concernant : elle est levée.",
    "hold_post": "Un de vos messages attend le regard d'un hôte.",
    "publish_post": "Votre message retenu est publié.",
    "refuse_post": "Les hôtes ont refusé un de vos messages.",
    "hold_edit": "Votre modification attend le regard d'un hôte.",
    "publish_edit": "Votre modification est publiée.",
    "refuse_edit": "Les hôtes ont refusé une de vos modifications.",
    "hold_image": "Une de vos images attend la décision d'un hôte.",
    "restore_image": "Votre image est rendue.",
}
"""What hosts decided, told to whom it is about."""
ICONS = {
    Kind.MENTION: "reply",
    Kind.QUOTE: "reply",
    Kind.QUOTED_UPDATE: "pen",
    Kind.UPDATE: "pen",
    Kind.STATUS: "bell",
    Kind.REBLOG: "share",
    Kind.FAVOURITE: "like",
    Kind.FOLLOW: "person",
    Kind.FOLLOW_REQUEST: "person",
    Kind.COLLECTED: "people",
    Kind.SIGN_UP: "door",
    Kind.POLL: "poll",
    Kind.WARNING: "charter",
    Kind.REPORT: "flag",
    Kind.WAVE: "clap",
    Kind.PROMPT: "kind-victory",
    Kind.DESK: "house",
    Kind.DIGEST: "shield",
    Kind.ASKED: "shield",
    Kind.PILE_ON: "people",
    Kind.ROOM_RED: "gauge",
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One group as a page tells it."""

    group: Group
    people: tuple[Account, ...]
    """Who is behind it, the latest first; a sample of a large group."""
    card: Card | None = None
    caution: Caution | None = None
    collection: Collection | None = None
    asks: bool = False
    """Whether somebody asks for a word, and one was rung."""
    read: Read | None = None
    """What a mention seems to be for, when it may have come to the wrong desk."""
    answers: bool = False
    """Whether it answers what one asked behind an open door."""
    fresh: bool = False
    """Whether it came after the place where one had stopped reading."""

    @property
    def kind(self) -> str:
        """What it tells of."""
        return self.group.newest.told.kind

    @property
    def icon(self) -> str:
        """The drawing beside it."""
        return ICONS[Kind(self.kind)]

    @property
    def others(self) -> int:
        """How many people are behind it beside the one that is named."""
        return max(0, self.group.size - 1)


class Asked(msgspec.Struct):
    """Which part of the page is asked for."""

    voir: str = ""


async def show(call: Call) -> Answer:
    """GET /notifications."""
    asked = call.read(Asked)
    if asked.voir not in PARTS:
        raise Missing
    found = await notifications.groups(call.tx, call.me, call.page(20), Wanted(PARTS[asked.voir]))
    read = await _read_up_to(call)
    told = await _told(call, found.items, read)
    return page(
        call,
        "notifications.html",
        told=told,
        asked=asked,
        parts_of_page=PART_LABELS,
        measures=MEASURE_LABELS,
        up_to=max((one.group.newest.told.id for one in told if one.fresh), default=0),
        aside=await notifications.aside(call.tx, call.me),
        supported=await supports.waiting(call.tx, call.me),
        around=around(call, found),
    )


async def _read_up_to(call: Call) -> int:
    found = await timelines.markers(call.tx, call.me, ["notifications"])
    return found[0].last_read_id if found else 0


async def _told(call: Call, found: Sequence[Group], read: int) -> list[Told]:
    """Return groups as a page tells them; what a filter of the viewer hides is left out."""
    who = await accounts.load(call.tx, {account_id for one in found for account_id in one.account_ids})
    shown = await _cards(call, [one.newest.seen for one in found if one.newest.seen])
    rung, answering = await company.called(call.tx, call.me, list(shown)), await doors.answering(call.tx, call.me, list(shown))
    warned = [one.newest.told.id for one in found if one.newest.told.kind == Kind.WARNING]
    acts = await notifications.acts(call.tx, warned) if warned else {}
    cautions = await moderation.cautions(call.tx, set(acts.values())) if acts else {}
    held = await graph.held_by(
        call.tx, call.me, [one.newest.told.collection_id for one in found if one.newest.told.collection_id]
    )
    astray = await signposts.astray(call, [*shown.values()], guests.account(call))
    told = []
    for one in found:
        seen, caution = one.newest.seen, cautions.get(acts.get(one.newest.told.id, 0))
        collection = held.get(one.newest.told.collection_id or 0)
        if _gone(one, shown, caution or collection):
            continue
        told.append(
            Told(
                group=one,
                people=tuple(who[account_id] for account_id in one.account_ids if account_id in who),
                card=shown[seen.post.id] if seen else None,
                caution=caution,
                asks=bool(seen and seen.post.id in rung),
                answers=bool(seen and seen.post.id in answering),
                collection=collection,
                read=astray.get(seen.post.id) if seen else None,
                fresh=one.newest.told.id > read,
            )
        )
    return [one for one in told if one.people]


def _gone(one: Group, shown: Mapping[int, Card], other: Caution | Collection | None) -> bool:
    """Tell whether there is nothing left to show of what a group is about."""
    if one.newest.seen:
        return one.newest.seen.post.id not in shown
    return one.newest.told.kind in {Kind.WARNING, Kind.COLLECTED} and other is None


async def _cards(call: Call, rows: Sequence[Seen]) -> Mapping[int, Card]:
    dealt = await cards.dealt(call.tx, rows, call.viewer)
    sifted = await cards.sifted(call.tx, dealt, call.viewer, "notifications")
    return {card.post.id: card for card in sifted}


class ReadUpTo(msgspec.Struct):
    """How far one has read."""

    up_to: str = "0"


async def seen(call: Call) -> Answer:
    """POST /notifications/vu: what stands up to here is no longer new; one never goes back."""
    up_to = ids.parse(call.read(ReadUpTo).up_to)
    if up_to > await _read_up_to(call):
        newest = (await notifications.notifications(call.tx, call.me, Page(1))).first or 0
        await timelines.mark(call.tx, call.me, {"notifications": min(up_to, newest)})
    if answers.wants_fragment(call):
        return fragment(call, "notifications_seen.html", told=wording.said("Tout est vu.", call.language))
    return answers.back(call, HERE, messages.notice("Tout est vu.", call))


async def ask_to_clear(call: Call) -> Answer:
    """GET /notifications/vider: the last question."""
    text = "Elles disparaissent de votre liste, sur tous vos appareils. Les messages, eux, restent où ils sont."
    question = asking.Question(
        wording.said("Vider vos notifications ?", call.language),
        wording.said(text, call.language),
        wording.said("Tout vider", call.language),
    )
    return asking.ask(call, question, HERE)


async def clear(call: Call) -> Answer:
    """POST /notifications/vider: put all of them away."""
    await notifications.clear(call.tx, call.me)
    return answers.back(call, HERE, messages.notice("Vos notifications sont vidées.", call))


class Waiting(msgspec.Struct, frozen=True):
    """What waits aside of one person."""

    request: notifications.Request
    who: Account
    card: Card | None


async def show_aside(call: Call) -> Answer:
    """GET /notifications/a-part: what was kept aside, by person."""
    found = await notifications.requests(call.tx, call.me, call.page(20))
    who = await accounts.load(call.tx, {one.from_id for one in found.items})
    rows = [one.last for one in found.items if one.last]
    shown = {card.post.id: card for card in await cards.dealt(call.tx, rows, call.viewer)}
    waiting = [
        Waiting(one, who[one.from_id], shown.get(one.last.post.id) if one.last else None)
        for one in found.items
        if one.from_id in who
    ]
    return page(call, "notifications_aside.html", waiting=waiting, around=around(call, found))


class Decided(msgspec.Struct):
    """What to do with what waits."""

    gesture: str = ""


async def decide(call: Call) -> Answer:
    """POST /notifications/a-part/{id}: let in what waits and all that comes from there, or put it away."""
    wanted = call.read(Decided).gesture
    if wanted not in {"accept", "dismiss"}:
        raise Missing
    act = notifications.accept if wanted == "accept" else notifications.refuse
    if not await act(call.tx, call.me, [call.id()]):
        raise Missing
    told = "Ces notifications sont avec les autres." if wanted == "accept" else "C'est écarté, sans que personne le sache."
    return answers.back(call, f"{HERE}/a-part", messages.notice(told, call))


async def news(tx: Tx, me: int) -> int:
    """Tell the shell whether there is something new (1) or not (0): never how much."""
    return int(await notifications.waiting(tx, me))


DESTINATIONS = [Destination("Notifications", HERE, "bell", Who.MEMBER, rank=40, bar=True, badge=news, counted=False)]
ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", f"{HERE}/vu", guests.guarded(seen), user("")),
    route("GET", f"{HERE}/vider", ask_to_clear, user("")),
    route("POST", f"{HERE}/vider", guests.guarded(clear), user("")),
    route("GET", f"{HERE}/a-part", show_aside, user("")),
    route("POST", f"{HERE}/a-part/{{id}}", guests.guarded(decide), user("")),
]
