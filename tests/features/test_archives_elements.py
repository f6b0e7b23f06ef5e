"""The scanner of long lists gives what a parser of the whole would."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from salledepause.features.archives.elements import begins, elements

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


def scanned(raw: bytes) -> list[Any]:
    start = begins(raw)
    assert start is not None
    return [json.loads(raw[one.start : one.end]) if one.end else None for one in elements(raw, start)]


@settings(max_examples=300)
@given(st.lists(values, max_size=8), st.sampled_from([None, 1]), st.booleans())
def test_every_element_is_found_as_it_is(items: list[Any], indent: int | None, escaped: bool) -> None:
    raw = json.dumps({"id": "outbox.json", "orderedItems": items}, indent=indent, ensure_ascii=escaped).encode(errors="replace")
    assert scanned(raw) == json.loads(raw)["orderedItems"]


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_whatever_the_bytes_reading_ends(junk: bytes) -> None:
    raw = b'{"orderedItems":[' + junk
    found = list(elements(raw, 17))
    assert [one.place for one in found] == list(range(1, len(found) + 1))
    assert all(one.end is None or one.end > one.start for one in found)
    assert len({one.start for one in found}) == len(found)


def test_addresses_after_a_broken_one_are_found() -> None:
    raw = b'{"orderedItems":["https://a.example/1","https://a.exa"mple/2","https://a.example/3","https://a.example/4"]}'
    assert scanned(raw) == ["https://a.example/1", None, "https://a.example/3", "https://a.example/4"]
