"""CVE-2023-28853: a query language fed with what somebody typed. No SQL and no pattern of it is ever made of words of others."""

from __future__ import annotations

from typing import Any

from tests.security.estate import LINES, READING, Estate, broken, filled, name_of, probe, rows, thing_of, written
from tests.security.fields import NAMES
from tests.support.house import House

INJECTIONS = [
    "'",
    "''",
    '"',
    "\\'",
    "1;SELECT pg_sleep(9)--",
    "' OR '1'='1",
    "1) OR 1=1--",
    "%(id)s",
    "%s",
    "%",
    "$1",
    "{}",
    "\\",
    "$$;$$",
    "E'\\x00'",
    "/*",
    "*)(uid=*",
]


async def test_words_are_never_commands(house: House, estate: Estate) -> None:
    before, wrong = await rows(house), []
    for number, line in enumerate(READING):
        for word in INJECTIONS[number % 6 :: 6]:
            query: dict[str, Any] = dict.fromkeys(NAMES[line.handler.__module__] + ["max_id"], word)
            for given in (query, *({name: word} for name in [*query][number % 2 :: 2])):
                answer = await probe(house, "GET", estate.path(line), estate.asker(line), params=given)
                if broken(answer):
                    wrong.append(f"{name_of(line)} {given}: {broken(answer)}")
    assert not wrong
    assert not written(before, await rows(house))


async def test_words_of_addresses_are_never_commands(house: House, estate: Estate) -> None:
    words = [
        "'%20OR%201=1--",
        "%27%3BDROP%20TABLE%20posts--",
        "%25s",
        "%25(id)s",
        "%5C",
        "%22",
        "%7B%7D",
        "1%20UNION%20SELECT%201",
    ]
    tables = set(await rows(house))
    for line in (line for line in LINES if "{" in line.path and thing_of(line) != "tag"):
        for word in words:
            answer = await probe(house, line.method, filled(line, word), estate.asker(line))
            assert answer.status_code == 404 or (thing_of(line), answer.status_code) == ("group", 200), (name_of(line), word)
    assert set(await rows(house)) == tables


async def test_signs_of_patterns_mean_themselves(house: House, estate: Estate) -> None:
    for handle in ("a_a", "aXa", "abc"):
        await house.person(handle)
    for sign in ("%", "_", "%%", "%b%", "_bc", "a_c", "ab_", "\\", "*", ".", "|", "(", "[a-z]+", ":*", "&", "!", "<->"):
        for query in (sign, f"@{sign}", f"#{sign}"):
            found = await house.call("GET", "/api/v2/search", estate.ada, params={"q": query})
            assert not broken(found), query
            assert found.status_code == 200
            assert "abc" not in {one["username"] for one in found.json()["accounts"]}, query
    (only,) = (await house.get("/api/v2/search", estate.ada, q="a_a", type="accounts"))["accounts"]
    assert only["username"] == "a_a"
