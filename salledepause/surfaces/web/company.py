"""Company as pages: who waits for a word while one is on shift, the hours of the rota, the buttons of a post that asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec
from babel.dates import get_day_names

from salledepause.features import company, posts
from salledepause.features.company import Hour
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, cards, compose, guests, messages
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE, HOURS, WEEK = "/garde", "/garde/heures", "/garde/semaine"
AN_HOUR = timedelta(hours=1)
OPENED = 2
"""Days whose hours show at once."""
CLOCK = range(24)
LASTS = range(1, 25)
"""Hours on end that one takes every week."""


class Waiting(NamedTuple):
    """Somebody who waits for a word, as a volunteer sees them."""

    card: Card
    since: datetime
    claims: bool
    taken: bool


class Day(NamedTuple):
    """A day of Paris and its hours."""

    starts: datetime
    hours: list[Slot]
    missing: int
    """How many of them nobody covers."""

    @property
    def key(self) -> str:
        """What names it in an address."""
        return f"{self.starts.astimezone(clock.PARIS):%Y-%m-%d}"


class Slot(NamedTuple):
    """An hour of the rota, as the clock of Paris shows it."""

    hour: Hour
    begins: int
    ends: int
    again: bool
    """Whether the clock shows it for the second time, in autumn."""

    @property
    def key(self) -> str:
        """What its button sends."""
        return self.hour.starts.strftime("%Y-%m-%dT%H:%MZ")


async def show(call: Call) -> Answer:
    """GET /garde: who waits, to who is on shift; to anybody else when they will be."""
    compose.contributor(call)
    found = await company.queue(call.tx, call.me)
    seen = await posts.visible(call.tx, [one.post_id for one in found.calls], call.me)
    dealt = {card.post.id: card for card in await cards.dealt(call.tx, seen, call.me)}
    now, waiting = clock.now(), []
    for one in found.calls:
        if card := dealt.get(one.post_id):
            claimant = one.claimant(now)
            waiting.append(Waiting(card, one.asked_at, claimant == call.me, claimant not in {None, call.me}))
    return page(call, "company.html", found=found, waiting=waiting)


class Pressed(msgspec.Struct):
    """A button of a post that asks for a word, or could."""

    gesture: Literal["ask", "withdraw", "claim", "release"]
    back: str = HERE


DONE = {
    "ask": "C'est dit. Quelqu'un va vous répondre.",
    "withdraw": "Votre appel est retiré. Il n'en reste rien.",
    "release": "C'est laissé à quelqu'un d'autre.",
}


async def press(call: Call) -> Answer:
    """POST /garde/{id}: ask for a word by a post, take it back, say that one answers, leave it to others."""
    compose.contributor(call)
    pressed, post_id = call.read(Pressed), call.id()
    acts = {"ask": company.ask, "withdraw": company.withdraw, "claim": company.claim, "release": company.release}
    await acts[pressed.gesture](call.tx, call.me, post_id)
    if pressed.gesture != "claim":
        return answers.back(call, pressed.back, messages.notice(DONE[pressed.gesture], call))
    seen = await posts.visible(call.tx, [post_id], call.me)
    (card,) = await cards.dealt(call.tx, seen, call.me)
    address = addresses.post(card.author.handle, card.post.id)
    return answers.back(call, f"{address}#repondre", messages.notice("Vous répondez. On vous attend dix minutes.", call))


class Asked(msgspec.Struct):
    """Which day is open."""

    jour: str = ""


async def hours(call: Call) -> Answer:
    """GET /garde/heures: seven days of the rota, each hour a button."""
    compose.contributor(call)
    days = _days(await company.rota(call.tx, call.me))
    asked = call.read(Asked).jour
    names = get_day_names("wide", locale=call.language)
    return page(
        call,
        "company_hours.html",
        days=days,
        opened={asked} if asked else {day.key for day in days[:OPENED]},
        week=_week(await company.week_of(call.tx, call.me)),
        weekdays={place: names[place - 1] for place in range(1, 8)},
        lasts=LASTS,
    )


def _days(rota: Sequence[Hour]) -> list[Day]:
    """Return hours by the day of Paris that they fall into."""
    slots, shown = [], None
    for hour in rota:
        local = hour.starts.astimezone(clock.PARIS)
        ends = (hour.starts + AN_HOUR).astimezone(clock.PARIS).hour
        slots.append((local.date(), Slot(hour, local.hour, ends, shown == (local.date(), local.hour))))
        shown = (local.date(), local.hour)
    found = []
    for _, group in groupby(slots, key=lambda one: one[0]):
        of_day = [slot for _, slot in group]
        found.append(Day(of_day[0].hour.starts, of_day, sum(not slot.hour.covered for slot in of_day)))
    return found


def _week(taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return (weekday, first hour, how many on end) of the hours that one takes every week."""
    found: list[tuple[int, int, int]] = []
    for weekday, hour in taken:
        if found and found[-1][0] == weekday and sum(found[-1][1:]) == hour:
            found[-1] = (weekday, found[-1][1], found[-1][2] + 1)
        else:
            found.append((weekday, hour, 1))
    return found


class Hours(msgspec.Struct):
    """The hour to take, or to leave."""

    take: str = ""
    leave: str = ""


async def change(call: Call) -> Answer:
    """POST /garde/heures: take or leave an hour, in one press."""
    compose.contributor(call)
    asked = call.read(Hours)
    try:
        starts = datetime.fromisoformat(asked.take or asked.leave)
        day = starts.astimezone(clock.PARIS).date()
        await (company.take if asked.take else company.leave)(call.tx, call.me, [starts])
    except (ValueError, OverflowError) as error:
        raise BadInput("Heure illisible : revenez à la page des gardes.") from error
    back = f"{HOURS}?jour={day}#j{day}"
    if asked.take:
        return answers.back(call, back, messages.notice("L'heure est à vous. Merci.", call, Undo(HOURS, {"leave": asked.take})))
    return answers.back(call, back, messages.notice("L'heure est rendue.", call, Undo(HOURS, {"take": asked.leave})))


class Week(msgspec.Struct):
    """Hours of every week."""

    weekday: int = 0
    start: int = 0
    number: int = 1
    there: bool = True


async def repeat(call: Call) -> Answer:
    """POST /garde/semaine: take hours every week, over midnight too, or take them no more."""
    compose.contributor(call)
    asked = call.read(Week)
    if not (asked.start in CLOCK and asked.number in LASTS):
        raise BadInput("Choisissez un jour de la semaine et des heures, de 0 à 23.")
    on_end = range(asked.start, asked.start + asked.number)
    today, tomorrow = [hour for hour in on_end if hour in CLOCK], [hour - len(CLOCK) for hour in on_end if hour not in CLOCK]
    await company.repeat(call.tx, call.me, asked.weekday, today, there=asked.there)
    if tomorrow:
        await company.repeat(call.tx, call.me, asked.weekday % 7 + 1, tomorrow, there=asked.there)
    told = "Ces heures sont à vous chaque semaine. Merci." if asked.there else "Ces heures ne reviendront plus."
    return answers.back(call, f"{HOURS}#semaine", messages.notice(told, call))


DESTINATIONS = [Destination("Garde", HERE, "lamp", Who.CONTRIBUTOR, rank=27, badge=company.waiting)]
ROUTES = [
    route("GET", HERE, show, user("")),
    route("GET", HOURS, hours, user("")),
    route("POST", HOURS, guests.guarded(change), user("")),
    route("POST", WEEK, guests.guarded(repeat), user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(press), user("")),
]
