"""CVE-2026-23963, CVE-2026-23962: names of lists and filters, answers of polls without any limit of length or number."""

from __future__ import annotations

from typing import Any

from tests.security.estate import WRITING, Estate, broken, name_of, probe
from tests.security.fields import Path, bodies, fields_of, planted, unknown
from tests.support.house import House

LONG = 60_000
MONSTERS = {
    "letters": "a" * LONG,
    "joined": "👩\u200d" * (LONG // 2) + "👩",
    "marked": "a" + "\u0301" * LONG,
    "linked": "https://a.fr/" + "b" * LONG,
    "named": "@a@" + "b" * LONG + ".fr",
    "tagged": "#" + "b" * LONG,
    "blank": "a" + "\n \u200b" * (LONG // 3) + "b",
}
LONGEST_ROW = 50_000
"""Characters of the longest row that anybody may write: a post of 5 000 counted characters, of which each may weigh eight."""
MOST_ITEMS = 3000
MOST_ROWS = 600


def monsters(kind: str, now: Any) -> list[Any]:
    """Return values too large to be kept at a place; all of them where an accepted body says something."""
    if kind == "text":
        return [*MONSTERS.values()][: 2 if now is None else None]
    items = now if isinstance(now, list) and now else ["1"]
    many = [str(number) for number in range(MOST_ITEMS)]
    return [(items * MOST_ITEMS)[:MOST_ITEMS], many, *([MONSTERS[one], "b"] for one in ("letters", "joined", "linked"))]


def found_at(body: dict[str, Any], path: Path) -> Any:
    node: Any = body
    for step in path:
        node = node.get(step) if isinstance(node, dict) else node[0] if isinstance(node, list) and node else None
    return node


async def sizes(house: House) -> dict[str, tuple[int, int]]:
    """Return how many rows each table holds and how long its longest one is."""
    async with house.site.db.reading() as tx:
        tables = await tx.values("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        each = [f"SELECT '{table}', count(*), coalesce(max(length(t::text)), 0) FROM \"{table}\" t" for table in tables]
        return {row[0]: (row[1], row[2]) for row in await tx.rows(" UNION ALL ".join(each))}


def overgrown(sized: dict[str, tuple[int, int]]) -> list[str]:
    return [table for table, (number, longest) in sized.items() if number > MOST_ROWS or longest > LONGEST_ROW]


async def test_every_text_and_every_list_of_the_api_has_a_limit(house: House, estate: Estate) -> None:
    known, wrong = bodies(estate), []
    assert not [name_of(line) for line in WRITING if unknown(line, known)], "say in `bodies` what these routes accept"
    for line in (line for line in WRITING if name_of(line) in known):
        body = known[name_of(line)]
        for path, kind in fields_of(line.handler.__module__).items():
            for value in monsters(kind, found_at(body, path)):
                answer = await probe(house, line.method, estate.path(line), estate.asker(line), json=planted(body, path, value))
                if broken(answer):
                    wrong.append(f"{name_of(line)} {'.'.join(path)}: {broken(answer)}")
        wrong += [f"{name_of(line)} lets {table} grow" for table in overgrown(await sizes(house))]
    assert not wrong


async def test_the_bodies_that_grow_are_accepted_as_they_are(house: House, estate: Estate) -> None:
    """Else the test above would prove nothing."""
    refused = []
    for line in (line for line in WRITING if name_of(line) in bodies(estate)):
        answer = await house.call(line.method, estate.path(line), estate.asker(line), json=bodies(estate)[name_of(line)])
        if answer.status_code != 200:
            refused.append(f"{name_of(line)}: {answer.status_code} {answer.text[:80]}")
    sorted_already = [f"shield/sas/{{id}}/{gesture}" for gesture in ("keep", "discard", "restore")]
    decided = ["admin/refused_images", "admin/images/{id}/refuse", "admin/held/{id}/refuse", *sorted_already]
    answered = ["remarks/{id}/answer", "remarks/{id}/draft", "remarks/{id}/refuse"]
    ours = {f"POST /api/salledepause/v1/{end}" for end in [*decided, *answered]}
    files = {"POST /api/v1/media", "POST /api/v2/media", "POST /api/salledepause/v1/verification/proof"}
    needs_more = ours | files | {"POST /oauth/token", "POST /api/v1/polls/{id}/votes"}
    assert {one.partition(": ")[0] for one in refused} == needs_more, refused
