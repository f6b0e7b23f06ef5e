"""The balance of a home: at most two in five weigh while there is something else; nothing is lost, doubled or moved by pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from salledepause.features.timelines.balance_model import (
    AMONG,
    FRESH,
    HEAVY,
    MOST,
    OTHERS,
    Edge,
    Pile,
    deal,
    following,
    preceding,
)

A_DAY = FRESH // 7
homes = st.lists(st.booleans(), max_size=120)
sizes = st.integers(1, 25)


def pile_of(weighs: Sequence[bool], step: int = 1) -> Pile:
    """Return a home, newest first, as its two lists."""
    ids = range(len(weighs) * step + 1000, 1000, -step)
    both = list(zip(ids, weighs, strict=True))
    return Pile([one for one, heavy in both if heavy], [one for one, heavy in both if not heavy])


def begun(pile: Pile, edge: Edge | None) -> Pile:
    if edge is None:
        return pile
    return Pile([one for one in pile.heavy if one < edge.heavy], [one for one in pile.others if one < edge.others])


def above(pile: Pile, edge: Edge, size: int) -> Pile:
    heavy = [one for one in pile.heavy if one >= edge.heavy]
    others = [one for one in pile.others if one >= edge.others]
    return Pile(heavy[-size:], others[-size:])


def pages(pile: Pile, size: int) -> list[tuple[Edge | None, list[int]]]:
    """Return every page of a home with where it begins."""
    found: list[tuple[Edge | None, list[int]]] = []
    edge = None
    while (page := deal(begun(pile, edge), size)).order:
        found.append((edge, page.order))
        edge = following(edge, begun(pile, edge), page)
    return found


def test_every_kind_is_on_one_side() -> None:
    assert set(HEAVY) & set(OTHERS) == set()
    assert len(HEAVY) + len(OTHERS) == 11


@given(homes, sizes)
def test_pages_hold_everything_once(weighs: list[bool], size: int) -> None:
    pile = pile_of(weighs)
    shown = [one for _, page in pages(pile, size) for one in page]
    assert sorted(shown) == sorted([*pile.heavy, *pile.others])


@given(homes, sizes)
def test_each_list_keeps_its_order(weighs: list[bool], size: int) -> None:
    pile = pile_of(weighs)
    shown = [one for _, page in pages(pile, size) for one in page]
    for part in pile:
        assert all(one > other for one, other in pairwise(one for one in shown if one in set(part)))


@given(homes)
def test_two_in_five_weigh_while_there_is_something_else(weighs: list[bool]) -> None:
    pile = pile_of(weighs)
    heavy = set(pile.heavy)
    order = deal(pile, len(weighs)).order
    last = max((place for place, one in enumerate(order) if one not in heavy), default=-1)
    for place in range(last - AMONG + 2):
        assert sum(one in heavy for one in order[place : place + AMONG]) <= MOST


@given(homes, st.integers(0, 30))
def test_a_feed_of_fifty_is_heavy_for_two_fifths_at_most(weighs: list[bool], more: int) -> None:
    pile = pile_of([*weighs, *[False] * (30 + more)])
    shown = [one for _, page in pages(pile, 20) for one in page][:50]
    assert len(set(shown) & set(pile.heavy)) <= 20


@given(homes, sizes, st.integers(1, 30))
def test_what_is_published_meanwhile_moves_no_page(weighs: list[bool], size: int, more: int) -> None:
    pile = pile_of(weighs)
    first = pages(pile, size)
    fresh = range(max([*pile.heavy, *pile.others, 0]) + more, max([*pile.heavy, *pile.others, 0]), -1)
    grown = Pile([*fresh[::2], *pile.heavy], [*fresh[1::2], *pile.others])
    for edge, order in first[1:]:
        assert deal(begun(grown, edge), size).order == order


@given(homes, sizes)
def test_the_way_back_is_the_way_one_came(weighs: list[bool], size: int) -> None:
    pile = pile_of(weighs)
    way = pages(pile, size)
    for (before, order), (edge, _) in pairwise(way):
        assert edge is not None
        back = preceding(edge, above(pile, edge, size + 1), size)
        assert (back is None) == (before is None)
        if back is not None:
            assert deal(begun(pile, back), size).order == order


@given(homes, sizes, st.lists(st.integers(0, 20), max_size=3))
def test_a_forged_way_leads_somewhere_or_nowhere(weighs: list[bool], size: int, way: list[int]) -> None:
    pile = pile_of(weighs)
    edge = Edge(1000, 1010, tuple(way))
    back = preceding(edge, above(pile, edge, size + 1), size)
    assert back is None or back.way == edge.way[:-1]


def test_nothing_older_than_a_week_goes_before_what_waits() -> None:
    heavy = [100 * A_DAY - one for one in range(4)]
    assert deal(Pile(heavy, [94 * A_DAY]), 5).order == [*heavy[:2], 94 * A_DAY, *heavy[2:]]
    assert deal(Pile(heavy, [92 * A_DAY]), 5).order == [*heavy, 92 * A_DAY]


def test_a_light_home_is_in_the_order_of_time() -> None:
    weighs = [place % 3 == 0 for place in range(60)]
    pile = pile_of(weighs)
    assert deal(pile, 60).order == sorted([*pile.heavy, *pile.others], reverse=True)
