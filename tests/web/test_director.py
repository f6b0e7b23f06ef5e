"""A director who is insulted: reads, limits one, blocks another, leaves a thread, tells the hosts, comes back on it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.browsing import CHROMIUM, PHONE, Browsing
from tests.web.inspection import inspect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


async def insulted(browsing: Browsing, rude: str, worse: str) -> str:
    """Have two people insult the host of the scene under a post of theirs; return its id."""
    async with browsing.page("host", PHONE) as page:
        await page.goto("/ecrire")
        await page.fill("#texte", "Nous fermons le lit de nuit. Je vous dois des explications.")
        await page.get_by_role("button", name="Publier").click()
        await page.wait_for_url("**/#p*")
        post = page.url.rpartition("#p")[2]
    tokens = [await browsing.server.person(handle) for handle in (rude, worse)]
    async with browsing.server.client() as client:
        for token, text in zip(tokens, (f"Incapable, dit {rude}.", f"Un gestionnaire qui parade, dit {worse}."), strict=True):
            body = {"status": f"@hote_de_garde {text}", "in_reply_to_id": post}
            answer = await client.post("/api/v1/statuses", json=body, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
    return post


async def menu_of(page: Page, words: str) -> None:
    """Open the menu of the post that says something, and take some distance."""
    card = page.locator("article.post", has_text=words)
    await card.locator("a.more").click()
    await page.get_by_role("link", name="Prendre de la distance").click()
    await page.wait_for_url("**/distance/**")


@pytest.mark.parametrize("scripts", [True, False], ids=["with_scripts", "without"])
async def test_a_director_takes_distance_and_comes_back(browsing: Browsing, scripts: bool) -> None:
    rude, worse = ("rude_du_bloc", "pire_encore") if scripts else ("rude_sans", "pire_sans")
    post = await insulted(browsing, rude, worse)
    async with browsing.page("host", PHONE, scripts=scripts, status=422) as page:
        await page.goto("/")
        if scripts:
            await expect(page.locator(".places .badge.dot").first).to_be_visible()
        await page.goto("/notifications?voir=reponses")
        await page.get_by_text(f"Incapable, dit {rude}").first.wait_for()

        await menu_of(page, f"Incapable, dit {rude}")
        if scripts:
            await inspect(page, "directeur-distance")
        await page.locator("button[value=limit]").click()
        await page.get_by_text(f"@{rude} est limité·e").wait_for()
        await expect(page.get_by_text(f"Incapable, dit {rude}")).to_have_count(0)

        await menu_of(page, f"parade, dit {worse}")
        await page.locator("button[value=block]").click()
        await page.get_by_text(f"@{worse} est bloqué·e").wait_for()
        await expect(page.get_by_text(f"parade, dit {worse}")).to_have_count(0)

        await page.goto("/distance")
        await expect(page.get_by_text(f"@{rude}")).to_have_count(1)
        await expect(page.get_by_text(f"@{worse}")).to_have_count(1)
        await freed(page, worse)
        await page.get_by_text(f"@{worse} n’est plus bloqué·e.").wait_for()
        await page.get_by_role("button", name="Annuler").click()
        await page.get_by_text(f"@{worse} est bloqué·e").wait_for()

        await silenced(page, post, f"Incapable, dit {rude}")
        await reported(page, rude)
        await page.goto("/distance")
        for handle in (rude, worse):
            await freed(page, handle)
            await page.get_by_text(f"@{handle} n’est plus").wait_for()
        await page.get_by_text("Vous ne tenez personne à distance").wait_for()
        if scripts:
            await inspect(page, "directeur-fin")


async def silenced(page: Page, post: str, words: str) -> None:
    """Ask to hear no more of a conversation, and unfold there what somebody limited said."""
    await page.goto(f"/@hote_de_garde/{post}")
    await page.get_by_role("button", name="Ne plus être prévenu·e de cette conversation").first.click()
    await page.get_by_text("Vous ne serez plus prévenu·e de cette conversation.").wait_for()
    folded = page.locator(".below details.veil", has_text="que vous limitez")
    await folded.locator("summary").click()
    await folded.get_by_text(words).wait_for()


async def freed(page: Page, handle: str) -> None:
    """Take back the distance from somebody on the page that lists them."""
    await page.locator(".told li", has_text=f"@{handle}").get_by_role("button").click()


async def reported(page: Page, rude: str) -> None:
    """Report the person from their profile, read it again, send it."""
    await page.goto(f"/@{rude}")
    await page.get_by_role("link", name="Entre nous").click()
    await page.get_by_role("link", name="Signaler aux hôtes").click()
    await page.get_by_role("button", name="Relire avant d’envoyer").click()
    await page.get_by_role("alert").wait_for()
    await page.locator("label", has_text="jamais aux personnes").click()
    await page.get_by_role("button", name="Relire avant d’envoyer").click()
    await page.get_by_role("button", name="Envoyer aux hôtes").click()
    await page.get_by_text("Merci, c’est aux hôtes").wait_for()


async def test_what_was_looked_at_is_no_longer_new(browsing: Browsing) -> None:
    token = await browsing.server.person("qui_passe")
    async with browsing.server.client() as client:
        body = {"status": "@proche_qui_lit bonsoir"}
        await client.post("/api/v1/statuses", json=body, headers={"authorization": f"Bearer {token}"})
    async with browsing.page("reader", PHONE) as page:
        await page.goto("/notifications")
        await expect(page.locator("li.fresh").first).to_be_visible()
        await page.locator("form[data-seen]").wait_for(state="detached")
        await page.goto("/")
        await expect(page.locator(".places .badge.dot")).to_have_count(0)
