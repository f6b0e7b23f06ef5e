"""« Pourquoi je vois ceci » tells the truth wherever a post was met."""

from __future__ import annotations

from tests.web.test_lists import a_list, follow
from tests.web.visitor import Visitor

TURN = "celui-ci a pu attendre son tour"
BEFORE = "celui-ci a pu passer avant"


async def why(who: Visitor, post: int, back: str) -> str:
    page = await who.get(f"/gestes/{post}", params={"back": back})
    return page.text


async def test_home_says_whom_one_follows_who_shared_and_which_tag(nurse: Visitor, director: Visitor, reader: Visitor) -> None:
    post = await nurse.write("Bonsoir #garde")
    assert "Il était dans votre fil" in await why(reader, post, "/")
    await follow(reader, "nuit")
    assert "Vous suivez @nuit." in await why(reader, post, "/")
    await follow(reader, "garde")
    await director.get(f"/@nuit/{post}")
    await director.submit(f"/gestes/{post}", button=("gesture", "share"))
    assert "@garde, que vous suivez, l'a partagé." in await why(reader, post, "/")
    await reader.get("/tags/garde")
    await reader.submit("/mots")
    assert "Vous suivez le mot #garde, qu'il porte." in await why(reader, post, "/")
    assert "Vous l'avez écrit." in await why(nurse, post, "/")


async def test_a_balanced_home_says_so_and_the_order_of_time_does_not(nurse: Visitor) -> None:
    light, heavy = await nurse.write("un récit", kind="story"), await nurse.write("un cri", kind="rant")
    assert TURN in await why(nurse, heavy, "/")
    assert BEFORE in await why(nurse, light, "/")
    assert "laisse passer le reste" in nurse.page.text
    for back in ("/?kind=rant", "/?min_id=5"):
        assert TURN not in await why(nurse, heavy, back)
    await nurse.get("/")
    await nurse.submit("/ordre")
    assert TURN not in await why(nurse, heavy, "/")
    assert "L'ordre est celui des heures : aucun score ne s'en mêle." in nurse.page.text


async def test_every_other_list_says_why(nurse: Visitor, director: Visitor, reader: Visitor, visitor: Visitor) -> None:
    post, other = await nurse.write("À garder #garde", kind="story"), await director.write("À partager")
    await follow(reader, "nuit")
    one = await a_list(reader)
    await reader.submit(f"{one}/personnes", handle="nuit")
    assert "@nuit est dans votre liste « De nuit »." in await why(reader, post, one)
    assert "Quelqu'un de votre liste « De nuit » l'a partagé." in await why(reader, other, one)
    await reader.get(f"/@nuit/{post}")
    await reader.submit(f"/gestes/{post}", button=("gesture", "keep"))
    assert "Vous l'avez gardé." in await why(reader, post, "/signets")
    assert "quand cette page a été lue" in await why(reader, post, "/aimes")
    assert "Vous ne regardez que cette sorte" in await why(reader, post, "/local?kind=story")
    for back, told in {
        "/local": "vous lisez toute la salle",
        "/tags/garde": "tout ce qui porte ce mot",
        "/@nuit": "ce que @nuit a écrit",
        "/@garde": "@garde, dont vous lisez le profil, l'a partagé.",
        "/recherche?q=garde": "ce que vous avez cherché",
        f"/@nuit/{post}": "ce message vous est ouvert",
    }.items():
        assert told in await why(visitor, post, back), back
    await nurse.get(f"/gestes/{post}", params={"back": one}, status=404)
    await nurse.get(f"/gestes/{post}", params={"back": "/listes/"}, status=404)
