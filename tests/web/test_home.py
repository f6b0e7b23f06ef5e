"""One's own thread of news: balanced or not, from a day or from where one was; what one keeps and likes, by kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from salledepause.features import accounts, posts, timelines
from salledepause.features.posts import Draft, Kind
from tests.support.house import House
from tests.web.visitor import Visitor
from tests.web.visitor import posts as posts_of


async def said(house: House, *kinds: Kind, handle: str = "nuit", days: int = 0) -> list[int]:
    """Publish a post of each kind, the last one newest, some days ago; return their ids."""
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, handle)).id
        at = datetime.now(UTC) - timedelta(days=days, hours=2) if days else None
        drafts = [Draft(text=f"numéro {place}", kind=kind, at=at) for place, kind in enumerate(kinds)]
        return [int(await posts.publish(tx, me, draft)) for draft in drafts]


def ids(visitor: Visitor) -> list[int]:
    return [int(one["id"][1:]) for one in posts_of(visitor.page)]


async def walk(visitor: Visitor, rel: str) -> list[int]:
    """Follow a link of pages to its end; return every post met, page after page."""
    found = ids(visitor)
    while links := visitor.page.all("a", rel=rel):
        await visitor.get(links[0]["href"])
        found = [*found, *ids(visitor)] if rel == "next" else [*ids(visitor), *found]
    return found


async def test_a_default_home_of_fifty_is_heavy_for_two_fifths_at_most(house: House, nurse: Visitor) -> None:
    light = await said(house, *[Kind.VICTORY, Kind.INFO, Kind.THANKS] * 10)
    heavy = await said(house, *[Kind.RANT] * 30, *[Kind.DOUBT] * 10)
    await nurse.get("/")
    assert "Équilibré" in nurse.page.text
    shown = await walk(nurse, "next")
    assert len(set(shown[:50]) & set(heavy)) <= 20
    assert sorted(shown) == sorted([*light, *heavy])
    assert await walk(nurse, "prev")


async def test_pages_of_a_balanced_home_lead_back_the_way_one_came(house: House, nurse: Visitor) -> None:
    await said(house, *[Kind.RANT, Kind.RANT, Kind.STORY] * 25)
    pages = []
    await nurse.get("/")
    while True:
        pages.append(ids(nurse))
        if not (links := nurse.page.all("a", rel="next")):
            break
        await nurse.get(links[0]["href"])
    for page in reversed(pages[:-1]):
        await nurse.get(nurse.page.all("a", rel="prev")[0]["href"])
        assert ids(nurse) == page
    assert not nurse.page.all("a", rel="prev")


async def test_one_click_to_the_order_of_time_and_back_is_remembered(house: House, nurse: Visitor) -> None:
    light = await said(house, *[Kind.VICTORY] * 4)
    heavy = await said(house, *[Kind.RANT] * 6)
    await nurse.get("/")
    assert ids(nurse) != sorted([*light, *heavy], reverse=True)
    await nurse.submit("/ordre")
    assert "Votre fil suit l'ordre des heures." in nurse.page.text
    await nurse.get("/")
    assert ids(nurse) == sorted([*light, *heavy], reverse=True)
    await nurse.submit("/ordre")
    assert ids(nurse) != sorted([*light, *heavy], reverse=True)


@pytest.mark.parametrize("suite", ["1", "1-", "a-b", "99999999999999999999-1", "1-99999999999999999999", "1-2-z", "1-2"])
async def test_a_forged_place_is_nowhere(nurse: Visitor, suite: str) -> None:
    page = await nurse.get(f"/?suite={suite}", status=404)
    assert not page.all("article")


async def test_a_home_is_picked_up_where_one_was(house: House, nurse: Visitor) -> None:
    await said(house, *[Kind.STORY] * 3)
    await nurse.get("/")
    assert "Reprendre où vous en étiez" not in nurse.page.text
    await nurse.submit("/position")
    assert "vous reprendrez ici" in nurse.page.text
    later = await said(house, *[Kind.INFO] * 25)
    page = await nurse.get("/")
    link = next(one for one in page.links if one.startswith("/?min_id="))
    await nurse.get(link)
    assert ids(nurse) == sorted(later)[:20][::-1]
    assert nurse.page.all("a", rel="prev")
    async with house.site.db.reading() as tx:
        (marker,) = await timelines.markers(tx, (await accounts.by_handle(tx, "nuit")).id, ["home"])
    assert f"/?min_id={marker.last_read_id}" == link


async def test_a_script_says_where_one_is_without_a_page(house: House, nurse: Visitor) -> None:
    (post,) = await said(house, Kind.STORY)
    form = (await nurse.get("/")).form("/position")
    answer = await nurse.client.post("/position", data=form.values, headers={"x-fragment": "position"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert f"min_id={post}" not in (await nurse.get("/")).answer.text
    wrong = await nurse.client.post("/position", data=form.values | {"last_read": "x"})
    assert wrong.status_code == 404


@pytest.mark.parametrize("path", ["/", "/local", "/@nuit", "/tags/garde"])
async def test_one_goes_to_a_day(house: House, nurse: Visitor, path: str) -> None:
    await said(house, *[Kind.STORY] * 25)
    day = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}"
    page = await nurse.get(f"{path}?jour={day}")
    assert ids(nurse) == []
    assert page.all("a", rel="prev")
    await nurse.get(f"{path}?jour={datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}&kind=story")
    if path != "/tags/garde":
        assert len(ids(nurse)) == 20
        older = nurse.page.all("a", rel="next")[0]["href"]
        assert "kind=story" in older
        assert "jour" not in older
    for odd in ("0001-01-01", "9999-12-31"):
        await nurse.get(f"{path}?jour={odd}")
    for wrong in ("hier", "2026-02-31"):
        await nurse.get(f"{path}?jour={wrong}", status=422)


@pytest.mark.parametrize(("path", "gesture"), [("/signets", "keep"), ("/aimes", "like")])
async def test_what_one_keeps_and_likes_is_there_by_kind(
    house: House, nurse: Visitor, reader: Visitor, path: str, gesture: str
) -> None:
    story, info = await said(house, Kind.STORY, Kind.INFO)
    assert not list(posts_of(await reader.get(path)))
    for post in (info, story):
        await reader.get(f"/@nuit/{post}")
        await reader.submit(f"/gestes/{post}", button=("gesture", gesture))
    await reader.get(path)
    assert ids(reader) == [story, info]
    await reader.get(f"{path}?kind=info")
    assert ids(reader) == [info]
    await nurse.get(path)
    assert ids(nurse) == []
    reader.client.cookies.clear()
    assert (await reader.get(path)).answer.url.path == "/connexion"
