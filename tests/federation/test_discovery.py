"""WebFinger, host-meta and NodeInfo: found by name, refused well, true figures."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from jsonschema import Draft202012Validator

from salledepause import __version__
from salledepause.kernel.config import Settings
from tests.support.house import House
from tests.support.recorder import Recorder

WEBFINGER = "/.well-known/webfinger"


async def finger(house: House, resource: str, **more: Any) -> Any:
    return await house.call("GET", WEBFINGER, params={"resource": resource} | more)


@pytest.mark.parametrize(
    "resource",
    [
        "acct:Ana_B@salle.test", "acct:ana_b@SALLE.test", "acct:@ana_b@salle.test", "ACCT:ana_b@salle.test",
        "https://salle.test/@ana_b", "https://salle.test/@Ana_B/",
    ],
)  # fmt: skip
async def test_webfinger_names_its_subject_as_its_bearer_writes_it(house: House, resource: str) -> None:
    ana = await house.person("Ana_B")
    answer = await finger(house, resource)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/jrd+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    found = answer.json()
    assert found["subject"] == "acct:Ana_B@salle.test"
    assert found["aliases"] == ["https://salle.test/@Ana_B"]
    page, avatar = found["links"]
    assert page == {
        "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://salle.test/@Ana_B"
    }  # fmt: skip
    assert avatar["href"] == f"https://salle.test/portraits/{ana.id}/avatar.png"
    assert "self" not in {link["rel"] for link in found["links"]}, "no actor is served yet"


async def test_webfinger_gives_the_links_that_are_asked_for(house: House) -> None:
    await house.person("ana")
    answer = await finger(house, "acct:ana@salle.test", rel="http://webfinger.net/rel/avatar")
    assert [link["rel"] for link in answer.json()["links"]] == ["http://webfinger.net/rel/avatar"]
    assert (await finger(house, "acct:ana@salle.test", rel="nothing")).json()["links"] == []


@pytest.mark.parametrize(
    "resource",
    ["acct:nobody@salle.test", "acct:ana@ailleurs.example", "acct:ana@salle.test:81", "https://salle.test/ana", "https://salle.test/@",
        "https://ailleurs.example/@ana", "acct:ana b@salle.test", "https://salle.test/@ana/1", "https://["],
)  # fmt: skip
async def test_webfinger_of_nobody_here_is_404(house: House, resource: str) -> None:
    await house.person("ana")
    assert (await finger(house, resource)).status_code == 404


@pytest.mark.parametrize(
    "resource", ["", "ana", "ana@salle.test", "acct:", "acct:ana", "acct:@salle.test", "mailto:ana@salle.test"]
)
async def test_webfinger_of_nothing_readable_is_400(house: House, resource: str) -> None:
    await house.person("ana")
    assert (await finger(house, resource)).status_code == 400
    assert (await house.call("GET", WEBFINGER)).status_code == 400


@pytest.mark.parametrize("state", ["suspended", "pending"])
async def test_webfinger_hides_who_is_not_in(house: House, state: str) -> None:
    await house.person("ana", state=state)
    assert (await finger(house, "acct:ana@salle.test")).status_code == 404


async def test_a_domain_may_have_a_port(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, domain="localhost:3000", scheme=""), recorder) as house:
        await house.person("ana")
        found = (await finger(house, "acct:ana@localhost:3000")).json()
        assert found["subject"] == "acct:ana@localhost:3000"
        assert found["aliases"] == ["http://localhost:3000/@ana"]
        assert (await finger(house, "acct:ana@localhost")).status_code == 404


async def test_host_meta_leads_to_webfinger(house: House) -> None:
    answer = await house.call("GET", "/.well-known/host-meta")
    assert answer.headers["content-type"].startswith("application/xrd+xml")
    link = ET.fromstring(answer.text)[0]  # noqa: S314 - our own answer
    assert link.attrib["rel"] == "lrdd"
    template = link.attrib["template"]
    assert template == "https://salle.test/.well-known/webfinger?resource={uri}"
    await house.person("ana")
    path = template.removeprefix("https://salle.test").replace("{uri}", "acct:ana@salle.test")
    assert (await house.call("GET", path)).status_code == 200
    json = (await house.call("GET", "/.well-known/host-meta.json")).json()
    assert json["links"] == [{"rel": "lrdd", "template": template}]


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "software", "protocols", "services", "openRegistrations", "usage", "metadata"],
    "properties": {
        "version": {"enum": ["2.0", "2.1"]},
        "software": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "version"],
            "properties": {"name": {"type": "string", "pattern": "^[a-z0-9-]+$"}, "version": {"type": "string"}},
        },
        "protocols": {"type": "array", "minItems": 1, "items": {"enum": ["activitypub"]}},
        "services": {
            "type": "object",
            "additionalProperties": False,
            "required": ["inbound", "outbound"],
            "properties": {"inbound": {"type": "array"}, "outbound": {"type": "array"}},
        },
        "openRegistrations": {"type": "boolean"},
        "usage": {
            "type": "object",
            "additionalProperties": False,
            "required": ["users"],
            "properties": {
                "users": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        name: {"type": "integer", "minimum": 0} for name in ("total", "activeMonth", "activeHalfyear")
                    },
                },
                "localPosts": {"type": "integer", "minimum": 0},
            },
        },
        "metadata": {"type": "object"},
    },
}
"""NodeInfo 2.0 and 2.1, the part that we use."""


@pytest.mark.parametrize("version", ["2.0", "2.1"])
async def test_nodeinfo_follows_its_schema_and_counts(house: House, version: str) -> None:
    ana = await house.person("ana")
    await house.say(ana, "Bonjour")
    links = (await house.call("GET", "/.well-known/nodeinfo")).json()["links"]
    address = {link["rel"]: link["href"] for link in links}[f"http://nodeinfo.diaspora.software/ns/schema/{version}"]
    answer = await house.call("GET", address.removeprefix("https://salle.test"))
    assert f"/ns/schema/{version}#" in answer.headers["content-type"]
    found = answer.json()
    Draft202012Validator(SCHEMA).validate(found)
    assert found["version"] == version
    assert found["software"] == {"name": "salledepause", "version": __version__}
    assert found["usage"] == {"users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1}, "localPosts": 1}
    assert found["openRegistrations"] is True


async def test_another_nodeinfo_is_missing(house: House) -> None:
    assert (await house.call("GET", "/nodeinfo/1.0")).status_code == 404
