"""What few apps ask for: old names of things, what this house does not keep, a status for other sites to embed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import House, Person


async def said(house: House, who: Person, text: str, **how: Any) -> Any:
    return await house.post("/api/v1/statuses", who, status=text, **how)


async def test_a_final_slash_changes_nothing(house: House) -> None:
    ana = await house.person("ana")
    post = await said(house, ana, "Bonsoir")
    assert (await house.get("/api/v2/instance/"))["domain"] == house.site.settings.domain
    assert (await house.get(f"/api/v1/statuses/{post['id']}/", ana))["id"] == post["id"]


async def test_a_get_may_bring_its_parameters_in_a_body(house: House) -> None:
    ana, other = await house.person("ana"), await house.person("autre")
    asked = await house.call("GET", "/api/v1/accounts/familiar_followers", ana, json={"id": [str(other.id)]})
    assert asked.json() == [{"id": str(other.id), "accounts": []}]
    broken = await house.call(
        "GET", "/api/v1/accounts/familiar_followers", ana, content=b"[1", headers={"content-type": "application/json"}
    )
    assert broken.status_code == 400


async def test_direct_posts_are_listed_for_whom_they_are_for(house: House) -> None:
    ana, ben, eve = await house.person("ana"), await house.person("ben"), await house.person("eve")
    await said(house, ana, "à toute la salle")
    sent = await said(house, ana, "@ben tout bas", visibility="direct")
    back = await said(house, ben, "@ana entendu", visibility="direct")
    await said(house, eve, "@ana autre chose", visibility="direct")
    assert [one["id"] for one in await house.get("/api/v1/timelines/direct", ben)] == [back["id"], sent["id"]]
    assert len(await house.get("/api/v1/timelines/direct", ana)) == 3
    assert len(await house.get("/api/v1/timelines/direct", eve)) == 1
    assert (await house.call("GET", "/api/v1/timelines/direct")).status_code == 401


async def test_own_direct_posts_may_be_left_out_of_a_profile(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    open_one = await said(house, ana, "à tous")
    hidden = await said(house, ana, "@ben tout bas", visibility="direct")
    path = f"/api/v1/accounts/{ana.id}/statuses"
    assert [one["id"] for one in await house.get(path, ana)] == [hidden["id"], open_one["id"]]
    assert [one["id"] for one in await house.get(path, ana, exclude_direct="true")] == [open_one["id"]]
    assert [one["id"] for one in await house.get(path, ben)] == [open_one["id"]]


async def test_the_first_search_names_tags_only(house: House) -> None:
    ana = await house.person("ana")
    await said(house, ana, "Un mot sur la #lingerie")
    found = await house.get("/api/v1/search", ana, q="lingerie")
    assert found["hashtags"] == ["lingerie"]
    assert [one["username"] for one in (await house.get("/api/v1/search", ana, q="ana"))["accounts"]] == ["ana"]
    assert (await house.call("GET", "/api/v1/search", ana, params={"q": " "})).status_code == 400
    assert (await house.call("GET", "/api/v1/search", params={"q": "ana"})).status_code == 401


async def test_grouped_notifications_answer_under_their_first_name(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    await house.post(f"/api/v1/accounts/{ana.id}/follow", ben)
    [group] = (await house.get("/api/v2_alpha/notifications", ana))["notification_groups"]
    assert group["type"] == "follow"
    assert (await house.get("/api/v2_alpha/notifications/unread_count", ana)) == {"count": 1}
    one = f"/api/v2_alpha/notifications/{group['group_key']}"
    assert len((await house.get(one, ana))["notification_groups"]) == 1
    await house.post(one + "/dismiss", ana)
    assert (await house.get("/api/v2_alpha/notifications", ana))["notification_groups"] == []


async def test_a_year_is_never_reviewed(house: House) -> None:
    ana, years = await house.person("ana"), "/api/v1/annual_reports"
    assert await house.get(years, ana) == {"annual_reports": [], "accounts": [], "statuses": []}
    assert await house.get(years + "/2025/state", ana) == {"state": "ineligible"}
    assert await house.post(years + "/2025/generate", ana) == {}
    assert (await house.call("GET", years + "/2025", ana)).status_code == 404
    assert (await house.call("POST", years + "/2025/read", ana)).status_code == 404
    assert (await house.call("GET", years)).status_code == 401


async def test_nothing_is_fetched_elsewhere(house: House) -> None:
    ana, other = await house.person("ana"), await house.person("autre")
    post = await said(house, ana, "https://example.org/ et la suite", visibility="private")
    assert await house.get(f"/api/v1/statuses/{post['id']}/card", ana) == {}
    assert (await house.call("GET", f"/api/v1/statuses/{post['id']}/card", other)).status_code == 404
    assert (await house.call("GET", "/api/v1/timelines/link", ana, params={"url": "https://example.org/"})).status_code == 404
    assert (await house.call("GET", "/api/v1_alpha/async_refreshes/1", ana)).status_code == 404
    assert (await house.call("GET", "/api/proofs", params={"provider": "keybase", "username": "ana"})).status_code == 404


async def test_languages_are_named_in_that_of_who_asks(house: House) -> None:
    english = {one["code"]: one["name"] for one in await house.get("/api/v1/instance/languages")}
    french = await house.call("GET", "/api/v1/instance/languages", headers={"accept-language": "fr"})
    assert english["de"] == "German"
    assert {one["code"]: one["name"] for one in french.json()}["de"] == "allemand"
    assert {"fr", "en", "br", "oc"} <= english.keys()


async def test_a_public_status_is_embedded_without_a_script(house: House) -> None:
    ana = await house.person("ana", name='A<b>"na')
    post = await said(house, ana, "Bonsoir <script>x</script> à #tous")
    made = await house.get("/api/oembed", url=post["url"], maxwidth=100)
    assert (made["type"], made["version"], made["width"], made["height"]) == ("rich", "1.0", 200, None)
    assert (made["author_url"], made["author_name"]) == (house.site.url("/@ana"), 'A<b>"na')
    assert "&lt;script&gt;" in made["html"]
    assert "A&lt;b&gt;" in made["html"]
    assert "<script" not in made["html"]
    assert (await house.get("/api/oembed", url=post["url"] + "/"))["width"] == 400
    warned = await said(house, ana, "Le détail", spoiler_text="Sang")
    assert "Le détail" not in (await house.get("/api/oembed", url=warned["url"]))["html"]


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_is_not_public_is_never_embedded(house: House, visibility: str) -> None:
    ana = await house.person("ana")
    post = await said(house, ana, "entre nous", visibility=visibility)
    assert (await house.call("GET", "/api/oembed", ana, params={"url": post["url"]})).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "x", "https://[", "http://ailleurs.example/@ana/1", "{origin}/@ana", "{origin}/@ana/9" + "9" * 30]
)
async def test_other_addresses_are_not_embedded(house: House, address: str) -> None:
    url = address.format(origin=house.site.settings.origin)
    assert (await house.call("GET", "/api/oembed", params={"url": url})).status_code == 404
