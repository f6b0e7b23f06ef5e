"""How one shows oneself: a profile with pictures, where one speaks from, how one is found, how posts begin."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from salledepause.features import accounts
from salledepause.features.accounts import Account
from tests.support.house import House
from tests.web.visitor import Page, Visitor

PROFILE, MANNERS = "/reglages/profil", "/reglages/preferences"


def picture(kind: str = "PNG") -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 120, 40)).save(drawn, kind)
    return drawn.getvalue()


async def account(house: House, handle: str = "nuit") -> Account:
    async with house.site.db.reading() as tx:
        return await accounts.by_handle(tx, handle)


async def change(visitor: Visitor, status: int = 200, files: Any = None, **typed: Any) -> Page:
    """Send the form of the profile, as it stands but for what is typed."""
    form = (await visitor.get(PROFILE)).form(PROFILE)
    apart = {"avatar", "header", "titles[]", "values[]"}
    sent = {name: value for name, value in form.values.items() if name not in apart} | typed
    answer = await visitor.client.post(PROFILE, data=sent, files=files or {"nothing": b""}, follow_redirects=True)
    assert answer.status_code == status, answer.text[-300:]
    visitor.page = Page(answer)
    return visitor.page


async def test_a_profile_is_written_and_shown(house: House, nurse: Visitor) -> None:
    lines: dict[str, Any] = {"titles[]": ["Service", "", "Depuis", ""], "values[]": ["La nuit", "", "Toujours", ""]}
    page = await change(nurse, name="Nuit blanche", note="Trois mots.\nUn autre.", **lines)
    assert "C'est enregistré." in page.text
    found = await account(house)
    assert (found.name, found.note) == ("Nuit blanche", "Trois mots.\nUn autre.")
    assert found.fields == [("Service", "La nuit"), ("Depuis", "Toujours")]
    assert [one["value"] for one in page.all("input", name="titles[]")] == ["Service", "Depuis", "", ""]
    assert "Nuit blanche" in (await nurse.get("/@nuit")).text


async def test_pictures_are_put_up_described_and_taken_down(house: House, nurse: Visitor) -> None:
    files = {"avatar": ("a.png", picture()), "header": ("b.jpg", picture("JPEG"))}
    await change(nurse, files=files, avatar_description="Une tasse.", header_description="Un couloir.")
    found = await account(house)
    assert found.avatar
    assert found.header
    kept = [house.site.blobs.path(key) for key in (found.avatar, found.header)]
    assert all(path and path.is_file() for path in kept)
    page = await nurse.get("/@nuit")
    assert page.all("img", alt="Une tasse.")
    await change(nurse, no_avatar="1", no_header="1")
    found = await account(house)
    assert (found.avatar, found.header) == (None, None)
    assert not any(path and path.exists() for path in kept)


@pytest.mark.parametrize(
    ("place", "given"),
    [
        ("name", {"name": "a" * 300}),
        ("note", {"note": "a" * 5000}),
        ("header_description", {"header_description": "a" * 5000}),
        ("titre1", {"titles[]": ["", "", "", ""], "values[]": ["sans titre", "", "", ""]}),
        ("titre1", {"titles[]": ["a"] * 9, "values[]": ["b"] * 9}),
    ],
)
async def test_what_is_refused_changes_nothing_and_loses_nothing(
    house: House, nurse: Visitor, place: str, given: dict[str, Any]
) -> None:
    before = await account(house)
    page = await change(nurse, status=422, files={"avatar": ("a.png", picture())}, **({"note": "Gardez-moi."} | given))
    assert page.all("div", role="alert")
    assert f"#{place}" in page.links
    assert page.all("p", id=f"{place}-faux")
    assert await account(house) == before
    assert given.get("note", "Gardez-moi.") in page.form(PROFILE).values["note"]
    assert not [path for path in house.site.blobs.folder.rglob("*.*") if path.is_file()]


@pytest.mark.parametrize("hostile", [b"", b"<svg onload=alert(1)>", b"GIF89a" + bytes(40), b"%PDF-1.4"])
async def test_a_hostile_picture_is_refused(house: House, nurse: Visitor, hostile: bytes) -> None:
    page = await change(nurse, status=422 if hostile else 200, files={"avatar": ("a.png", hostile)})
    assert bool(page.all("p", id="avatar-faux")) is bool(hostile)
    assert (await account(house)).avatar is None


async def test_manners_are_chosen_in_one_form(house: House, nurse: Visitor) -> None:
    form = (await nurse.get(MANNERS)).form(MANNERS)
    assert form.values["family"] == "soignant-paramedical"
    assert form.values["discoverable"] == "1"
    sent = {"csrf": form.values["csrf"], "family": "direction", "default_audience": "followers", "language": "en", "locked": "1"}
    assert (await nurse.client.post(MANNERS, data=sent)).status_code == 303
    found = await account(house)
    assert (found.family, found.default_audience, found.language) == ("direction", "followers", "en")
    assert (found.locked, found.discoverable, found.indexable, found.hide_collections) == (True, False, False, False)
    for wrong in ({"family": "chirurgien"}, {"default_audience": "everybody"}, {"language": "x" * 40}):
        assert (await nurse.client.post(MANNERS, data=sent | wrong)).status_code == 422
    assert await account(house) == found
