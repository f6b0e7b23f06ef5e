"""The balance of a home: what weighs never fills it while there is something else to read. Pure.

A home is two lists, each newest first: what weighs (`HEAVY`: rants, doubts) and the rest. They are read together in the order of
time, but for one thing: of five posts that follow one another at most two weigh, as long as the rest has something at most a
week older; what waits comes next. Nothing is left out, nothing comes twice, and each list keeps its order. A page begins at an
`Edge`, which what is published meanwhile does not move, and which knows the way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features.posts import Kind

HEAVY = (Kind.DOUBT, Kind.RANT)
"""Kinds that weigh on who reads: what hurts, what is asked for help in."""
OTHERS = tuple(kind for kind in Kind if kind not in HEAVY)
MOST, AMONG = 2, 5
"""How many of how many that follow one another may weigh: 40 %."""
FRESH = 7 * 86_400_000 << 16
"""How much older than what waits something may be that goes before it, in ids: a week."""


LONGEST_WAY = 100
"""Pages that an edge knows the way back through."""


class Edge(NamedTuple):
    """Where a page begins: exclusive upper bounds of what weighs and of the rest; how many weighed on each page before it."""

    heavy: int
    others: int
    way: tuple[int, ...] = ()


class Pile(NamedTuple):
    """The two lists from some edge on, newest first: cursors of a home."""

    heavy: Sequence[int]
    others: Sequence[int]


class Dealt(NamedTuple):
    """A page: its cursors in the order of reading, and how many of them weigh."""

    order: list[int]
    heavy: int


def deal(pile: Pile, size: int) -> Dealt:
    """Return the first `size` of a pile, balanced."""
    order: list[int] = []
    weighs: list[bool] = []
    heavy = others = 0
    while len(order) < size and (heavy < len(pile.heavy) or others < len(pile.others)):
        weighed = _weighed(pile.heavy[heavy : heavy + 1], pile.others[others : others + 1], weighs)
        order.append(pile.heavy[heavy] if weighed else pile.others[others])
        weighs.append(weighed)
        heavy, others = heavy + weighed, others + (not weighed)
    return Dealt(order, heavy)


def _weighed(heavy: Sequence[int], others: Sequence[int], before: Sequence[bool]) -> bool:
    """Tell whether what comes next weighs: `heavy` and `others` hold the first that waits of each, if any."""
    if not heavy or not others:
        return bool(heavy)
    newer = heavy[0] > others[0]
    full = sum(before[1 - AMONG :]) >= MOST
    return newer and not (full and heavy[0] - others[0] <= FRESH)


def following(edge: Edge | None, pile: Pile, page: Dealt) -> Edge:
    """Return where the page after `page` begins, which was dealt from a pile that began at `edge`."""
    newest = max((*pile.heavy[:1], *pile.others[:1]), default=0) + 1
    heavy, others = pile.heavy[: page.heavy], pile.others[: len(page.order) - page.heavy]
    begun = edge or Edge(newest, newest)
    way = (*(edge.way if edge else ()), page.heavy)[-LONGEST_WAY:]
    return Edge(heavy[-1] if heavy else begun.heavy, others[-1] if others else begun.others, way)


def preceding(edge: Edge, above: Pile, size: int) -> Edge | None:
    """Return where the page before an edge begins; `None` when it is the newest of all, or when the way is not known.

    `above` holds the nearest `size + 1` of each list before the edge, newest first.
    """
    weighed = edge.way[-1] if edge.way else size + 1
    rest = size - weighed
    if rest < 0 or (len(above.heavy) <= weighed and len(above.others) <= rest):
        return None
    heavy, others = _nearest(above.heavy, weighed), _nearest(above.others, rest)
    return Edge(heavy[0] + 1 if heavy else edge.heavy, others[0] + 1 if others else edge.others, edge.way[:-1])


def _nearest(above: Sequence[int], number: int) -> Sequence[int]:
    return above[max(len(above) - number, 0) :]
