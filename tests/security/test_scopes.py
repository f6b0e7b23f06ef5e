"""Tokens open what their scopes say and nothing else: every token, on every route of the real table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from salledepause.features import accounts
from salledepause.features.accounts import SCOPES
from salledepause.surfaces.routes import Line
from tests.security.estate import LINES, THINGS, WRITING, Estate, app_token, broken, name_of, thing_of
from tests.support.house import EVERYTHING, House, Person

FOLLOWS = {f"{verb}:{noun}" for verb in ("read", "write") for noun in ("follows", "blocks", "mutes")}
FIGURES = {f"POST /api/v1/admin/{name}" for name in ("measures", "dimensions", "retention")}
READ_IS_ENOUGH = {"DELETE /api/v1/suggestions/{id}", "POST /api/v1/statuses/{id}/translate", *FIGURES}
"""Routes of which Mastodon asks `read` alone: one writes (joinmastodon.org/methods/suggestions/#remove), the others never."""
NOT_TO_DECIDE = {
    f"{act} /api/v1/admin/accounts/{{id}}{end}" for act, end in (("DELETE", ""), ("POST", "/approve"), ("POST", "/reject"))
}
"""Routes that refuse what is not to be decided (nobody waits there) like a missing right, as Mastodon's do."""
OPEN = {
    "POST /api/v1/apps",
    "POST /oauth/token",
    "POST /oauth/revoke",
    "POST /api/v1/emails/confirmations",
    "POST /api/salledepause/v1/evidence/check",
}
"""Routes that ask no scope: apps come here before they have any; whoever is handed evidence, with what writes nothing."""


ELSE = {"follow", "push"}
"""Scopes that are neither of reading nor of writing: what they open writes nothing but follows, and where an app is woken."""


def openers(line: Line) -> set[str]:
    """The oracle: the scopes that open a route, each alone (https://docs.joinmastodon.org/api/oauth-scopes/)."""
    wanted = set(line.rule.scope.split("|"))
    wider = {one.rpartition(":")[0] for one in wanted}
    return wanted | (wider & set(SCOPES)) | ({"follow"} if wanted & FOLLOWS else set())


SCOPED = [line for line in LINES if line.rule.scope]


class Keys:
    """Tokens of people, made when they are first asked for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._made: dict[tuple[int, frozenset[str]], str] = {}

    async def of(self, person: Person, scopes: Iterable[str]) -> str:
        key = person.id, frozenset(scopes)
        if key not in self._made:
            async with self._house.site.db.transaction() as tx:
                self._made[key] = await accounts.give_token(tx, person.id, sorted(key[1]))
        return self._made[key]


async def status_of(house: House, line: Line, path: str, token: str | None, **headers: str | bytes) -> int:
    answer = await house.call(line.method, path, token, headers=headers)
    assert not broken(answer), f"{name_of(line)}: {broken(answer)}"
    return answer.status_code


def test_every_named_thing_is_known() -> None:
    unknown = [name_of(line) for line in LINES if "{" in line.path and line.path[: line.path.index("}") + 1] not in THINGS]
    assert not unknown, "say in THINGS what these addresses name"
    assert {thing_of(line) for line in LINES if "{" in line.path} == set(THINGS.values())


def test_every_scope_exists() -> None:
    assert {one for line in SCOPED for one in line.rule.scope.split("|")} <= set(SCOPES)


def test_nothing_is_written_with_a_right_to_read() -> None:
    writes = ("write", "admin:write")
    readable = {name_of(line) for line in WRITING if any(not one.startswith(writes) for one in openers(line) - ELSE)}
    assert readable == READ_IS_ENOUGH | OPEN | {"POST /oauth/userinfo"}


async def test_every_other_scope_together_opens_nothing(house: House, estate: Estate) -> None:
    keys = Keys(house)
    opened = [
        name_of(line)
        for line in SCOPED
        if await status_of(house, line, estate.path(line), await keys.of(estate.asker(line), set(SCOPES) - openers(line))) != 403
    ]
    assert not opened


async def test_each_right_scope_alone_opens(house: House, estate: Estate) -> None:
    keys = Keys(house)
    closed = [
        f"{name_of(line)} with {scope}"
        for line in sorted(SCOPED, key=lambda line: line.method == "DELETE")
        if name_of(line) not in NOT_TO_DECIDE
        for scope in sorted(openers(line))
        if await status_of(house, line, estate.path(line), await keys.of(estate.asker(line), [scope])) in {401, 403}
    ]
    assert not closed


async def test_an_app_alone_is_nobody(house: House, estate: Estate) -> None:
    token = await app_token(house, " ".join(SCOPES))
    found = {name_of(line): await status_of(house, line, estate.path(line), token) for line in LINES}
    entered = [name_of(line) for line in LINES if line.rule.who == "user" and found[name_of(line)] not in {401, 403}]
    assert not entered
    assert not [name_of(line) for line in LINES if line.rule.who == "app" and found[name_of(line)] in {401, 403}]


async def test_no_token_no_entry(house: House, estate: Estate) -> None:
    found = {name_of(line): await status_of(house, line, estate.path(line), None) for line in LINES}
    assert not [name_of(line) for line in LINES if line.rule.who != "anyone" and found[name_of(line)] != 401]
    assert found["GET /api/v1/timelines/public"] == 200


async def test_a_revoked_token_opens_nothing_not_even_what_is_open_to_all(house: House, estate: Estate) -> None:
    async with house.site.db.transaction() as tx:
        await accounts.close_everything(tx, estate.ada.id)
    public = next(line for line in LINES if line.path == "/api/v1/timelines/public")
    while await status_of(house, public, public.path, estate.ada.token) == 200:
        await asyncio.sleep(0.01)
    assert not [name_of(line) for line in LINES if await status_of(house, line, estate.path(line), estate.ada.token) != 401]


@pytest.mark.parametrize("state", ["suspended", "pending"])
async def test_who_is_out_or_not_yet_in_has_no_right_at_all(house: House, estate: Estate, state: str) -> None:
    person = await house.person("zoe", state=state)
    async with house.site.db.transaction() as tx:
        app, _ = await accounts.register_app(tx, accounts.Registration("Une app", [accounts.HERE], " ".join(EVERYTHING)))
        caller = accounts.Caller(person.id, app.id, 0, frozenset(EVERYTHING))
        through_app = (await accounts.issue(tx, caller)).token
    for token in (person.token, through_app):
        assert not [name_of(line) for line in LINES if await status_of(house, line, estate.path(line), token) != 403]


MALFORMED: list[bytes] = [
    b"",
    b"Bearer",
    b"Bearer ",
    b"Bearer  ",
    b"bearer inconnu",
    b"Bearer a b",
    b"Bearer\tinconnu",
    b"Bearer inconnu,inconnu",
    b"Bearer \xff\xfe\xe9",
    b"Bearer " + b"x" * 60_000,
    b"Bearer ' OR 1=1 --",
    b"Bearer null",
    b"Basic",
    b"Basic ???",
    b"Basic Og==",
    b"Basic AAAA",
    b"Basic /////w==",
    b"Basic YQBiOmMAZA==",
    b'Digest username="ada"',
    b"Token token=inconnu",
    b"\xc3\xa9",
    b",",
]


async def test_a_malformed_authorization_opens_nothing(house: House) -> None:
    kinds = {line.rule: line for line in LINES if "{" not in line.path}
    for header in MALFORMED:
        found = {name_of(line): await status_of(house, line, line.path, None, authorization=header) for line in kinds.values()}
        opened = [line for line in kinds.values() if line.rule.who != "anyone" and found[name_of(line)] != 401]
        assert not [name_of(line) for line in opened], header
        claims = header.lower().startswith(b"bearer ")
        assert not [name for name, status in found.items() if claims and status != 401], header
