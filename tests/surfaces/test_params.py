from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.kernel.errors import BadInput, Refusal
from salledepause.surfaces import params
from salledepause.surfaces.params import Malformed


class Inner(msgspec.Struct):
    options: list[str] = []
    multiple: bool = False


class Wanted(msgspec.Struct):
    status: str = ""
    ids: list[int] = []
    only: bool = False
    limit: int | None = None
    poll: Inner | None = None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=a&ids[]=1&ids[]=2", Wanted("a", [1, 2])),
        ("ids=3", Wanted(ids=[3])),
        ("only=True&limit=5", Wanted(only=True, limit=5)),
        ("only=1&limit=", Wanted(only=True)),
        ("only=off", Wanted()),
        ("poll[options][]=a&poll[options][]=b&poll[multiple]=true", Wanted(poll=Inner(["a", "b"], multiple=True))),
        ("poll[options][1]=b&poll[options][0]=a", Wanted(poll=Inner(["a", "b"]))),
        ("status=%C3%A9t%C3%A9&unknown=1", Wanted("été")),
    ],
)
def test_query_and_form_decode(query: str, expected: Wanted) -> None:
    assert params.decode(params.from_query(query.encode()), Wanted) == expected


def test_a_list_of_objects_repeats_its_keys() -> None:
    query = b"k[][a]=1&k[][b]=2&k[][a]=3&k[][b]=4&k[][b]=5"
    assert params.from_query(query) == {"k": [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}, {"b": "5"}]}


def test_json_decodes_the_same() -> None:
    body = b'{"status":"a","ids":["1",2],"only":"true","poll":{"options":["a"]},"limit":null}'
    assert params.decode(params.from_json(body), Wanted) == Wanted("a", [1, 2], only=True, poll=Inner(["a"]))


@pytest.mark.parametrize("body", [b"[]", b"3", b'"x"', b"{", b"\xff", b'{"a":1}x', b"[" * 100_000, b'{"a":' * 10_000])
def test_json_that_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        params.from_json(body)


@pytest.mark.parametrize("query", ["limit=many", "ids[]=x", "ids[]=99999999999999999999999999", "only=perhaps", "poll=3"])
def test_wrong_types_are_bad_input(query: str) -> None:
    with pytest.raises(BadInput):
        params.decode(params.from_query(query.encode()), Wanted)


class Chosen(msgspec.Struct):
    choice: Literal["yes", "no"]


@pytest.mark.parametrize("query", [b"", b"other=1", b"choice="])
def test_what_is_asked_for_and_does_not_come_is_bad_input(query: bytes) -> None:
    with pytest.raises(BadInput):
        params.decode(params.from_query(query), Chosen)


def test_deep_and_wide_keys_are_malformed() -> None:
    with pytest.raises(Malformed):
        params.from_query(b"a" + b"[b]" * 50 + b"=1")
    with pytest.raises(Malformed):
        params.from_query(b"&".join(b"a%d=1" % number for number in range(5000)))


@given(st.lists(st.tuples(st.text("ab[]0", max_size=12), st.text(max_size=4)), max_size=8))
def test_any_keys_nest_or_are_refused(pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs, quote_via=quote)
    try:
        values: Any = params.from_query(query.encode("utf-8", "surrogatepass"))
        params.decode(values, Wanted)
    except Refusal:
        return
    assert isinstance(values, dict)


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(body: bytes) -> None:
    for read in (params.from_query, params.from_json):
        try:
            assert isinstance(params.decode(read(body), Wanted), Wanted)
        except Refusal:
            continue
