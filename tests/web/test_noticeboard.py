"""The board of a room by its pages: pinned, checked, denied with its source, told to who had read it, without a script."""

from __future__ import annotations

from tests.support.house import House
from tests.web.keepers import keeper
from tests.web.visitor import Visitor


async def opened(house: House) -> None:
    """Open a room for the whole house."""
    async with keeper(house, "hotesse") as host:
        await host.get("/pieces/ouvrir")
        await host.submit("/pieces/ouvrir", name="Le perron", handle="le_perron", sort="house")


async def test_a_rumour_is_denied_to_who_read_it(
    house: House, nurse: Visitor, director: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    await opened(house)
    await nurse.get("/pieces/le_perron")
    said = await nurse.send("Il paraît que le self ferme.", kind="info")
    here = f"/tableau/{said}"
    assert here in (await nurse.get(f"/gestes/{said}")).links
    page = await nurse.get(here)
    assert "bruit de couloir, jusqu'à ce qu'on en sache plus" in page.text
    page = await nurse.submit(here, button=("gesture", "pin"))
    assert "C'est au tableau, comme bruit de couloir." in page.text
    await director.get(here.replace(str(said), "1"), status=404)
    for one in (director, reader):
        page = await one.get("/pieces/le_perron")
        assert "Le tableau" in page.text
        assert "bruit de couloir" in page.text
        assert "/tableau/" not in [form.action[:9] for form in (await one.get(here)).forms], "neither decides"
    await visitor.get(here, status=404)
    form = {"gesture": "decide", "state": "denied", "csrf": (await nurse.get(here)).forms[-1].values["csrf"]}
    answer = await nurse.client.post(here, data=form)
    assert answer.status_code == 422
    assert "sans source" in answer.text
    answer = await nurse.client.post(here, data=form | {"source": "Le chef du self <b>https://self.test/horaires</b>"})
    assert answer.status_code == 303
    page = await nurse.get(here)
    assert "Les personnes à qui ce bruit a été montré en sont prévenues." in page.text
    assert "démenti" in page.text
    assert "par l'auteur·e" in page.text
    assert "https://self.test/horaires" in " ".join(page.links)
    for one in (director, reader):
        told = await one.get("/notifications")
        assert "Démenti : un bruit que vous aviez lu" in told.text
        assert "démenti" in (await one.get(f"/@nuit/{said}")).text.partition("Conversation")[2]
        assert "démenti" in (await one.get(f"/@nuit/{said}/lire")).text
    assert "Démenti" not in (await nurse.get("/notifications")).text
    page = await nurse.get(here)
    form = next(one.values for one in page.forms if ("gesture", "unpin") in one.buttons)
    assert (await nurse.client.post(here, data=form | {"gesture": "unpin"})).status_code == 303
    assert "Le tableau" not in (await director.get("/pieces/le_perron")).text
