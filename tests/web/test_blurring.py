"""« Flouter » on the web: offered beside a picture, drawn by numbers without a script, by keyboard and mouse with one."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from playwright.async_api import expect

from salledepause.surfaces.web.answers import FRAGMENT
from tests.mastodon.test_blurring import busy, colours_of
from tests.support.house import House
from tests.web.browsing import PHONE, Browsing
from tests.web.inspection import inspect
from tests.web.scenery import attached
from tests.web.screens import CONTRIBUTOR
from tests.web.visitor import Visitor, visiting

HALF: dict[str, Any] = {"zones[0][x]": "30", "zones[0][y]": "0", "zones[0][width]": "50", "zones[0][height]": "12,5"}


async def refused(ada: Visitor, path: str) -> None:
    """Have zones refused that leave the picture, and none at all; what was typed stays."""
    wrong: dict[str, Any] = {"zones[0][x]": "80", "zones[0][y]": "0", "zones[0][width]": "50", "zones[0][height]": "x"}
    page = await ada.submit(path, status=422, **wrong)
    assert "Une zone sort de l'image" in page.text
    assert page.form(path).values["zones[0][width]"] == "50"
    blank: dict[str, Any] = dict.fromkeys(wrong, "")
    assert "Tracez au moins une zone" in (await ada.submit(path, status=422, **blank)).text


async def test_a_part_is_blurred_by_numbers_alone_before_and_after(house: House) -> None:
    async with visiting(house) as ada, visiting(house) as eve:
        await ada.sign_up("ada")
        await eve.sign_up("eve")
        media_id = await attached(ada)
        path = f"/ecrire/medias/{media_id}/flouter"
        assert "Un visage, un badge, un écran" in ada.page.text
        assert path in ada.page.links
        written = ada.page
        page = await ada.get(path)
        (before,) = page.all("img", width="320")
        await refused(ada, path)
        page = await ada.submit(path, **HALF)
        assert "C'est flouté, pour de bon." in page.text
        (after,) = page.all("img", width="320")
        assert (await ada.client.get(before["src"])).status_code == 404
        seen = Image.open(io.BytesIO((await ada.client.get(after["src"])).content)).convert("RGB")
        assert colours_of(seen.crop((96, 0, 256, 30))) == 2
        assert (await eve.client.get(path)).status_code == 404
        word = (await eve.get("/plus")).forms[0].values["csrf"]
        assert (await eve.client.post(path, data=HALF | {"csrf": word})).status_code == 404
        ada.page = written
        described: dict[str, Any] = {f"media[{media_id}][description]": "Le couloir."}
        await ada.submit("/ecrire", button=("step", "publish"), text="Le couloir", **described)
        (post,) = await house.get("/api/v1/timelines/public")
        assert post["media_attachments"][0]["url"].endswith(after["src"])
        assert path in (await ada.get(f"/gestes/{post['id']}/modifier")).links
        page = await ada.get(path)
        assert "Qui l'a déjà ouverte" in page.text
        form = page.form(path).values | HALF | {"zones[0][y]": "50"}
        part = await ada.client.post(path, data=form, headers={FRAGMENT: f"vignette-{media_id}"})
        assert f'id="vignette-{media_id}"' in part.text
        (post,) = await house.get("/api/v1/timelines/public")
        assert post["media_attachments"][0]["preview_url"].rsplit("/", 1)[1] in part.text
        assert post["edited_at"]
        assert (await ada.client.get(after["src"])).status_code == 404


async def test_rectangles_are_drawn_by_mouse_and_keyboard_over_the_form(browsing: Browsing) -> None:
    async with browsing.page(CONTRIBUTOR, PHONE) as page:
        await page.goto("/ecrire")
        drawn = io.BytesIO()
        busy().save(drawn, "PNG")
        await page.locator("#fichiers").set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": drawn.getvalue()})
        await page.locator("#texte").fill("Ce qui est tapé reste.")
        thumbnail = page.locator(".medium img")
        before = await thumbnail.get_attribute("src")
        await page.get_by_role("link", name="Flouter une partie").click()
        canvas = page.locator("dialog [data-canvas]")
        await expect(canvas.locator("img")).to_have_js_property("naturalWidth", 400)
        await canvas.scroll_into_view_if_needed()
        frame = await canvas.bounding_box()
        assert frame
        await page.mouse.move(frame["x"] + frame["width"] * 0.2, frame["y"] + frame["height"] * 0.2)
        await page.mouse.down()
        await page.mouse.move(frame["x"] + frame["width"] * 0.6, frame["y"] + frame["height"] * 0.6, steps=4)
        await page.mouse.up()
        box = page.get_by_role("button", name="Zone 1")
        await expect(box).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Shift+ArrowDown")
        numbers = [float(await one.input_value()) for one in await page.locator("[data-zone]").first.locator("input").all()]
        assert all(abs(one - wanted) < 1.5 for one, wanted in zip(numbers, (21, 20, 40, 41), strict=True)), numbers
        for place in range(2, 6):
            await page.get_by_role("button", name="Ajouter une zone").click()
            await expect(page.get_by_role("button", name=f"Zone {place}")).to_be_focused()
        for _ in range(4):
            await page.get_by_role("button", name="Annuler le dernier tracé").click()
        await expect(page.locator("[data-box]")).to_have_count(1)
        await inspect(page, "flouter-au-dessus")
        await page.get_by_role("button", name="Appliquer").click()
        await expect(page.locator("dialog")).to_have_count(0)
        await expect(thumbnail).not_to_have_attribute("src", before or "")
        await expect(page.locator("#texte")).to_have_value("Ce qui est tapé reste.")
        await inspect(page, "flouter-apres")
