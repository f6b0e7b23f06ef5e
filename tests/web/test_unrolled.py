"""A conversation of two hundred posts as one page: whole, its author's chain first, light, for whoever may read it."""

from __future__ import annotations

import gzip

from salledepause.features import accounts, graph, posts
from salledepause.features.posts import Audience, Draft
from tests.support.house import House
from tests.web.visitor import Page, Visitor

TEXT = "Une phrase ordinaire de la nuit, puis une autre. " * 4


def numbered(page: Page) -> list[int]:
    return [int(one["id"][1:]) for one in page.all("article")]


async def thread(house: House, length: int) -> list[int]:
    """Write a conversation of `nuit` (every fourth post goes on from the last of hers) and `garde`; return its posts."""
    async with house.site.db.transaction() as tx:
        nuit, garde = [(await accounts.by_handle(tx, one)).id for one in ("nuit", "garde")]
        mine = [int(await posts.publish(tx, nuit, Draft(text=f"Début. {TEXT}")))]
        found = list(mine)
    async with house.site.db.transaction() as tx:
        for number in range(1, length):
            own = number % 4 == 0
            draft = Draft(text=f"numéro {number}. {TEXT}", parent_id=mine[-1] if own else found[number // 2])
            made = int(await posts.publish(tx, nuit if own else garde, draft))
            found.append(made)
            mine += [made] if own else []
    return [*mine, *sorted(set(found) - set(mine))]


async def test_two_hundred_posts_are_one_light_page_the_authors_chain_first(
    house: House, nurse: Visitor, director: Visitor, visitor: Visitor
) -> None:
    every = await thread(house, 200)
    mine = every[:50]
    page = await visitor.get(f"/@nuit/{every[0]}")
    assert f"/@nuit/{every[0]}/lire" in page.links
    page = await visitor.get(f"/@nuit/{every[0]}/lire")
    shown = numbered(page)
    assert sorted(shown) == sorted(every)
    assert shown[:50] == mine
    assert "200 messages" in page.text
    assert "minutes de lecture" in page.text
    assert not [one for one in page.all("img") if "portraits" in one["src"]]
    assert len(gzip.compress(page.answer.content)) < 100_000
    anchors = {one["href"][1:] for one in page.all("a", class_="number")}
    assert anchors == {one["id"] for one in page.all("article")}


async def test_any_post_leads_to_the_whole_conversation_at_its_place(
    house: House, nurse: Visitor, director: Visitor, visitor: Visitor
) -> None:
    every = await thread(house, 6)
    answer = await visitor.client.get(f"/@garde/{every[-1]}/lire")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/@nuit/{every[0]}/lire#p{every[-1]}"
    answer = await visitor.client.get(f"/@quelquun/{every[0]}/lire")
    assert answer.headers["location"].startswith(f"/@nuit/{every[0]}/lire")


async def test_it_shows_nothing_that_one_may_not_read(house: House, nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        nuit, garde = [(await accounts.by_handle(tx, one)).id for one in ("nuit", "garde")]
        root = await posts.publish(tx, nuit, Draft(text="racine"))
        await posts.publish(tx, garde, Draft(text="entre nous @nuit", parent_id=int(root), audience=Audience.DIRECT))
        hidden = await posts.publish(tx, nuit, Draft(text="caché", audience=Audience.FOLLOWERS))
    assert "entre nous" not in (await visitor.get(f"/@nuit/{root}/lire")).text
    assert "entre nous" in (await nurse.get(f"/@nuit/{root}/lire")).text
    await visitor.get(f"/@nuit/{hidden}/lire", status=404)
    await visitor.get("/@nuit/1/lire", status=404)
    async with house.site.db.transaction() as tx:
        await graph.mute(tx, nuit, garde)
    assert "entre nous" not in (await nurse.get(f"/@nuit/{root}/lire")).text


async def test_a_warning_stays_closed_and_a_picture_is_its_words(house: House, nurse: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("Le récit lui-même", warning="Fin de vie")
    page = await visitor.get(f"/@nuit/{post}/lire")
    assert page.all("details", class_="veil")
    assert "Fin de vie" in page.text
    assert "1 minute de lecture" in page.text
