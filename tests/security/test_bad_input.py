"""Input that no app would send: each answer is a success or a refusal in JSON, and what is refused writes nothing at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salledepause.surfaces.bodies import PLAIN_LIMIT
from salledepause.surfaces.routes import Line
from tests.security.estate import (
    LINES,
    NAMED,
    OWN,
    READING,
    WRITING,
    Estate,
    broken,
    filled,
    name_of,
    probe,
    rows,
    thing_of,
    written,
)
from tests.security.fields import NAMES, bodies
from tests.support.house import House

ALL_ALIKE = {
    "DELETE /api/v1/suggestions/{id}",
    "POST /api/v2/notifications/{key}/dismiss",
    "POST /api/v2_alpha/notifications/{key}/dismiss",
    "GET /api/v1/annual_reports/{year}/state",
    "POST /api/v1/annual_reports/{year}/generate",
    "POST /api/salledepause/v1/rooms/{id}/leave",
}
"""Routes that answer alike whether the thing is there or not, as Mastodon's do; so does leaving a room, which tells nothing."""


# Addresses.

NOBODY = ["1", "0", "999999999999999999", str(2**63 - 1), str(2**63), str(2**64), "9" * 30, "0" * 30 + "1", "9" * 6000]
NO_ID = [
    "-1",
    "+1",
    "1.0",
    "1e3",
    "1e999",
    "0x1f",
    "null",
    "nan",
    "abc",
    "%00",
    "1%00",
    "%ff",
    "%ed%a0%80",
    "%20",
    "1%20",
    "1%0a",
]
NO_ID += [
    "%EF%BC%91",
    "%D9%A1",
    "%2e%2e",
    "..%2f..",
    "1%2f2",
    "'--",
    "%7B%7D",
    "%25s",
    "%F0%9F%98%80",
    "ungrouped-",
    "ungrouped-x",
]


async def test_what_nobody_has_is_missing(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    for number, line in enumerate(NAMED):
        for value in NOBODY + NO_ID[number % 3 :: 3]:
            answer = await probe(house, line.method, filled(line, value), estate.asker(line))
            free = thing_of(line) == "tag" or name_of(line) in ALL_ALIKE
            if broken(answer) or (answer.status_code not in {404, 405} and not free):
                wrong.append(f"{name_of(line)} {value[:40]}: {answer.status_code} {answer.text[:80]}")
    assert not wrong
    assert set(written(before, await rows(house))) <= {"followed_tags", "featured_tags"}, "`abc` is a tag to whoever wants it"


async def test_what_is_anothers_is_missing(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    for line in NAMED:
        if thing_of(line) in OWN:
            own = await house.call(line.method, estate.path(line), estate.asker(line)) if line.method == "GET" else None
            answer = await house.call(line.method, estate.path(line), estate.eve)
            if answer.status_code != 404 and name_of(line) not in ALL_ALIKE:
                wrong.append(f"{name_of(line)}: {answer.status_code}")
            if own is not None and own.status_code != 200:
                wrong.append(f"{name_of(line)} is closed to its owner: {own.status_code}")
    assert not wrong
    assert not written(before, await rows(house))


# Queries.

NUMBERS = ["-1", "0", "99999999", "abc", "1e999", "1.5", "", "%00", "9" * 30, "9" * 6000, str(2**63), str(-(2**63) - 1), "%d9%a1"]
WORDS = [
    "",
    "%00",
    "%ff",
    "%ed%a0%80",
    "%5B%5D",
    "'",
    '"',
    "\\",
    "%25",
    "%2525",
    "_",
    "%F0%9F%98%80",
    "a" * 4000,
    "%0d%0aX-Evil:%201",
    "$1",
]
_KEYS = """
    limit offset max_id since_id min_id page local q type account_id id id[] types[] exclude_types[] timeline[] any[] all[] none[]
    order acct resolve following kinds[] pinned tagged only_media expand_accounts grouped_types[] languages[] with_suspended
"""
KEYS = _KEYS.split()
ODD_QUERIES = [
    "a[b][c][d][e][f][g][h][i][j]=1",
    "=",
    "&&&",
    "a&b&c",
    "limit=1&limit=2",
    "id[]=1&id=2",
    "id[a]=1&id[]=2",
    "limit[]=1",
    "limit[a]=1",
]
ODD_QUERIES += [
    "%",
    "%zz=1",
    "id[]" + "&id[]=1" * 1999,
    "id[]" + "&id[]=1" * 3000,
    "max_id=1&since_id=9&min_id=5",
    "q[]=a&q[]=b",
    "limit=%F0%9F",
]


async def test_odd_queries_break_nothing(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    queries = [f"{key}={value}" for key in KEYS for value in ("", "abc", "-1")]
    queries += [f"{key}={value}" for key in ("limit", "offset", "max_id", "since_id", "min_id") for value in NUMBERS]
    for number, line in enumerate(READING):
        words = [f"{key}={value}" for key in KEYS[number % 3 :: 3] for value in WORDS]
        for query in queries[number % 16 :: 16] + words[number % 20 :: 20] + ODD_QUERIES[number % 2 :: 2]:
            answer = await probe(house, "GET", f"{estate.path(line)}?{query}", estate.asker(line))
            if broken(answer):
                wrong.append(f"{name_of(line)} ?{query[:60]}: {broken(answer)}")
            assert "x-evil" not in answer.headers
    assert not wrong
    assert not written(before, await rows(house))


# Bodies that are no request at all.

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
DEEP = 10_000


def part(value: bytes, name: bytes = b"name", more: bytes = b"") -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + more + b"\r\n\r\n" + value + b"\r\n--b--\r\n"


NO_REQUESTS: list[tuple[str, bytes]] = [
    (JSON, b"[]"),
    (JSON, b'["status"]'),
    (JSON, b"1"),
    (JSON, b"null"),
    (JSON, b'"status"'),
    (JSON, b"{"),
    (JSON, b"{'a': 1}"),
    (JSON, b'{"a": NaN}'),
    (JSON, b'{"a": 1e999}'),
    (JSON, b'{"a": ' + b"9" * 6000 + b"}"),
    (JSON, b'{"a": "\xff"}'),
    (JSON, b'{"a": "\xed\xa0\x80"}'),
    (JSON, rb'{"a": "\ud800"}'),
    (JSON, b"\xef\xbb\xbf{}"),
    (JSON, b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    (JSON, b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    (JSON, "{}".encode("utf-16")),
    (FORM, b"a=%ff"),
    (FORM, b"\xff"),
    (FORM, b"a=1&a[b]=2"),
    (FORM, b"a[]=1&a[b]=2"),
    (FORM, b"a" + b"[b]" * 9 + b"=1"),
    (FORM, b"&".join(b"a%d=1" % number for number in range(2001))),
    ("multipart/form-data", part(b"x")),
    ("multipart/form-data; boundary=", part(b"x")),
    (PARTS, b"x"),
    (PARTS, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    (PARTS, part(b"x", b"a[b]" * 9)),
    (PARTS + "; charset=utf-7", part(b"+2AA-")),
    (PARTS + "; charset=utf-7", part(b"x", b"+2AA-")),
    (
        PARTS,
        b"".join(b'--b\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % number for number in range(1001))
        + b"--b--\r\n",
    ),
]


async def send(house: House, line: Line, estate: Estate, body: Any, kind: str) -> Any:
    return await probe(house, line.method, estate.path(line), estate.asker(line), content=body, headers={"content-type": kind})


async def test_what_is_no_request_is_refused_everywhere_and_writes_nothing(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    for number, line in enumerate(WRITING):
        for kind, body in NO_REQUESTS[number % 3 :: 3]:
            answer = await send(house, line, estate, body, kind)
            if broken(answer) or answer.status_code not in {400, 422}:
                wrong.append(f"{name_of(line)} {kind} {body[:40]!r}: {answer.status_code} {answer.text[:120]}")
    assert not wrong
    assert not written(before, await rows(house))


FLOODS = [(JSON, b'{"a":"'), (FORM, b"a="), (PARTS, part(b"", b"a")[:-9]), ("text/plain", b""), ("image/png", b"\x89PNG")]
"""How bodies without end begin."""


async def chunks(beginning: bytes, size: int) -> AsyncIterator[bytes]:
    yield beginning
    for _ in range(size // 65536 + 1):
        yield b"a" * 65536


async def test_too_much_is_refused_while_it_comes(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    for line in WRITING:
        most = PLAIN_LIMIT + (
            line.rule.files if line.rule.files > 0 else house.site.settings.media_bytes if line.rule.files else 0
        )
        declared = {"content-length": str(most + 1), "content-type": JSON}
        answers = [await house.call(line.method, estate.path(line), estate.asker(line), content=b"{}", headers=declared)]
        if not line.rule.files:
            answers += [await send(house, line, estate, chunks(start, PLAIN_LIMIT), kind) for kind, start in FLOODS]
        wrong += [f"{name_of(line)}: {answer.status_code} {answer.text[:80]}" for answer in answers if answer.status_code != 413]
    assert not wrong
    assert not written(before, await rows(house))


ODD_LENGTHS = ["-1", "abc", "\u00b2", "9" * 5000, "1e9", " ", "+2"]


async def test_an_odd_length_breaks_nothing(house: House) -> None:
    person = await house.person("ada")
    for length in ODD_LENGTHS:
        headers = {"content-length": length.encode("latin-1"), "content-type": JSON}
        answer = await house.call("POST", "/api/v1/lists", person, content=b'{"title":"x"}', headers=headers)
        assert not broken(answer), length


# Any value at any place.

NASTY = [
    "",
    "\0",
    "a\0b",
    "null",
    "true",
    "-1",
    "1e999",
    "9" * 30,
    "\u202e",
    "\ufdfa",
    "👩\u200d👩",
    "{}",
    "[]",
    "%s",
    "{reason}",
    "'",
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(NASTY),
    st.text(max_size=20),
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8
)
MEDDLING = [line for line in LINES if line.method not in {"GET", "DELETE"}]


@st.composite
def requests(draw: st.DrawFn) -> tuple[Line, dict[str, Any]]:
    """A route with a body: parameters that its door knows, those of a body that it accepts included, with any values."""
    line = draw(st.sampled_from(MEDDLING))
    names = NAMES[line.handler.__module__]
    body = draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4)) if names else {}
    return line, body | draw(st.dictionaries(st.text(max_size=6), VALUES, max_size=1))


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(requests(), st.booleans())
async def test_any_value_at_any_place(house: House, estate: Estate, request_: tuple[Line, dict[str, Any]], whole: bool) -> None:
    line, odd = request_
    accepted = bodies(estate).get(name_of(line), {}) if whole else {}
    before = await rows(house)
    answer = await house.call(line.method, estate.path(line), estate.asker(line), json=accepted | odd)
    assert not broken(answer)
    if answer.status_code >= 400:
        assert not written(before, await rows(house))
