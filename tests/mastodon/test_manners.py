"""What every route shares: CORS, rate limits, paging headers, forms of bodies, methods, languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.surfaces import limits
from tests.support.house import House, Person
from tests.support.recorder import Recorder


async def test_web_apps_of_other_origins_may_call(house: House) -> None:
    asked = {"origin": "https://elk.example", "access-control-request-method": "POST"}
    preflight = await house.client.options("/api/v1/statuses", headers=asked)
    assert preflight.status_code == 204
    allowed = preflight.headers["access-control-allow-headers"].lower()
    assert {"authorization", "idempotency-key", "content-type"} <= set(allowed.split(", "))
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in preflight.headers
    answer = await house.client.get("/api/v1/timelines/public", headers={"origin": "https://elk.example"})
    exposed = answer.headers["access-control-expose-headers"].lower()
    assert "link" in exposed
    assert "x-ratelimit-remaining" in exposed
    page = await house.client.get("/", headers={"origin": "https://elk.example"})
    assert "access-control-allow-origin" not in page.headers


async def test_link_headers_page_both_ways(house: House) -> None:
    ide = await house.person("ide")
    ids = [(await house.say(ide, f"mot {number}"))["id"] for number in range(5)][::-1]
    path = f"/api/v1/accounts/{ide.id}/statuses"
    first = await house.call("GET", path, ide, params={"limit": 2, "exclude_replies": "true"})
    assert [one["id"] for one in first.json()] == ids[:2]
    after, before = first.headers["link"].split(", ")
    assert after == f'<https://salle.test{path}?limit=2&exclude_replies=true&max_id={ids[1]}>; rel="next"'
    assert before == f'<https://salle.test{path}?limit=2&exclude_replies=true&min_id={ids[0]}>; rel="prev"'
    last = await house.call("GET", path, ide, params={"limit": 2, "max_id": ids[3]})
    assert [one["id"] for one in last.json()] == ids[4:]
    assert "next" not in last.headers["link"]
    above = await house.call("GET", path, ide, params={"limit": 2, "min_id": ids[4]})
    assert [one["id"] for one in above.json()] == ids[2:4]
    since = await house.call("GET", path, ide, params={"limit": 2, "since_id": ids[4]})
    assert [one["id"] for one in since.json()] == ids[:2]


@pytest.mark.parametrize("form", ["query", "urlencoded", "multipart", "json"])
async def test_the_same_route_reads_every_form(house: House, form: str) -> None:
    ide = await house.person("ide")
    flat = {"status": "à toute heure", "visibility": "unlisted", "poll[options][]": ["oui", "non"], "poll[expires_in]": "3600"}
    nested = {"status": "à toute heure", "visibility": "unlisted", "poll": {"options": ["oui", "non"], "expires_in": 3600}}
    forms: dict[str, dict[str, Any]] = {
        "query": {"params": flat},
        "urlencoded": {"data": flat},
        "multipart": {"data": flat, "files": [("unused", (None, "x"))]},
        "json": {"json": nested},
    }
    said = (await house.call("POST", "/api/v1/statuses", ide, **forms[form])).json()
    assert said["visibility"] == "unlisted"
    assert [option["title"] for option in said["poll"]["options"]] == ["oui", "non"]


async def test_a_slash_at_the_end_is_nothing(house: House) -> None:
    ide = await house.person("ide")
    assert (await house.client.get("/oauth/authorize/")).status_code == 400, "asked, without an app: not missing"
    plain, slashed = [await house.call("GET", f"/api/v1/accounts/{ide.id}{end}", ide) for end in ("", "/")]
    assert plain.status_code == 200
    assert slashed.content == plain.content
    assert (await house.call("POST", "/api/v1/statuses/", ide, json={"status": "Bonsoir"})).status_code == 200


async def test_unknown_addresses_and_methods(house: House) -> None:
    assert (await house.client.get("/api/v1/nothing")).status_code == 404
    refused = await house.client.delete("/api/v1/timelines/home")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, HEAD"
    head = await house.client.head("/api/v1/timelines/public")
    assert (head.status_code, head.content) == (200, b"")


async def test_health_says_whether_the_database_answers(house: House) -> None:
    answer = await house.client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.fixture
async def strict(settings: Settings, recorder: Recorder) -> AsyncIterator[House]:
    """Give a house that allows ten requests in five minutes."""
    async with House.opened(msgspec.structs.replace(settings, rate_limit=10), recorder) as opened:
        yield opened


async def spend(house: House, who: Person | None, times: int, **headers: str) -> list[int]:
    return [(await house.call("GET", "/api/v1/instance", who, headers=headers)).status_code for _ in range(times)]


async def test_limits_are_told_and_kept(strict: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ide, other = await strict.person("ide"), await strict.person("autre")
    first = await strict.call("GET", "/api/v1/instance", ide)
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("10", "9")
    reset = datetime.fromisoformat(first.headers["x-ratelimit-reset"])
    assert 0 <= (reset - datetime.now(UTC)).total_seconds() <= limits.WINDOW
    assert await spend(strict, ide, 10) == [200] * 9 + [429]
    refused = await strict.call("GET", "/api/v1/instance", ide)
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]
    assert await spend(strict, other, 1) == [200]
    later = clock.now().timestamp() + limits.WINDOW
    monkeypatch.setattr("salledepause.kernel.clock.time.time", lambda: later)
    assert await spend(strict, ide, 1) == [200]


async def test_headers_that_anyone_can_write_open_no_new_bucket(strict: House) -> None:
    spoofed = [{"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}"} for number in range(12)]
    codes = [(await spend(strict, None, 1, **headers))[0] for headers in spoofed]
    assert codes[-1] == 429
