from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.kernel import ids
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page, link_header, listed


def walk(entries: list[int], limit: int) -> list[int]:
    """Read a list of ids (newest first) page after page by `next` links, as a client does."""
    found: list[int] = []
    page = Page(limit)
    while True:
        rows = [one for one in entries if page.max_id is None or one < page.max_id][:limit]
        part = listed(rows, rows, page)
        found += part.items
        if not part.full or part.last is None:
            return found
        page = Page(limit, max_id=part.last)


@given(st.sets(st.integers(1, 10_000)), st.integers(1, 40))
def test_walking_next_finds_each_once(entries: set[int], limit: int) -> None:
    newest_first = sorted(entries, reverse=True)
    assert walk(newest_first, limit) == newest_first


def test_min_id_pages_come_newest_first() -> None:
    part = listed([3, 4, 5], [3, 4, 5], Page(3, min_id=2))
    assert (part.items, part.first, part.last) == ([5, 4, 3], 5, 3)


def test_link_header_is_next_then_prev_and_keeps_other_parameters() -> None:
    header = link_header("https://s/api", "limit=2&max_id=9&types%5B%5D=mention", Listed([1, 2], 8, 7, full=True))
    kept = "https://s/api?limit=2&types%5B%5D=mention"
    assert header == f'<{kept}&max_id=7>; rel="next", <{kept}&min_id=8>; rel="prev"'


def test_last_page_has_no_next_and_empty_page_no_link() -> None:
    assert link_header("https://s/api", "", Listed([1], 8, 7)) == '<https://s/api?min_id=8>; rel="prev"'
    assert link_header("https://s/api", "", Listed([])) is None


@given(st.datetimes(datetime(2012, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive by contract
def test_ids_hold_their_instant(instant: datetime) -> None:
    assert abs((ids.made_at(ids.floor(instant)) - instant).total_seconds()) <= 0.001


@pytest.mark.parametrize("text", ["", "-1", "1e3", "٣", "12a", "9" * 20, "9223372036854775808", " 1", "0x1"])
def test_what_cannot_be_an_id_is_missing(text: str) -> None:
    with pytest.raises(Missing):
        ids.parse(text)
