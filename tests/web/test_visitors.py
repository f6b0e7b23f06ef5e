"""What is public is read by anybody, on pages and in the API alike, or by nobody outside where the hosts say so."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from salledepause.features import accounts
from salledepause.kernel.config import Settings
from salledepause.surfaces import web
from salledepause.surfaces.routes import Line
from tests.security.estate import LINES, Estate, app_token, settled
from tests.support.house import House, Person
from tests.support.recorder import Recorder
from tests.web.keepers import wait_at_the_door
from tests.web.visitor import visiting

PAGES: list[Line] = [line for topic in web.TOPICS for line in topic.ROUTES]
NEUTRAL = re.compile(
    r"/(|charte|aide|preuves|glossaire|qui-fait-quoi|a-propos|apparence|connexion|contester|reveil|recuperation|inscription|plus|hors-ligne|manifest\.webmanifest|sw\.js|[\w-]+\.png"
    r"|oauth/authorize|api/salledepause/(openapi\.json|v1/(help|glossary|signposts))|api/v[12]/instance.*|api/proofs|api/v1/(trends/links|custom_emojis)|\.well-known/.*)"
)
"""What tells nothing that people said: coming in, and what the house says of itself."""


@pytest.fixture
async def shut(settings: Settings, recorder: Recorder) -> AsyncIterator[House]:
    """Give a house that is read from inside alone."""
    async with House.opened(msgspec.structs.replace(settings, visitors=False), recorder) as opened:
        yield opened


def reading(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.rule.reading]


def test_whatever_visitors_read_says_whether_it_is_what_people_said() -> None:
    for line in [*PAGES, *LINES]:
        if line.method == "GET" and line.rule.who == "anyone":
            assert line.rule.reading is not bool(NEUTRAL.fullmatch(line.path)), line.path


async def test_without_an_account_one_reads_what_a_reader_does(house: House) -> None:
    estate, lea = await settled(house), await house.person("lea", mode="reader")
    app = await app_token(house, "read")
    found = {line.path: [await ask(house, estate, line, who) for who in (None, app, lea)] for line in reading(LINES)}
    assert {path: one for path, one in found.items() if len(set(one)) > 1} == {}
    assert sum(one[0] == 200 for one in found.values()) > 20


async def test_where_the_house_is_shut_only_people_read(shut: House) -> None:
    estate, lea = await settled(shut), await shut.person("lea", mode="reader")
    app = await app_token(shut, "read")
    for line in reading(LINES):
        assert [await ask(shut, estate, line, who) for who in (None, app)] == [401, 401], line.path
        assert await ask(shut, estate, line, lea) != 401, line.path
    access = (await shut.get("/api/v2/instance"))["configuration"]["timelines_access"]
    assert {one["local"] for one in access.values()} == {"authenticated"}


async def ask(house: House, estate: Estate, line: Line, who: Any) -> int:
    return (await house.call("GET", estate.path(line), who)).status_code


async def test_pages_of_a_house_that_is_shut_ask_to_come_in_and_lead_back(shut: House) -> None:
    thanks = {"kind": "thanks", "thanks": ["La lingerie"]}
    said = await shut.say(await shut.person("nuit"), "Bonsoir #garde", salledepause=thanks)
    values = {"handle": "nuit", "id": said["id"], "tag": "garde", "form": "md", "slug": said["salledepause"]["thanks"][0]["id"]}
    async with visiting(shut) as visitor, visiting(shut) as reader:
        await reader.sign_up("lectrice", "patient-proche", "reader")
        welcome = await visitor.get("/")
        assert "Bonsoir" not in welcome.text
        assert "se lit de l'intérieur" in welcome.text
        read: list[int] = []
        for line in reading(PAGES):
            path = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], line.path)
            assert (await visitor.client.get(path)).headers["location"].startswith("/connexion?next="), path
            read.append((await reader.client.get(path)).status_code)
        assert set(read) <= {200, 404}
        assert read.count(200) > 10
        page = await visitor.get("/@nuit")
        assert page.form("/connexion").values["next"] == "/@nuit"


async def test_nobody_outside_is_led_to_what_is_read_from_inside(house: House, shut: House) -> None:
    for home in (house, shut):
        async with visiting(home) as visitor:
            led = sorted({path for path in (await visitor.get("/plus")).links if path.startswith("/")})
            assert ("/local" in led) is home.site.settings.visitors
            assert len(led) > 5
            assert [(path, (await visitor.client.get(path)).status_code) for path in led] == [(path, 200) for path in led]
    async with visiting(shut) as reader:
        await reader.sign_up("lectrice", "patient-proche", "reader")
        assert {"/local", "/annuaire", "/recherche"} <= {*(await reader.get("/plus")).links}


async def test_who_waits_at_the_door_of_a_house_that_is_shut_is_told_so(settings: Settings, recorder: Recorder) -> None:
    kept = msgspec.structs.replace(settings, visitors=False, registration="approval")
    async with House.opened(kept, recorder) as house, visiting(house) as waiting:
        await wait_at_the_door(house, "attente")
        async with house.site.db.transaction() as tx:
            cookie, _ = await accounts.open_session(tx, (await accounts.by_handle(tx, "attente")).id)
        waiting.client.cookies.set("__Host-session", cookie, domain="salle.test", path="/")
        page = await waiting.get("/local", status=403)
        assert "se lit de l'intérieur" in page.text


async def test_nobody_is_said_to_be_there(house: House) -> None:
    reader, author = await house.person("lea", mode="reader"), await house.person("ada")
    said = await house.say(author, "Bonsoir")
    for path in (f"statuses/{said['id']}", f"accounts/{author.id}/statuses", "timelines/public", "notifications"):
        await house.get(f"/api/v1/{path}", reader)
    shown = await house.get(f"/api/v1/accounts/{reader.id}", author)
    assert shown["last_status_at"] is None
    assert await house.get("/api/v1/notifications", author) == []
    assert await people(house, author, said["id"]) == set()


async def people(house: House, who: Person, post: str) -> set[str]:
    """Return whom a post and the room name beside its author."""
    paths = (f"statuses/{post}/favourited_by", f"statuses/{post}/reblogged_by", "directory", f"accounts/{who.id}/followers")
    return {one["acct"] for path in paths for one in await house.get(f"/api/v1/{path}", who)} - {"ada"}
