"""Taking distance by the forms: explained, silent, undone in one click; what each grade hides on the pages."""

from __future__ import annotations

import re

import pytest

from tests.support.house import House
from tests.web.visitor import Page, Visitor, posts

WORDS = "Une parole rude"


async def id_of(browser: Visitor, handle: str) -> str:
    page = await browser.get(f"/@{handle}")
    return next(link for link in page.links if link.startswith("/personnes/")).rpartition("/")[2]


async def set_scene(director: Visitor, nurse: Visitor) -> tuple[str, int, int]:
    """Have the director follow the nurse, who answers them rudely; return the nurse's id, the director's post and the answer."""
    page = await director.get("/@nuit")
    form = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
    await director.submit(form, button=("gesture", "follow"))
    mine = await director.write("Une décision difficile #nuit")
    said = await nurse.answer(f"/@garde/{mine}", f"@garde {WORDS} #nuit")
    return await id_of(director, "nuit"), mine, said


async def met(browser: Visitor, mine: int) -> set[str]:
    """Return on which pages somebody's words are read, `folded` where they wait behind a word."""
    found = set()
    pages = {
        "home": "/",
        "local": "/local",
        "tag": "/tags/nuit",
        "thread": f"/@garde/{mine}",
        "profile": "/@nuit?voir=reponses",
        "notifications": "/notifications",
    }
    for name, path in pages.items():
        page = await browser.get(path)
        if WORDS in page.text:
            found.add(name)
        if "De quelqu'un que vous limitez" in page.text:
            found.add("folded")
    aside = await browser.get("/notifications/a-part")
    return found | ({"aside"} if "@nuit" in aside.text else set())


EVERYWHERE = {"home", "local", "tag", "thread", "profile", "notifications"}
SHOWS = {
    "mute": {"profile"},
    "limit": {"thread", "folded", "profile", "aside"},
    "block": {"profile"},
}
"""Undoing a block follows again, which brings what was said to all, but not old answers, into one's home."""


@pytest.mark.parametrize("grade", SHOWS)
async def test_each_grade_hides_where_its_page_says_and_is_undone_in_one_click(
    director: Visitor, nurse: Visitor, grade: str
) -> None:
    who, mine, _ = await set_scene(director, nurse)
    assert await met(director, mine) == EVERYWHERE
    await director.get(f"/distance/{who}?back=/@nuit")
    form = next(form for form in director.page.forms if ("gesture", grade) in form.buttons)
    page = await send(director, form, grade)
    assert page.undo.action == f"/distance/{who}"
    undo = page.undo
    assert await met(director, mine) == SHOWS[grade]
    await director.get("/distance")
    assert "@nuit" in director.page.text
    await director.client.post(undo.action, data=undo.values)
    assert await met(director, mine) == EVERYWHERE - ({"home"} if grade == "block" else set())
    assert "Ne plus suivre" in (await director.get("/@nuit")).text
    assert "Vous ne tenez personne à distance" in (await director.get("/distance")).text


async def send(browser: Visitor, form: object, grade: str) -> Page:
    answer = await browser.client.post(form.action, data=form.values | {"gesture": grade})  # type: ignore[attr-defined]
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])


async def test_the_other_is_told_nothing(director: Visitor, nurse: Visitor) -> None:
    who, mine, _ = await set_scene(director, nurse)
    await nurse.get("/")
    before = (await nurse.get("/@garde")).text
    for grade in ("limit", "mute", "hide_boosts"):
        await director.get(f"/distance/{who}")
        form = next(form for form in director.page.forms if ("gesture", grade) in form.buttons)
        await send(director, form, grade)
        assert (await nurse.get("/@garde")).text == before
        assert "décision difficile" in (await nurse.get(f"/@garde/{mine}")).text
    assert await nurse.answer(f"/@garde/{mine}", "Encore moi")


async def test_one_post_is_hidden_and_shown_again(director: Visitor, nurse: Visitor) -> None:
    who, mine, said = await set_scene(director, nurse)
    page = await director.get(f"/gestes/{said}?back=/local")
    link = next(link for link in page.links if link.startswith(f"/distance/{who}?message={said}"))
    await director.get(link)
    page = await director.submit(f"/distance/messages/{said}", button=("gesture", "hide"))
    assert "Ce message est masqué pour vous." in page.text
    assert await met(director, mine) == set()
    assert WORDS in (await director.get(f"/@nuit/{said}")).text
    page = await director.get("/distance?voir=messages")
    assert "Un message de @nuit" in page.text
    await director.submit(f"/distance/messages/{said}", button=("gesture", "show"))
    assert await met(director, mine) == EVERYWHERE


async def test_a_mute_lasts_as_long_as_chosen_with_or_without_notifications(director: Visitor, nurse: Visitor) -> None:
    who, mine, _ = await set_scene(director, nurse)
    await director.get(f"/distance/{who}")
    form = next(form for form in director.page.forms if ("gesture", "mute") in form.buttons)
    form.values.pop("notifications")
    await send(director, form, "mute")
    assert await met(director, mine) == {"profile", "notifications"}
    page = await director.get("/distance?voir=muets")
    assert re.search(r"jusqu'au \w+ \d+ \w+ \d{4}", page.text)
    assert "En sourdine jusqu'au" in (await director.get("/@nuit")).text
    await director.get(f"/distance/{who}")
    form = next(form for form in director.page.forms if ("gesture", "limit") in form.buttons)
    page = await send(director, form, "limit")
    assert page.undo.values["gesture"] == "mute"
    assert 6 * 86400 < int(page.undo.values["seconds"]) <= 7 * 86400
    await director.client.post(page.undo.action, data=page.undo.values)
    assert "jusqu'au" in (await director.get("/distance?voir=muets")).text


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/distance/{who}", {"gesture": "vanish"}, 404),
        ("/distance/{who}", {"gesture": "mute", "seconds": "-1"}, 422),
        ("/distance/{who}", {"gesture": "mute", "seconds": "beaucoup"}, 422),
        ("/distance/{who}", {"gesture": "mute", "seconds": "99999999999999"}, 422),
        ("/distance/{me}", {"gesture": "limit"}, 404),
        ("/distance/1", {"gesture": "limit"}, 404),
        ("/distance/messages/1", {"gesture": "hide"}, 404),
        ("/distance/messages/{said}", {"gesture": "burn"}, 404),
    ],
)
async def test_hostile_forms_are_refused(director: Visitor, nurse: Visitor, path: str, data: dict[str, str], status: int) -> None:
    who, _, said = await set_scene(director, nurse)
    me = await id_of(nurse, "garde")
    page = await director.get(f"/distance/{who}")
    csrf = page.forms[-1].values["csrf"]
    answer = await director.client.post(path.format(who=who, me=me, said=said), data=data | {"csrf": csrf})
    assert answer.status_code == status
    without = await director.client.post(f"/distance/{who}", data={"gesture": "block"})
    assert without.status_code == 403
    assert "Vous ne tenez personne à distance" in (await director.get("/distance")).text


async def test_a_thread_falls_silent_from_its_page(director: Visitor, nurse: Visitor) -> None:
    _, mine, _ = await set_scene(director, nurse)
    await director.get(f"/@garde/{mine}")
    page = await director.submit(f"/distance/fils/{mine}", button=("gesture", "hush"))
    assert "Vous ne serez plus prévenu·e de cette conversation." in page.text
    undo = page.undo
    await nurse.answer(f"/@garde/{mine}", "@garde encore une")
    assert "encore une" not in (await director.get("/notifications")).text
    await director.client.post(undo.action, data=undo.values)
    await nurse.answer(f"/@garde/{mine}", "@garde et une autre")
    assert "et une autre" in (await director.get("/notifications")).text
    gone = await director.client.post(f"/distance/fils/{mine}", data=undo.values | {"gesture": "cut"})
    assert gone.status_code == 404


async def test_visitors_are_sent_to_sign_in(visitor: Visitor, house: House) -> None:
    one = await house.person("rude")
    for path in (f"/distance/{one.id}", "/distance", "/notifications", "/conversations", "/demandes", f"/personnes/{one.id}"):
        answer = await visitor.client.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/connexion")
    assert not list(posts(await visitor.get("/@rude")))
