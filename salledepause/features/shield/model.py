"""What waits behind a shield and why, by rules: what a verdict comes to for one wearer, what a sas says without its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from salledepause.features import language
from salledepause.features.notifications import Quiet, meant, until
from salledepause.kernel import clock, ids
from salledepause.kernel.events import Event

Tie = Literal["duel", "followed", "met", "limited", "newcomer", "stranger"]
Digest = Literal["none", "hour"]
TIES: dict[Tie, str] = {
    "duel": "d'une personne avec qui vous avez un duel amical",
    "followed": "d'une personne que vous suivez",
    "met": "d'une personne à qui vous avez déjà parlé",
    "limited": "d'une personne limitée",
    "newcomer": "d'un compte de moins de trente jours",
    "stranger": "d'une personne inconnue de vous",
}
"""What an author is to a wearer, the first that holds."""
RELATIONS: dict[Tie, language.Relation] = {"duel": "friend", "followed": "follows", "met": "met"}
"""What the engine is told of it; to anybody else it is a stranger's."""
KINDS = ("threat", "attack_on_person", "attack_on_profession")
"""What is summed, the gravest first."""
TARGETS: dict[str, str] = {
    "patient": "des patients",
    "colleague": "des collègues",
    "manager": "l'encadrement",
    "institution": "l'établissement",
    "person": "une personne",
    "profession": "la profession",
    "nobody": "quelque chose plus que quelqu'un",
}
"""Whom a text aims at."""
NEAR: dict[Tie, float] = {"limited": 0.5, "newcomer": 0.6}
"""How likely to hurt what they say must be to wait, where the engine alone would ask for more."""
MANY, OF_MANY = 5, 0.6
"""Hostile mentions within an hour from which strangers are read so too."""
NAMED = 0.4
"""The same for what holds a word that the wearer calls an insult and attacks by its kind."""
TRUSTED = 2
"""Times that a wearer let an author through after which only what is surest, or a threat, waits."""
SUREST = 0.97
A_WEEK = timedelta(weeks=1)


class JudgeDue(Event, frozen=True):
    """A mention waits for its verdict."""

    post_id: int


class Shield(NamedTuple):
    """Whether somebody wears theirs, and how they hear of what waits; field order is the order of `store.SHIELD`."""

    worn: bool = False
    digest: Digest = "none"
    digest_at: int = 18 * 60
    """Minutes after midnight, on the clock of Paris."""


class Item(NamedTuple):
    """A mention that waits; field order is the order of `store.ITEM`."""

    id: int
    account_id: int
    post_id: int
    from_id: int
    state: str
    kind: str
    target: str
    tie: Tie
    reason: str

    @property
    def held_at(self) -> datetime:
        """When it came."""
        return ids.made_at(self.id)


class Case(NamedTuple):
    """A mention to judge, and what its author is to its wearer; field order is the order of `store.CASES`."""

    id: int
    account_id: int
    handle: str
    from_id: int
    duels: bool
    followed: bool
    met: bool
    limited: bool
    newcomer: bool
    lately: int
    """Hostile mentions that the wearer had within an hour."""
    let_through: int
    """Times that the wearer let the author through."""
    learned: bool
    """Whether the wearer said of the very same words that they are not hostile."""
    thanks: bool
    """Whether it is a thank-you by its kind."""

    @property
    def tie(self) -> Tie:
        """What the author is to the wearer."""
        marks = (self.duels, self.limited, self.followed, self.met, self.newcomer)
        names: tuple[Tie, ...] = ("duel", "limited", "followed", "met", "newcomer")
        return next((name for name, holds in zip(names, marks, strict=True) if holds), "stranger")


class Counted(msgspec.Struct, frozen=True):
    """What a sas holds, in numbers: its kinds, its targets, since when."""

    kinds: dict[str, int]
    targets: dict[str, int]
    since: datetime | None = None
    latest: datetime | None = None

    @property
    def size(self) -> int:
        """How many mentions wait."""
        return sum(self.kinds.values())


class Week(msgspec.Struct, frozen=True):
    """A week of insults: its Monday (Paris), how many of each kind, how many with each word of one's list."""

    begins: date
    kinds: dict[str, int]
    words: dict[str, int]

    @property
    def number(self) -> int:
        """How many in all."""
        return sum(self.kinds.values())


def waits(case: Case, verdict: language.MentionVerdict, found: Collection[str]) -> bool:
    """Tell whether a mention waits in the sas; `found` are the words of the wearer's list in it.

    Thanks always come through, unless they hold such a word; so does whatever the wearer let through before, word for word.
    Between friends who agreed to tease, a threat alone waits.
    """
    if case.learned or (case.thanks and not found):
        return False
    grave = verdict.kind == "threat" and verdict.hostile
    if case.tie == "duel":
        return grave
    if case.let_through >= TRUSTED:
        return grave or verdict.chance >= SUREST
    if verdict.hostile:
        return True
    return verdict.kind in language.HOSTILE and verdict.chance >= _bar(case, found)


def _bar(case: Case, found: Collection[str]) -> float:
    """Return from which chance on an attack waits that the engine alone would let through."""
    known = case.tie in {"followed", "met"}
    many = OF_MANY if case.lately >= MANY and not known else 1.0
    return min(NEAR.get(case.tie, 1.0), many, NAMED if found else 1.0)


def summed(items: Iterable[Item]) -> Counted:
    """Return what items come to."""
    held = list(items)
    kinds, targets = Counter(one.kind for one in held), Counter(one.target for one in held)
    when = [one.held_at for one in held]
    return Counted(
        {kind: kinds[kind] for kind in KINDS if kinds[kind]},
        {target: targets[target] for target in TARGETS if targets[target]},
        min(when, default=None),
        max(when, default=None),
    )


def week_of(instant: datetime) -> date:
    """Return the Monday of the week that an instant falls into, in Paris."""
    day = instant.astimezone(clock.PARIS).date()
    return day - timedelta(days=day.weekday())


def weeks(rows: Iterable[tuple[date, str, str, int]], this: date) -> list[Week]:
    """Return (week, kind, word, number) rows as weeks, this one first, those without any between others too.

    A word of one's list stands beside its kinds.
    """
    found: dict[date, Week] = {}
    for begins, kind, word, number in rows:
        week = found.setdefault(begins, Week(begins, {}, {}))
        if word:
            week.words[word] = week.words.get(word, 0) + number
        else:
            week.kinds[kind] = number
    past = max(0, (this - min(found, default=this)) // A_WEEK)
    return [found.get(begins, Week(begins, {}, {})) for begins in (this - back * A_WEEK for back in range(past + 1))]


def digest_due(shield: Shield, quiet: Quiet, last: datetime, now: datetime) -> bool:
    """Tell whether a digest is to be told: its hour came since the last one, and the quiet hours that it fell into are over.

    An hour that the clock leaps over in spring comes when the clock goes on; one that it shows twice comes once.
    """
    if not shield.worn or shield.digest != "hour":
        return False
    today = now.astimezone(clock.PARIS).date()
    day = today if min(meant(today, shield.digest_at)) <= now else today - timedelta(days=1)
    latest = min(meant(day, shield.digest_at))
    return last < latest and (until(quiet, latest) or latest) <= now
