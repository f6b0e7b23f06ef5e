"""The composer in Chromium: counting, drafts on the device, a network that comes and goes, files, second thoughts."""

from __future__ import annotations

import io
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image
from playwright.async_api import APIResponse, FilePayload, Page, Route, expect

from salledepause.kernel.text import LINK_WEIGHT, clean, length
from salledepause.surfaces.web import assets
from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import inspect
from tests.web.visitor import HTML, Visitor

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
ME = "nuit_calme"
LONG = "Une phrase de la nuit qui se termine. " * 12
TEXTS = (
    "Bonsoir la nuit.",
    "  deux espaces  \n\n\n\n\n\nbas ",
    "👨‍👩‍👧‍👦" * 40 + "🇫🇷🇧🇪🇨" + "👩‍⚕️",
    "e\u0301" * 20 + "a" + "\u0301" * 50,
    "à https://exemple.org/un/tres/long/chemin?x=1 et http://a.b, fin.",
    "https://user:secret@exemple.org/x http://localhost:3000/a http://127.0.0.1 https://pas-un-hôte",
    "https://été.fr/a(b)c[d] (https://exemple.org/x). https://exemple.org:99999/ xhttps://exemple.org",
    "@nuit @nuit@chu.exemple.org @a.b. a@b @x@ #santé #a·b # #1 #1a :cafe: ::x: a:b:c",
    "@nuit@localhost:3000 @@nuit #été-e l'infirmier·ère @Élo",
    "한국어 日本語 กำ नमस्ते \u200bzéro\u2060",
    "ligne\r\nligne\rligne\u2028ligne\u0007",
)
PIECES = (
    "a",
    " ",
    "é",
    "\n",
    "https://",
    "exemple.org",
    "/",
    "@",
    "nuit",
    "#",
    ".",
    ":",
    "👩‍⚕️",
    "e\u0301",
    "-",
    "(",
    ")",
    "1",
    "_",
    "·",
)


@asynccontextmanager
async def device(browsing: Browsing, *, status: int = 0) -> AsyncIterator[Page]:
    """Give a telephone that never was here before; its network may be missing."""
    async with browsing.page("contributor", PHONE, fresh=True, status=status) as phone:
        await phone.goto("/ecrire")
        await expect(phone.locator(".counter")).to_be_visible()
        yield phone


async def kept(phone: Page, text: str) -> None:
    """Wait until a draft on the device says something: it is kept once one pauses."""
    await phone.wait_for_function("(text) => Object.values(localStorage).some((one) => one.includes(text))", arg=text)


async def said(phone: Page, text: str) -> int:
    """Count my messages that say something."""
    await phone.goto(f"/@{ME}")
    return await phone.locator("article .text", has_text=text).count()


async def test_the_browser_counts_as_the_server_does(phone: Page) -> None:
    chance = random.Random(280)  # noqa: S311 - always the same texts, no secret
    texts = [*TEXTS, *("".join(chance.choices(PIECES, k=chance.randint(1, 30))) for _ in range(1500))]
    await phone.goto("/ecrire")
    module = assets.address("js/counting.js")
    weights = [chance.choice((LINK_WEIGHT, 1, 60)) for _ in texts]
    counted = await phone.evaluate(
        "async ([module, all]) => { const { counted } = await import(module); return all.map((one) => counted(...one)); }",
        [module, list(zip(texts, weights, strict=True))],
    )
    truly = [length(clean(text), weight) for text, weight in zip(texts, weights, strict=True)]
    assert not [one for one in zip(texts, weights, counted, truly, strict=True) if one[2] != one[3]]
    await phone.get_by_label("Votre message").fill("https://chu.fr/garde")
    await expect(phone.locator(".counter")).to_have_text(f"{280 - LINK_WEIGHT} caractères encore")
    await phone.locator("#ecrire").evaluate("(form) => { form.dataset.link = '7'; }")
    await phone.get_by_label("Votre message").fill("https://chu.fr/nuit")
    await expect(phone.locator(".counter")).to_have_text("273 caractères encore")


async def test_a_long_text_unfolds(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Votre message").fill(f"Dépliage. {LONG}")
        await expect(phone.locator(".counter")).to_contain_text("au-delà de 280")
        await inspect(phone, "ecrire-long")
        await phone.set_viewport_size(PHONE)
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("heading", name="Voici ce qui sera publié")).to_be_visible()
        await inspect(phone, "ecrire-apercu")
        await phone.set_viewport_size(PHONE)
        await phone.get_by_role("radio", name="Un seul message, qui se déplie").check()
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("status")).to_contain_text("Votre message est publié.")
        assert await said(phone, "Dépliage.") == 1


async def test_a_long_text_becomes_a_thread(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Votre message").fill(f"Découpage. {LONG}")
        await phone.get_by_role("button", name="Voir l’aperçu").click()
        await phone.get_by_role("radio", name="Un fil de 2 messages").check()
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("status")).to_contain_text("Votre fil est publié.")
        assert await said(phone, "Découpage.") == 1
        await phone.locator("article", has_text="Découpage.").locator(".when").click()
        await expect(phone.locator("article", has_text=re.compile("2/2"))).to_have_count(1)


async def test_without_the_network_a_message_waits_and_leaves_once(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.evaluate("() => navigator.serviceWorker.ready")
        await phone.get_by_label("Votre message").fill("Écrit dans l'ascenseur.")
        await phone.context.set_offline(True)
        await phone.get_by_role("button", name="Publier").click()
        panel = phone.get_by_role("region", name="Message en attente")
        await expect(panel).to_contain_text("Écrit dans l'ascenseur.")
        await expect(phone.get_by_label("Votre message")).to_have_value("")
        await inspect(phone, "ecrire-en-attente")
        await panel.get_by_role("button", name="Réessayer").click()
        await expect(phone.get_by_role("status")).to_contain_text("Le réseau manque encore")
        await phone.reload()
        await expect(phone.get_by_role("heading", level=1)).to_have_text("Le réseau manque")
        await expect(phone.locator("#sur-appareil")).to_contain_text("Écrit dans l'ascenseur.")
        await inspect(phone, "hors-ligne-brouillon")
        await phone.context.set_offline(False)
        await expect(phone.get_by_role("status").first).to_contain_text("Votre message en attente est parti.", timeout=30_000)
        await expect(panel).to_have_count(0)
        assert await said(phone, "Écrit dans l'ascenseur.") == 1


async def test_a_message_whose_answer_was_lost_is_not_doubled(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        lost: list[APIResponse] = []

        async def lose(route: Route) -> None:
            if route.request.method == "POST" and not lost:
                lost.append(await route.fetch(max_redirects=0))
                await route.abort("internetdisconnected")
            else:
                await route.continue_()

        await phone.route("**/ecrire", lose)
        await phone.get_by_label("Votre message").fill("Réponse perdue en route.")
        await phone.get_by_role("button", name="Publier").click()
        await phone.get_by_role("button", name="Réessayer").click()
        await expect(phone.get_by_role("status")).to_contain_text("Votre message en attente est parti.")
        assert len(lost) == 1
        assert await said(phone, "Réponse perdue en route.") == 1


async def test_a_waiting_message_can_be_taken_up_again(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.route(
            "**/ecrire",
            lambda route: route.abort("internetdisconnected") if route.request.method == "POST" else route.continue_(),
        )
        await phone.get_by_label("Votre message").fill("À reprendre.")
        await phone.get_by_role("radio", name="idée").check()
        await phone.get_by_role("button", name="Publier").click()
        await phone.get_by_role("region", name="Message en attente").get_by_role("button", name="Reprendre").click()
        await expect(phone.locator("[data-draft]")).to_contain_text("est revenu")
        await expect(phone.get_by_label("Votre message")).to_have_value("À reprendre.")
        await expect(phone.get_by_role("radio", name="idée")).to_be_checked()
        await phone.unroute("**/ecrire")
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("status").first).to_contain_text("Votre message est publié.")
        assert await said(phone, "À reprendre.") == 1


async def test_a_draft_comes_back_and_leaves_when_told(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Votre message").fill("À moitié écr")
        await phone.get_by_role("radio", name="doute").check()
        await kept(phone, '"doubt"')
        await phone.goto("/local")
        await phone.goto("/ecrire")
        await expect(phone.get_by_label("Votre message")).to_have_value("À moitié écr")
        await expect(phone.get_by_role("radio", name="doute")).to_be_checked()
        await inspect(phone, "ecrire-brouillon")
        await phone.get_by_role("button", name="Repartir d’une page blanche").click()
        await expect(phone.get_by_label("Votre message")).to_have_value("")
        await phone.reload()
        await expect(phone.get_by_label("Votre message")).to_have_value("")
        await expect(phone.locator("[data-draft]")).to_be_hidden()


async def test_a_sent_message_leaves_no_draft(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Votre message").fill("Sans brouillon.")
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("status")).to_contain_text("Votre message est publié.")
        left = "() => Object.keys(localStorage).filter((key) => key.startsWith('brouillon:') || key.startsWith('envoi:'))"
        assert await phone.evaluate(left) == []


async def test_ten_seconds_to_think_again(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Votre message").fill("Parti trop vite.")
        await phone.get_by_role("radio", name="coup de gueule").check()
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("status")).to_contain_text("Votre message est publié.")
        undo = phone.get_by_role("status").get_by_role("button", name="Annuler")
        await undo.click()
        await expect(phone.get_by_label("Votre message")).to_have_value("Parti trop vite.")
        await expect(phone.get_by_role("radio", name="coup de gueule")).to_be_checked()
        assert await said(phone, "Parti trop vite.") == 0


async def test_the_button_to_undo_leaves_after_ten_seconds(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.clock.install()
        await phone.get_by_label("Votre message").fill("Rien à reprendre.")
        await phone.get_by_role("button", name="Publier").click()
        undo = phone.get_by_role("button", name="Annuler")
        await expect(undo).to_be_visible()
        await phone.mouse.move(0, 0)
        await phone.clock.fast_forward(10_500)
        await expect(undo).to_have_count(0)


def picture(color: str) -> FilePayload:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 200), color).save(drawn, "PNG")
    return {"name": f"{color}.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


async def test_pictures_leave_as_soon_as_they_are_chosen(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Choisir des images").set_input_files([picture("red"), picture("blue")])
        media = phone.locator("[data-medium]")
        await expect(media).to_have_count(2)
        await expect(media.first.get_by_label("Décrivez-la")).to_be_focused()
        await phone.keyboard.type("Le rouge")
        await inspect(phone, "ecrire-images")
        await phone.set_viewport_size(PHONE)
        second = await media.nth(1).get_attribute("data-medium")
        await media.nth(1).get_by_role("button", name="Avancer").click()
        assert await media.first.get_attribute("data-medium") == second
        await media.first.get_by_role("button", name="Retirer").click()
        await expect(media).to_have_count(1)
        await phone.get_by_label("Votre message").fill("Une image rouge.")
        await kept(phone, "Une image rouge.")
        await phone.goto("/ecrire")
        await expect(phone.get_by_label("Décrivez-la")).to_have_value("Le rouge")
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_role("img", name="Le rouge")).to_be_visible()
        assert await said(phone, "Une image rouge.") == 1


async def test_a_picture_that_did_not_leave_is_sent_again(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.route("**/ecrire/medias", lambda route: route.abort("internetdisconnected"))
        await phone.get_by_label("Choisir des images").set_input_files([picture("green")])
        again = phone.get_by_role("alert").get_by_role("button", name="Réessayer")
        await expect(again).to_be_visible()
        await phone.unroute("**/ecrire/medias")
        await again.click()
        await expect(phone.locator("[data-medium]")).to_have_count(1)
        await expect(again).to_be_hidden()


async def test_enter_in_a_line_sends_nothing(browsing: Browsing) -> None:
    async with device(browsing) as phone:
        await phone.get_by_label("Votre message").fill("Pas encore.")
        await phone.get_by_text("Qui lit et répond").click()
        await phone.get_by_label("Avertissement").press("Enter")
        await phone.get_by_text("Sondage", exact=True).click()
        await phone.get_by_label("Réponse 1").press("Enter")
        await kept(phone, "Pas encore.")
        assert phone.url.endswith("/ecrire")
        assert await said(phone, "Pas encore.") == 0


async def test_nothing_of_anybody_is_kept_and_all_goes_at_sign_out(browsing: Browsing) -> None:
    async with browsing.page("visitor", PHONE, scripts=True, fresh=True) as phone:
        async with browsing.server.client(headers=HTML) as client:
            await Visitor(client).sign_up("passage_bref")
            session = client.cookies["session"]
        await phone.context.add_cookies([{"name": "session", "value": session, "url": browsing.server.url}])
        await phone.goto("/ecrire")
        await phone.evaluate("() => navigator.serviceWorker.ready")
        await phone.reload()
        await phone.get_by_label("Votre message").fill("Un secret.")
        await phone.wait_for_function("() => Object.keys(localStorage).some((key) => key.startsWith('brouillon:'))")
        stored = await phone.evaluate(
            """async () => {
                const found = [];
                for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) {
                    found.push([new URL(one.url).pathname, await (await caches.match(one.url, {ignoreVary: true})).text()]);
                }
                return found;
            }"""
        )
        assert [path for path, _ in stored if not path.startswith("/static/")] == ["/hors-ligne", "/favicon.svg"]
        assert not [path for path, text in stored if "passage_bref" in text]
        await phone.goto("/reglages")
        await phone.get_by_role("button", name="Sortir sur cet appareil").click()
        await expect(phone.locator("meta[name=account]")).to_have_count(0)
        await phone.wait_for_load_state()
        left = """async () => [Object.keys(localStorage), await caches.keys(),
            (await navigator.serviceWorker.getRegistrations()).length]"""
        assert await phone.evaluate(left) == [[], [], 0]


async def test_the_house_can_be_installed(phone: Page, browsing: Browsing) -> None:
    await phone.goto("/")
    manifest = await (await phone.request.get("/manifest.webmanifest")).json()
    assert manifest["start_url"] == "/"
    for icon in manifest["icons"]:
        answer = await phone.request.get(icon["src"])
        assert answer.ok
        if icon["type"] == "image/png":
            side = int(icon["sizes"].partition("x")[0])
            assert Image.open(io.BytesIO(await answer.body())).size == (side, side)
    session = await phone.context.new_cdp_session(phone)
    errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert {one["errorId"] for one in errors} <= {"in-incognito"}, "a test's window is always private"
    assert browsing.server.url in phone.url
