"""A phone, a real browser, a real server: journeys with scripts switched off, the keyboard, and what scripts make quicker."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import inspect, wide

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
PASSWORD = "une longue nuit tranquille"


async def test_a_message_and_its_answer_without_a_script(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, scripts=False) as phone:
        await phone.goto("/")
        await phone.get_by_text("Comment se passe").click()
        await phone.get_by_label("Votre message").fill("Qui est debout à cette heure ?")
        await phone.get_by_role("radio", name="question").check()
        await phone.get_by_role("button", name="Publier").click()
        post = phone.get_by_role("article").first
        await post.get_by_text("Qui est debout").wait_for()
        await post.get_by_role("link", name="Répondre").click()
        await phone.get_by_label("Votre réponse").fill("Moi.")
        await phone.get_by_role("button", name="Répondre").click()
        await expect(phone.get_by_role("article")).to_have_count(2)
        await expect(phone.get_by_role("main")).to_contain_text("1 réponse")


async def test_nothing_is_wider_than_the_phone(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, scripts=False, status=404) as phone:
        await phone.goto("/ecrire")
        await phone.get_by_label("Votre message").fill("Unmottrèslong" * 15 + " https://exemple.org/" + "a/" * 200)
        await phone.get_by_role("button", name="Publier").click()
        await expect(phone.get_by_text("Unmottrèslong").first).to_be_visible()
        for path in ("/", "/local", "/@nuit_calme", "/reglages", "/ecrire", "/charte", "/rien"):
            await phone.goto(path)
            assert not await wide(phone), path


async def test_everything_can_be_reached_and_done_with_the_keyboard(browsing: Browsing) -> None:
    async with browsing.page("visitor", PHONE, scripts=False) as phone:
        await phone.goto("/connexion")
        await phone.keyboard.press("Tab")
        await expect(phone.locator(":focus")).to_have_text("Aller au contenu")
        await phone.keyboard.press("Enter")
        await expect(phone.locator("#contenu:focus")).to_have_count(1)
        await phone.keyboard.press("Tab")
        await expect(phone.locator(":focus")).to_have_id("handle")


async def test_a_gesture_leaves_one_where_one_is_and_is_heard(phone: Page, browsing: Browsing) -> None:
    await phone.goto("/")
    post = phone.locator(f"#p{browsing.scene['picture']}")
    like = post.get_by_role("button", name="Aimer")
    await like.focus()
    address = phone.url
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("status")).to_have_text("Vous aimez ce message.")
    await expect(like).to_have_attribute("aria-pressed", "true")
    await expect(like).to_be_focused()
    assert phone.url == address
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("status")).to_have_text("Vous n’aimez plus ce message.")
    await expect(like).to_have_attribute("value", "like")
    await expect(like).to_be_focused()


async def test_without_scripts_a_gesture_comes_back_to_its_post(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, scripts=False) as phone:
        await phone.goto("/local")
        post = phone.locator(f"#p{browsing.scene['picture']}")
        await post.get_by_role("button", name="Garder").click()
        await expect(phone).to_have_url(re.compile(f"/local#p{browsing.scene['picture']}$"))
        keep = post.get_by_role("button", name="Garder")
        await expect(keep).to_have_attribute("aria-pressed", "true")
        await keep.click()
        await expect(keep).to_have_attribute("aria-pressed", "false")


async def test_a_lost_network_is_told_and_changes_nothing(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, fresh=True, status=0) as phone:
        await phone.goto("/local")
        like = phone.locator(f"#p{browsing.scene['picture']}").get_by_role("button", name="Aimer")
        await phone.context.route("**/gestes/**", lambda route: route.abort("internetdisconnected"))
        await like.click()
        await expect(phone.get_by_role("status")).to_contain_text("Le réseau manque")
        await expect(like).to_have_attribute("aria-pressed", "false")


async def test_a_refused_form_falls_back_to_the_servers_own_page(browsing: Browsing) -> None:
    async with browsing.page("contributor", PHONE, status=403) as phone:
        await phone.goto("/local")
        await phone.evaluate("() => document.querySelectorAll('[name=csrf]').forEach((one) => { one.value = 'faux'; })")
        await phone.locator(f"#p{browsing.scene['picture']}").get_by_role("button", name="Aimer").click()
        await expect(phone.get_by_role("heading", level=1)).to_have_text("Cette porte reste fermée")


async def test_other_gestures_open_over_the_page_and_close_where_one_was(phone: Page, browsing: Browsing) -> None:
    await phone.goto("/local")
    more = phone.locator(f"#p{browsing.scene['poll']}").get_by_role("link", name="Autres gestes")
    await more.click()
    dialog = phone.get_by_role("dialog", name="Autour de ce message")
    await expect(dialog).to_contain_text("Pourquoi je vois ceci")
    await inspect(phone, "dialogue")
    await phone.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(more).to_be_focused()


async def test_a_vote_is_counted_in_place(browsing: Browsing) -> None:
    async with browsing.page("reader", PHONE) as phone:
        await phone.goto(f"/@{browsing.scene['author']}/{browsing.scene['poll']}")
        await phone.get_by_label("Serré").check()
        await phone.get_by_label("Long").check()
        await phone.get_by_role("button", name="Voter").click()
        await expect(phone.get_by_role("status")).to_have_text("Votre vote est compté.")
        await expect(phone.get_by_text("(votre choix)")).to_have_count(2)


async def test_light_is_chosen_and_kept_in_this_browser(browsing: Browsing) -> None:
    async with browsing.page("visitor", PHONE, scripts=False, fresh=True) as phone:
        await phone.goto("/local")
        await phone.get_by_role("contentinfo").get_by_role("link", name="Apparence").click()
        for name, ground in (("Sombre", "rgb(17, 18, 27)"), ("Clair", "rgb(246, 236, 219)")):
            await phone.goto("/apparence?back=/local")
            await phone.get_by_role("radio", name=re.compile(f"^{name}")).check()
            await phone.get_by_role("button", name="Enregistrer").click()
            await expect(phone).to_have_url(re.compile("/local$"))
            await expect(phone.locator("body")).to_have_css("background-color", ground)
