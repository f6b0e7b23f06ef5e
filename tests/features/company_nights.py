"""Thirty nights of people who ask for a word and people who answer: the real queue, rota and paging, on a clock of ours.

Whoever acts here does so through the actions of the feature; who is rung is read from the notifications that were written. What
is drawn is only what people do: who sleeps, who is busy, who comes late, who says to answer and is called away.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

import pytest

from salledepause.features import accounts, company, posts
from salledepause.features.accounts import Family
from salledepause.features.posts import Draft
from salledepause.kernel import clock
from salledepause.kernel.clock import PARIS
from salledepause.kernel.errors import Conflict, Forbidden
from salledepause.kernel.site import Site

FIRST = datetime(2040, 3, 10, 20, tzinfo=PARIS)
"""The change of clocks of spring falls into these nights, which lie ahead of the database's own clock."""
PER_HOUR = {22: 0.8, 23: 1.0, 0: 1.0, 1: 1.1, 2: 1.3, 3: 1.6, 4: 1.2, 5: 0.8, 6: 0.5}
"""Calls that come in an hour of a night, on average."""
SOON = timedelta(minutes=30)
LOOKED_FOR = {22: 5, 23: 4, 0: 3, 1: 2, 2: 2, 3: 2, 4: 2, 5: 3, 6: 4}
"""How volunteers like the hours at which a shift of three begins."""
ASLEEP, BUSY, CALLED_AWAY, ADVISES, HOST_SLEEPS, FILLS = 0.15, 0.25, 0.05, 0.04, 0.1, 0.8


class Cast(NamedTuple):
    """Who lives in the house."""

    volunteers: list[int]
    hosts: list[int]
    others: list[int]


class Nights:
    """A few nights of a house."""

    def __init__(self, site: Site, cast: Cast, seed: int) -> None:
        self.site, self.cast, self.draw = site, cast, random.Random(seed)  # noqa: S311 - a seed that anybody may run again
        self.now = FIRST
        self.asked: dict[int, datetime] = {}
        self._line: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._places = count()
        self._rung: set[int] = set()
        self._order = {one: place for place, one in enumerate([*cast.hosts, *cast.volunteers], 1)}

    def later(self, minutes: float, act: Callable[[], Awaitable[None]], begin: datetime | None = None) -> None:
        heapq.heappush(self._line, ((begin or self.now) + timedelta(minutes=minutes), next(self._places), act))

    async def live(self, nights: int) -> None:
        """Let some nights pass."""
        for night in range(nights):
            evening = FIRST + timedelta(days=night)
            self.later(0, self.fill, evening)
            for hour, often in PER_HOUR.items():
                begins = (evening + timedelta(days=hour < 12)).replace(hour=hour)
                for _ in range(int(often) + (self.draw.random() < often % 1)):
                    self.later(self.draw.uniform(0, 60), self.ask, begins)
        while self._line:
            self.now, _, act = heapq.heappop(self._line)
            await act()

    async def habits(self) -> None:
        """Have each volunteer take two shifts of three hours a week, the small hours less willingly."""
        for one in self.cast.volunteers:
            for weekday in self.draw.sample(range(1, 8), 2):
                start = self.draw.choices(list(LOOKED_FOR), list(LOOKED_FOR.values()))[0]
                async with self.site.db.transaction() as tx:
                    await company.repeat(tx, one, weekday, [(start + more) % 24 for more in range(3)])

    async def fill(self) -> None:
        """Have a host look at the gaps of the week, and a volunteer take some hours of the coming night."""
        if not (self.cast.hosts and self.cast.volunteers):
            return
        async with self.site.db.transaction() as tx:
            for gap in await company.uncovered(tx, self.cast.hosts[0]):
                if gap.starts - self.now < timedelta(hours=12) and self.draw.random() < FILLS:
                    await company.take(tx, self.draw.choice(self.cast.volunteers), [gap.starts])

    async def ask(self) -> None:
        """Have somebody ask for a word."""
        author = self.draw.choice(self.cast.others)
        async with self.site.db.transaction() as tx:
            post_id = await posts.publish(tx, author, Draft(text="Une nuit de plus. Besoin d'un mot.", at=self.now))
            await company.ask(tx, author, post_id)
        self.asked[post_id] = self.now
        await self.ring(post_id)
        self.later(20, self.work)

    async def work(self) -> None:
        """Do the jobs whose hour has come, and come back for the next."""
        async with self.site.db.transaction() as tx:
            due = await tx.rows(
                "DELETE FROM procrastinate_jobs WHERE task_name = 'company.page' AND scheduled_at <= %s RETURNING args",
                [self.now],
            )
        asked = list(self.asked)
        for (given,) in sorted(due, key=lambda one: asked.index(one[0]["post_id"])):
            await company.page(self.site, **given)
            await self.ring(given["post_id"])
        if due:
            self.later(10, self.work)

    async def ring(self, post_id: int) -> None:
        """Have whoever was told of a call do something about it, or not."""
        async with self.site.db.reading() as tx:
            told = await tx.rows("SELECT id, account_id FROM notifications WHERE post_id = %s AND kind = 'mention'", [post_id])
        for notification_id, account_id in sorted(told, key=lambda one: self._order.get(one[1], 0)):
            if notification_id in self._rung or account_id in self.cast.others:
                continue
            self._rung.add(notification_id)
            host = account_id in self.cast.hosts
            if self.draw.random() < (HOST_SLEEPS if host else ASLEEP):
                continue
            busy = self.draw.random() < BUSY and not host
            minutes = self.draw.uniform(10, 25) if busy else self.draw.uniform(1, 6)
            self.later(minutes, partial(self.look, account_id, post_id, 2))

    async def look(self, who: int, post_id: int, times: int) -> None:
        """Look into the queue, and answer if nobody does."""
        try:
            async with self.site.db.transaction() as tx:
                if who not in self.cast.hosts:
                    seen = [call.post_id for call in (await company.queue(tx, who)).calls]
                    if post_id not in seen:
                        return
                await company.claim(tx, who, post_id)
        except (Conflict, Forbidden):
            if times > 1:
                self.later(11, partial(self.look, who, post_id, times - 1))
            return
        if self.draw.random() >= CALLED_AWAY:
            self.later(self.draw.uniform(1, 4), partial(self.answer, who, post_id))

    async def answer(self, who: int, post_id: int) -> None:
        """Write to who asked."""
        async with self.site.db.transaction() as tx:
            draft = Draft(text="Je suis là. Raconte, si tu veux.", parent_id=post_id, at=self.now)
            reply = await posts.publish(tx, who, draft)
            if self.draw.random() < ADVISES:
                await company.advise(tx, who, reply)

    async def figures(self) -> tuple[float, dict[int, tuple[int, int]]]:
        """Return (share answered within thirty minutes, (answered in time, asked) by hour of Paris)."""
        async with self.site.db.reading() as tx:
            rows = await tx.rows("SELECT post_id, asked_at, answered_at FROM company_calls")
        assert {row[0] for row in rows} == set(self.asked)
        asked: Counter[int] = Counter()
        soon: Counter[int] = Counter()
        for _, at, answered in rows:
            hour = at.astimezone(PARIS).hour
            asked[hour] += 1
            soon[hour] += answered is not None and answered - at <= SOON
        return soon.total() / asked.total(), {hour: (soon[hour], asked[hour]) for hour in PER_HOUR}


async def settled(site: Site, volunteers: int, hosts: int) -> Cast:
    """Bring people in, long before the nights."""
    wanted = {"veille": volunteers, "hote": hosts, "quelqu_un": 25}
    found: dict[str, list[int]] = {}
    async with site.db.transaction() as tx:
        for name, number in wanted.items():
            found[name] = [
                await accounts.create(tx, f"{name}_{place}", None, family=Family.PARAMEDICAL, at=FIRST - timedelta(days=200))
                for place in range(number)
            ]
        await tx.run("UPDATE accounts SET role = 'host' WHERE id = ANY(%s)", [found["hote"]])
    return Cast(*found.values())


def report(share: float, by_hour: dict[int, tuple[int, int]]) -> str:
    """Return the figures as lines to read."""
    lines = [f"{hour:>2} h: {soon:>3} of {asked:>3} within 30 min" for hour, (soon, asked) in by_hour.items()]
    return "\n".join([f"answered by a person within 30 min: {share:.1%}", *lines])


def on_clock(monkeypatch: pytest.MonkeyPatch, nights: Nights) -> None:
    """Have everything read the hour of these nights."""
    monkeypatch.setattr(clock, "now", lambda: nights.now.astimezone(UTC))


def hours_of(by_hour: dict[int, tuple[int, int]], wanted: Sequence[int]) -> float:
    """Return the share answered in time of some hours."""
    return sum(by_hour[one][0] for one in wanted) / sum(by_hour[one][1] for one in wanted)
