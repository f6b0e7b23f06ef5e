"""Where one can go: each screen names its place once, and the shell shows what is open to whoever looks.

A phone has a bar of five; a large screen a column: the places of reading, then two groups that fold; `/plus` lists all of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import Flag, auto
from typing import Literal, NamedTuple

from salledepause.features.accounts import Account
from salledepause.kernel.db import Tx


class Who(Flag):
    """Who looks: a host is also a reader or a contributor."""

    VISITOR = auto()
    READER = auto()
    CONTRIBUTOR = auto()
    HOST = auto()
    MEMBER = READER | CONTRIBUTOR
    ANYBODY = VISITOR | MEMBER


class Destination(NamedTuple):
    """A screen as it stands in the navigation."""

    label: str
    """A French msgid of one or two words."""
    path: str
    """`{handle}` stands for the handle of who looks."""
    icon: str
    """A file of `static/icons`, without its ending."""
    who: Who = Who.ANYBODY
    rank: int = 50
    """Its order; the bar of a phone keeps that order."""
    bar: bool = False
    """Whether it stands in the bar of a phone."""
    group: Literal["", "mine", "house"] = ""
    """`mine`: one's own things; `house`: the house itself, and what only hosts do there; empty: a place of reading."""
    badge: Callable[[Tx, int], Awaitable[int]] | None = None
    """What counts for an account how much waits there; asked once for each page."""
    counted: bool = True
    """Whether the badge says how much; else it only says that there is something new."""


class Place(NamedTuple):
    """A destination for somebody on some page."""

    label: str
    path: str
    icon: str
    bar: bool
    group: str
    current: bool
    waiting: int
    counted: bool


LABELS = {"mine": "À moi", "house": "La maison"}
"""What the groups are called, in their order."""


class Group(NamedTuple):
    """Places that stand together under a name."""

    name: str
    label: str
    places: tuple[Place, ...]

    @property
    def unfolded(self) -> bool:
        """Whether it shows without being asked: one's own things, where one is, and where somebody waits."""
        return self.name == "mine" or any(one.current or one.waiting for one in self.places)


def grouped(shown: Sequence[Place]) -> list[Group]:
    """Return the groups of what is open to somebody, those that hold nothing left out."""
    held = [Group(name, label, tuple(one for one in shown if one.group == name)) for name, label in LABELS.items()]
    return [one for one in held if one.places]


def looking(account: Account | None) -> Who:
    """Return who looks; `account` is that of somebody who may act."""
    if account is None:
        return Who.VISITOR
    mode = Who.READER if account.reads_only else Who.CONTRIBUTOR
    return mode | Who.HOST if account.keeps_house else mode


def places(known: Iterable[Destination], account: Account | None, path: str, waiting: Mapping[str, int]) -> list[Place]:
    """Return what is open to somebody, in order; one is current on its own page, or on the nearest one above."""
    who = looking(account)
    handle = account.handle if account else ""
    shown = [(one, one.path.replace("{handle}", handle)) for one in sorted(known, key=lambda one: one.rank) if one.who & who]
    here = _nearest([at for _, at in shown], path)
    return [
        Place(one.label, at, one.icon, one.bar, one.group, at == here, waiting.get(one.path, 0), one.counted) for one, at in shown
    ]


def _nearest(paths: Sequence[str], path: str) -> str:
    above = [one for one in paths if path == one or (one != "/" and path.startswith(f"{one}/") and not one.startswith("/@"))]
    return max(above, key=len, default="")
