"""Rules for other servers: made by hosts, shown to everybody, and those that a person keeps for themselves."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

import pytest

from salledepause.features import graph
from salledepause.kernel.errors import BadInput
from tests.mastodon.admin import armed, journal, keeper
from tests.support.house import House

BLOCKS, ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
PUBLIC, OWN = "/api/v1/instance/domain_blocks", "/api/v1/domain_blocks"
NO_DOMAINS = [
    "",
    " ",
    "ailleurs",
    "a b.test",
    "http://ailleurs.test",
    "ailleurs.test/x",
    "-a.test",
    "a..test",
    "127.0.0.1",
    "é" * 250,
]
NO_DOMAINS += [
    "ailleurs.test:443",
    "@ailleurs.test",
    "%",
    "a" * 64 + ".test",
    "a." * 127 + "test",
    "\u202ea.test",
    "ailleurs.t_st",
]


@pytest.mark.parametrize("text", NO_DOMAINS)
async def test_what_is_no_domain_is_refused_everywhere(house: House, text: str) -> None:
    host = await keeper(house, "hote")
    for path in (BLOCKS, ALLOWS, OWN):
        answer = await house.call("POST", path, host, json={"domain": text})
        assert (answer.status_code, answer.json()) == (422, {"error": "Validation failed: Domain is not a valid domain name"})
    assert (await house.call("DELETE", OWN, host, params={"domain": text})).status_code == 422
    assert await house.get(BLOCKS, host) == await house.get(ALLOWS, host) == await house.get(OWN, host) == []
    assert await journal(house) == []


@pytest.mark.parametrize("text", ["salle.test", " SALLE.test/ "])
async def test_nobody_blocks_the_house_itself(house: House, text: str) -> None:
    host = await keeper(house, "hote")
    for path in (BLOCKS, ALLOWS, OWN):
        assert (await house.call("POST", path, host, json={"domain": text})).status_code == 422


def test_a_domain_is_kept_as_it_is_compared() -> None:
    assert graph.domain_of(" Café.Example.ORG/ ") == "xn--caf-dma.example.org"
    assert graph.domain_of("xn--caf-dma.example.org") == "xn--caf-dma.example.org"
    with pytest.raises(BadInput):
        graph.domain_of("ａ" * 3000)


async def test_a_rule_lives_and_is_written_down(house: House) -> None:
    host = await keeper(house, "hote")
    made = await house.post(BLOCKS, host, domain="Ailleurs.test", private_comment="spam")
    digest = sha256(b"ailleurs.test").hexdigest()
    wanted = {"domain": "ailleurs.test", "digest": digest, "severity": "silence", "reject_media": False, "reject_reports": False}
    wanted |= {"private_comment": "spam", "public_comment": None, "obfuscate": False}
    assert {key: made[key] for key in wanted} == wanted
    address = f"{BLOCKS}/{made['id']}"
    assert await house.get(address, host) == made == (await house.get(BLOCKS, host))[0]
    again = await house.call("POST", BLOCKS, host, json={"domain": "ailleurs.test", "severity": "suspend"})
    assert (again.status_code, again.json()["existing_domain_block"]) == (422, made)
    changed = (await house.call("PUT", address, host, json={"severity": "suspend", "obfuscate": "true"})).json()
    assert changed == made | {"severity": "suspend", "obfuscate": True}
    assert (await house.call("PUT", address, host, json={})).json() == changed
    assert (await house.call("DELETE", address, host)).json() == {}
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.call(method, address, host)).status_code == 404
    assert await journal(house) == [
        ("hote", "block_domain_silence", "ailleurs.test", "spam"),
        ("hote", "change_domain_suspend", "ailleurs.test", "spam"),
        ("hote", "unblock_domain", "ailleurs.test", ""),
    ]


@pytest.mark.parametrize(
    "given", [{"severity": "pendre"}, {"public_comment": "x" * 1001}, {"private_comment": "x" * 1001}, {"obfuscate": "peut-être"}]
)
async def test_what_is_no_rule_is_refused(house: House, given: dict[str, Any]) -> None:
    host = await keeper(house, "hote")
    assert (await house.call("POST", BLOCKS, host, json={"domain": "ailleurs.test"} | given)).status_code == 422
    made = await house.post(BLOCKS, host, domain="loin.test")
    assert (await house.call("PUT", f"{BLOCKS}/{made['id']}", host, json=given)).status_code == 422
    assert await house.get(BLOCKS, host) == [made]


async def test_everybody_reads_what_is_limited_the_severest_first(house: House) -> None:
    host = await keeper(house, "hote")
    for given in (
        {"domain": "b.test", "public_comment": "bruit", "private_comment": "entre nous"},
        {"domain": "rien.test", "severity": "noop"},
        {"domain": "mauvais-serveur.test", "severity": "suspend", "obfuscate": True},
        {"domain": "a.test", "severity": "suspend"},
    ):
        await house.post(BLOCKS, host, **given)
    found = (await house.call("GET", PUBLIC)).json()
    assert [(one["domain"], one["severity"], one["comment"]) for one in found] == [
        ("a.test", "suspend", None),
        ("mauvai*********.test", "suspend", None),
        ("b.test", "silence", "bruit"),
    ]
    assert found[1]["digest"] == sha256(b"mauvais-serveur.test").hexdigest()
    assert "entre nous" not in str(found)


async def test_servers_allowed(house: House) -> None:
    host = await keeper(house, "hote")
    made = await house.post(ALLOWS, host, domain="ami.test")
    assert await house.post(ALLOWS, host, domain="AMI.test") == made
    assert await house.get(ALLOWS, host) == [made]
    assert await house.get(f"{ALLOWS}/{made['id']}", host) == made
    assert (await house.call("DELETE", f"{ALLOWS}/{made['id']}", host)).json() == {}
    assert (await house.call("DELETE", f"{ALLOWS}/{made['id']}", host)).status_code == 404
    assert [what for _, what, _, _ in await journal(house)] == ["allow_domain", "disallow_domain"]


async def test_two_hosts_at_once_make_one_rule(house: House) -> None:
    host = await keeper(house, "hote")
    calls = [house.call("POST", BLOCKS, host, json={"domain": "ailleurs.test"}) for _ in range(4)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*calls)) == [200, 422, 422, 422]


@pytest.mark.parametrize("path", [BLOCKS, ALLOWS])
async def test_lists_of_rules_are_paged(house: House, path: str) -> None:
    host = await keeper(house, "hote")
    for name in ("a.test", "b.test", "c.test"):
        await house.post(path, host, domain=name)
    answer = await house.call("GET", path, host, params={"limit": 2})
    assert [one["domain"] for one in answer.json()] == ["c.test", "b.test"]
    assert [one["domain"] for one in (await house.call("GET", answer.links["next"]["url"], host)).json()] == ["a.test"]


@pytest.mark.parametrize("path", [BLOCKS, ALLOWS])
async def test_only_hosts_with_the_right_scope_make_rules(house: House, path: str) -> None:
    one, two = await armed(house, await house.person("une")), await house.person("deux", role="host")
    host = await keeper(house, "hote")
    made = await house.post(path, host, domain="ailleurs.test")
    for who in (one, two):
        for method, address in (
            ("GET", path),
            ("POST", path),
            ("GET", f"{path}/{made['id']}"),
            ("DELETE", f"{path}/{made['id']}"),
        ):
            assert (await house.call(method, address, who, json={"domain": "b.test"})).status_code == 403
    assert await house.get(path, host) == [made]


async def test_a_person_blocks_servers_for_themselves(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    for name in ("a.test", "B.test", "a.test", "c.test"):
        assert await house.post(OWN, one, domain=name) == {}
    answer = await house.call("GET", OWN, one, params={"limit": 2})
    assert answer.json() == ["c.test", "b.test"]
    assert (await house.call("GET", answer.links["next"]["url"], one)).json() == ["a.test"]
    assert await house.get(OWN, two) == []
    for name in ("b.test", "jamais.test"):
        assert (await house.call("DELETE", OWN, one, params={"domain": name})).json() == {}
    assert (await house.call("DELETE", OWN, two, json={"domain": "a.test"})).status_code == 200
    assert await house.get(OWN, one) == ["c.test", "a.test"]
    assert (await house.call("GET", OWN)).status_code == 401


async def test_nobody_blocks_servers_without_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salledepause.features.graph.domains.MOST_BLOCKED_DOMAINS", 2)
    one = await house.person("une")
    found = [(await house.call("POST", OWN, one, json={"domain": f"{name}.test"})).status_code for name in "abca"]
    assert found == [200, 200, 422, 200]


@pytest.mark.parametrize("rule", ["email_domain_blocks", "ip_blocks", "canonical_email_blocks"])
async def test_rules_for_what_we_do_not_keep_are_not_offered(house: House, rule: str) -> None:
    host = await keeper(house, "hote")
    for method in ("GET", "POST"):
        answer = await house.call(method, f"/api/v1/admin/{rule}", host)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
