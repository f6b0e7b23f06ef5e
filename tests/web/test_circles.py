"""Circles and bands: opened by anybody who writes, entered by a link that asks first, formed at three, left without a sign."""

from __future__ import annotations

import re
from typing import Any

import pytest

from salledepause.features.accounts import Family
from tests.mastodon.pictures import sent, stored
from tests.support.house import House, Person
from tests.support.rooms import prove
from tests.web.visitor import Visitor, posts

LINK = re.compile(r"/cercles/entrer\?code=[a-z0-9-]{19}")
ROOMS = "/api/salledepause/v1/rooms"


async def opened(nurse: Visitor, sort: str) -> tuple[str, str]:
    """Open a circle or a band; return its address and the link that leads into it."""
    await nurse.get("/pieces/ouvrir")
    page = await nurse.submit("/pieces/ouvrir", name="Les hiboux", purpose="Se serrer les coudes", sort=sort)
    (link,) = LINK.findall(page.text)
    return next(one for one in page.links if one.startswith("/pieces/les_hiboux")), link


@pytest.mark.parametrize("sorted_as", [("circle", "Cercle", "Ce cercle est en"), ("band", "Bande", "Cette bande est en")])
async def test_a_link_asks_first(house: House, nurse: Visitor, director: Visitor, sorted_as: tuple[str, str, str]) -> None:
    sort, label, forming = sorted_as
    address, link = await opened(nurse, sort)
    assert forming in (await nurse.get(address)).text
    page = await director.get(link)
    assert "Entrer dans « Les hiboux » ?" in page.text
    assert label in page.text
    await director.get(address, status=404)  # to have looked is not to have entered
    await director.get(link)
    await director.submit("/pieces/code")
    assert forming in (await director.get(address)).text
    await director.get(link)
    assert page.form("/pieces/code").values["code"] in link
    assert "Sortir sans bruit" in director.page.text, "who is in it already is led there"
    third = await house.person("troisieme")
    await house.post(f"{ROOMS}/enter", third, code=link.partition("code=")[2])
    for one in (nurse, director):
        assert "en train de se former" not in (await one.get(address)).text
    await director.submit(f"{address}/sortir")
    assert "en train de se former" not in (await nurse.get(address)).text, "leaving makes no sign"
    wrong = await director.get("/cercles/entrer?code=aaaa-aaaa-aaaa-aaaa", status=422)
    assert "n'ouvre aucune pièce" in wrong.text


async def test_the_link_brings_a_visitor_back_after_signing_in(nurse: Visitor, visitor: Visitor) -> None:
    _, link = await opened(nurse, "circle")
    page = await visitor.get(link)
    assert "Les hiboux" not in page.text
    assert link.partition("code=")[2] in page.form("/connexion").values["next"]


@pytest.mark.parametrize("said", ["stay", "erase"])
async def test_what_one_said_stays_or_goes(house: House, nurse: Visitor, director: Visitor, said: str) -> None:
    address, link = await opened(nurse, "circle")
    await director.get(link)
    await director.submit("/pieces/code")
    await director.get(address)
    first = await director.send("Un mot qui part ou qui reste.")
    await nurse.answer(f"/@garde/{first}", "Je réponds.")
    await nurse.get("/")
    before = (await nurse.get("/notifications")).text
    await director.get(address)
    await director.submit(f"{address}/sortir", said=said)
    page = await nurse.get(address)
    assert ("Un mot qui part" in page.text) is (said == "stay")
    assert "Je réponds." in page.text
    assert (await nurse.get("/notifications")).text == before
    async with house.site.db.reading() as tx:
        left = await tx.value("SELECT count(*) FROM posts WHERE text LIKE 'Un mot qui part%'")
        assert (left, len(list(posts(page)))) == ((1, 2) if said == "stay" else (0, 1))


async def test_an_app_leaves_with_its_pictures(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    made = await house.post(ROOMS, one, name="Bande à part", sort="band")
    assert made["room"]["forming"]
    await house.post(f"{ROOMS}/enter", two, code=made["code"])
    picture = await sent(house, two)
    await house.say(two, f"@{made['room']['handle']} Regardez.", media_ids=[picture["id"]])
    assert stored(house)
    await house.post(f"{ROOMS}/{made['room']['id']}/leave", two, erase=True)
    assert not stored(house)
    assert await house.get(f"{ROOMS}/{made['room']['id']}/posts", one) == []


async def test_who_works_alone_does_what_who_works_in_a_hospital_does(house: House) -> None:
    """No account names an establishment: alone or not, the same doors answer the same."""
    friend = await house.person("amie", family=Family.MEDICAL)
    done = []
    for handle, family in (("liberale", Family.PARAMEDICAL), ("agent", Family.PARAMEDICAL)):
        who = await house.person(handle, family=family)
        if handle == "agent":
            await prove(house, who, family)
        done.append(await _everything(house, who, friend))
    assert done[0] == done[1]
    assert set(done[0]) <= {200, 201}, done[0]


async def _everything(house: House, who: Person, friend: Person) -> list[int]:
    """Return what each gesture of a circle's life answers."""
    made = await house.post(ROOMS, who, name="Tournée")
    room: dict[str, Any] = made["room"]
    here = f"{ROOMS}/{room['id']}"
    said = await house.say(who, f"@{room['handle']} Bonsoir.", salledepause={"kind": "info"})
    steps = [
        ("GET", ROOMS, {}),
        ("GET", here, {}),
        ("PATCH", here, {"purpose": "Entre deux visites"}),
        ("POST", f"{here}/invitations", {"handle": friend.handle}),
        ("POST", f"{here}/code", {}),
        ("GET", f"{here}/posts", {}),
        ("GET", f"/api/v1/timelines/list/{room['id']}", {}),
        ("POST", f"/api/v1/statuses/{said['id']}/favourite", {}),
        ("POST", "/api/v1/statuses", {"status": "Merci à @amie", "salledepause": {"kind": "thanks"}}),
        ("POST", "/api/v1/statuses", {"status": "@amie Entre nous.", "visibility": "direct"}),
        ("GET", "/api/salledepause/v1/verification", {}),
        ("POST", f"{here}/close", {}),
    ]
    return [(await house.call(method, path, who, **({"json": body} if body else {}))).status_code for method, path, body in steps]
