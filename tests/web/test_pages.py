"""Pages to read: the welcome, the room, tags, profiles, settings; what a reader and a visitor are never asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from jinja2 import TemplateNotFound

from salledepause.features import accounts, posts
from salledepause.features.posts import Draft, PollDraft
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.surfaces.web import rendering
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.support.trips import watched
from tests.web.visitor import Page, Visitor, visiting
from tests.web.visitor import posts as posts_of

PROMPTS = ("/ecrire", "composer", "Écrire", "Publier", "Répondre", "Comment se passe")


async def test_the_welcome_says_what_this_is_and_where_the_doors_are(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.write("Premier mot")
    page = await visitor.get("/")
    assert {"/inscription", "/connexion", "/local", "/charte"} <= set(page.links)
    assert "Premier mot" in page.text
    assert "sous pseudonyme" in page.text
    assert page.all("main", id="contenu")
    assert page.all("a", href="#contenu")
    assert page.all("html", lang="fr")


async def test_the_share_of_mixed_conversations_shows_once_there_are_enough(
    nurse: Visitor, director: Visitor, visitor: Visitor
) -> None:
    for number in range(5):
        assert "des conversations réunissent" not in (await visitor.get("/")).text
        post = await nurse.write(f"fil {number}")
        await (director if number < 3 else nurse).answer(f"/@nuit/{post}", "oui")
    page = await visitor.get("/")
    assert "60 % des conversations réunissent au moins deux familles" in page.text


@pytest.mark.parametrize(("at", "told"), [(3, "La lumière est restée allumée."), (15, "La porte est entrouverte.")])
async def test_the_welcome_knows_the_hour(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, at: int, told: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 5, at - 1, 12, tzinfo=UTC))
    page = await visitor.get("/")
    assert told in page.text
    assert f"Il est {at} h 12." in page.text


async def test_pages_go_back_in_time_and_forward_again(house: House, nurse: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        for number in range(45):
            await posts.publish(tx, me, Draft(text=f"numéro {number}."))
    for path in ("/local", "/@nuit"):
        page = await visitor.get(path)
        assert not page.all("a", rel="prev")
        first = [one["id"] for one in posts_of(page)]
        page = await visitor.get(page.all("a", rel="next")[0]["href"])
        second = [one["id"] for one in posts_of(page)]
        third = await visitor.get(page.all("a", rel="next")[0]["href"])
        assert len(list(posts_of(third))) == 5
        assert not third.all("a", rel="next")
        assert len({*first, *second}) == 40
        back = await visitor.get(third.all("a", rel="prev")[0]["href"])
        assert [one["id"] for one in posts_of(back)] == second
        back = await visitor.get(back.all("a", rel="prev")[0]["href"])
        assert [one["id"] for one in posts_of(back)] == first


async def test_home_pages_are_light(house: House, nurse: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        for number in range(20):
            await posts.publish(tx, me, Draft(text=f"Récit {number}. " + "Une phrase ordinaire de la nuit. " * 25))
    for browser in (nurse, visitor):
        for path in ("/", "/local", "/@nuit"):
            page = await browser.get(path)
            files = [page.all("link", rel="stylesheet")[0]["href"], *(one["src"] for one in page.all("script"))]
            sent = [await visitor.client.get(one, headers={"accept-encoding": "gzip"}) for one in files]
            wire = len(page.answer.content) + sum(int(one.headers["content-length"]) for one in sent)
            assert wire < 100_000, (path, wire)


async def test_a_page_asks_as_much_of_the_database_for_one_post_as_for_twenty(
    house: House, nurse: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = watched(monkeypatch)
    figures = []
    for more in (1, 19):
        async with house.site.db.transaction() as tx:
            me = (await accounts.by_handle(tx, "nuit")).id
            for number in range(more):
                draft = Draft(text=f"numéro {number} @nuit #garde", poll=PollDraft(("oui", "non"), timedelta(hours=1)))
                last = await posts.publish(tx, me, draft)
        seen = []
        for path in ("/", "/local", "/@nuit", "/tags/garde", f"/@nuit/{last}"):
            trips.clear()
            await nurse.get(path)
            seen.append(sum(map(len, trips)))
        figures.append(seen)
    assert figures[0] == figures[1]
    assert max(figures[0]) <= 16


async def test_a_reader_is_never_asked_to_write(nurse: Visitor, reader: Visitor) -> None:
    post = await nurse.write("Bonsoir #garde")
    for path in ("/", "/local", "/@nuit", f"/@nuit/{post}", "/tags/garde", "/@lectrice", "/charte"):
        page = await reader.get(path)
        assert not [prompt for prompt in PROMPTS if prompt in page.answer.text], path
        assert not page.all("button", value="share")
    await reader.get("/ecrire", status=403)
    assert "réglages" in reader.page.text


async def test_a_visitor_is_never_asked_to_write_either(nurse: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("Bonsoir #garde")
    for path in ("/", "/local", "/@nuit", f"/@nuit/{post}", "/tags/garde"):
        page = await visitor.get(path)
        assert not [prompt for prompt in PROMPTS if prompt in page.answer.text], path


async def test_a_reader_likes_keeps_and_follows_without_being_named(nurse: Visitor, reader: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("À garder")
    await reader.get(f"/@nuit/{post}")
    await reader.submit(f"/gestes/{post}", button=("gesture", "keep"))
    page = await reader.submit(f"/gestes/{post}", button=("gesture", "like"))
    assert page.all("button", value="unkeep")
    for browser in (nurse, visitor):
        assert "lectrice" not in (await browser.get(f"/@nuit/{post}")).answer.text
        assert "lectrice" not in (await browser.get("/@nuit")).answer.text


async def test_reader_and_contributor_are_one_click_apart_both_ways(reader: Visitor) -> None:
    await reader.get("/reglages")
    page = await reader.submit("/reglages/mode")
    assert "mode contributeur" in page.text
    await reader.write("Finalement, un mot")
    await reader.get("/reglages")
    page = await reader.submit("/reglages/mode")
    assert "mode lecteur" in page.text
    assert "Finalement, un mot" in (await reader.get("/@lectrice")).text


async def test_the_role_family_shows_or_not(nurse: Visitor, visitor: Visitor) -> None:
    assert "soignant·e paramédical·e" in (await visitor.get("/@nuit")).text
    await nurse.get("/reglages")
    await nurse.submit("/reglages/famille")
    await nurse.write("Plus tard")
    assert "paramédical" not in (await visitor.get("/@nuit")).text
    await nurse.get("/reglages")
    await nurse.submit("/reglages/famille")
    assert "paramédical" in (await visitor.get("/@nuit")).text


async def test_a_profile_tells_who_somebody_is(house: House, nurse: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        change = accounts.ProfileChange(name="Infirmière de nuit", note="Vingt ans de nuits. #nuit", fields=[("Café", "froid")])
        await accounts.update_profile(tx, me, change)
    post = await nurse.write("racine")
    await nurse.answer(f"/@nuit/{post}", "ma suite")
    page = await visitor.get("/@NUIT")
    assert page.all("title")
    assert "Infirmière de nuit (@nuit)" in page.text
    assert "Vingt ans de nuits." in page.text
    assert "/tags/nuit" in page.links
    assert "Café" in page.text
    assert "2 messages" in page.text
    for path in ("?voir=reponses", "?voir=medias", "?voir=reponses&kind=opinion"):
        await visitor.get(f"/@nuit{path}")
    await visitor.get("/@nuit?voir=secrets", status=404)
    await visitor.get("/@personne", status=404)


async def test_an_address_that_only_takes_forms_says_so_to_who_comes_to_read(nurse: Visitor) -> None:
    page = await nurse.get("/pieces/code", status=405)
    assert "Revenez en arrière pour le retrouver" in page.text
    assert (page.answer.headers["allow"], nurse.client.headers["accept"]) == ("POST", "text/html")
    by_an_app = await nurse.client.get("/pieces/code", headers={"accept": "application/json"})
    assert (by_an_app.status_code, by_an_app.json()) == (405, {"error": "Method not allowed"})


async def test_blocking_is_explained_first_and_undone_on_the_profile(nurse: Visitor, director: Visitor) -> None:
    await nurse.write("bonjour")
    page = await director.get("/@nuit")
    action = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
    (distance,) = [link for link in page.links if link.startswith("/distance/")]
    page = await director.get(distance)
    block = next(form for form in page.forms if ("gesture", "block") in form.buttons)
    await director.client.post(block.action, data=block.values | {"gesture": "block"})
    page = await director.get("/@nuit")
    assert page.all("button", value="unblock")
    assert not page.all("button", value="follow")
    page = await director.submit(action, button=("gesture", "unblock"))
    assert page.all("button", value="follow")
    await director.client.post(action, data=page.form(action).values | {"gesture": "inventé"})


async def test_tags_of_two_spellings_are_one_page(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.write("Bonsoir #Relève")
    page = await visitor.get("/tags/releve")
    assert "Bonsoir" in page.text
    assert "Bonsoir" in (await visitor.get("/tags/RELÈVE")).text
    assert "Rien sous ce mot" in (await visitor.get("/tags/rien")).text


async def test_the_charter_says_the_rules_and_the_contact(visitor: Visitor) -> None:
    page = await visitor.get("/a-propos")
    assert page.answer.url.path == "/charte"
    assert "On ne reconnaît personne." in page.text
    assert page.all("h2", id="contact")


async def test_the_words_of_the_hosts_are_printed_as_ours(settings: Settings, recorder: Recorder) -> None:
    told = {"title": "L'étage : la salle", "description": "Qui veille ? L'équipe !", "contact": "L'accueil : l'ote@salle.test"}
    async with House.opened(msgspec.structs.replace(settings, **told), recorder) as house, visiting(house) as visitor:
        charter = (await visitor.get("/charte")).answer.text
        welcome = (await visitor.get("/")).answer.text
    assert "<title>La charte · L’étage : la salle</title>" in charter
    assert '<p class="lead">Qui veille ? L’équipe !</p>' in charter
    assert "<p>L’accueil : l&#39;ote@salle.test</p>" in charter
    assert '<meta name="description" content="Qui veille ? L’équipe !">' in welcome


async def test_english_is_spoken_to_who_asks_for_it(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.write("Bonsoir", kind="doubt")
    page = await visitor.get("/local", headers={"accept-language": "en-GB,en;q=0.9"})
    assert page.all("html", lang="en")
    assert "The whole room in the open" in page.text
    assert "doubt" in page.text
    assert page.all("div", lang="fr")


@pytest.mark.parametrize("path", ["/", "/local", "/@nuit", "/inscription", "/connexion", "/reglages", "/ecrire", "/charte"])
async def test_pages_have_landmarks_labels_and_one_title(nurse: Visitor, visitor: Visitor, path: str) -> None:
    await nurse.write("Bonsoir")
    for browser in (nurse, visitor):
        _check_access(await browser.get(path))


def _check_access(page: Page) -> None:
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    ids = [one["id"] for _, one in page.tags if "id" in one]
    assert len(ids) == len(set(ids))
    labelled = {one["for"] for one in page.all("label") if "for" in one}
    for tag in ("input", "textarea", "select"):
        for field in page.all(tag):
            if field.get("type") not in {"hidden", "radio"}:
                assert field["id"] in labelled, field
    assert all("alt" in image for image in page.all("img"))
    described = {word for _, one in page.tags for word in one.get("aria-describedby", "").split()}
    assert described <= set(ids)


async def test_who_may_quote_is_chosen_among_the_settings(house: House, nurse: Visitor) -> None:
    page = await nurse.get("/reglages")
    assert "Personne ne peut vous citer." in page.text
    assert page.form("/reglages/citations").buttons == [("quote_policy", "followers"), ("quote_policy", "public")]
    page = await nurse.submit("/reglages/citations", button=("quote_policy", "public"))
    assert page.form("/reglages/citations").buttons == [("quote_policy", "nobody"), ("quote_policy", "followers")]
    assert "Tout le monde peut vous citer." in page.text
    await nurse.write("À citer")
    (post,) = await house.get("/api/v1/timelines/public")
    assert post["quote_approval"]["automatic"] == ["public"]
    form = (await nurse.get("/reglages")).form("/reglages/citations")
    wrong = await nurse.client.post(form.action, data=form.values | {"quote_policy": "everybody"})
    assert wrong.status_code == 422


async def test_pages_read_nothing_once_they_run(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = rendering.environment.__wrapped__("en")
    names = fresh.list_templates()
    for one in (fresh, rendering.environment("fr")):
        monkeypatch.setattr(one.loader, "searchpath", [])
        assert len([one.get_template(name) for name in names]) >= 20
        with pytest.raises(TemplateNotFound):
            one.get_template("nouvelle.html")
    assert (await visitor.get("/charte")).all("main")
