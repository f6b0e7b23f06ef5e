"""Cards beyond what is said: votes, filters, parts that a script asks for, and the true reasons why one sees a post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from salledepause.features import accounts
from salledepause.kernel import clock
from salledepause.surfaces.web import drawing
from tests.support.house import House, Person
from tests.web.visitor import Page, Visitor
from tests.web.visitor import posts as posts_of

PART = {"x-fragment": "part"}


async def asked(house: House, **more: Any) -> tuple[Person, str]:
    """Return who asks, and the id of their post with a poll."""
    person = await house.person("sondeuse")
    poll = {"options": ["Long", "Serré"], "expires_in": 3600} | more
    return person, (await house.say(person, "Le café ?", poll=poll))["id"]


async def test_a_vote_is_cast_once_by_whoever_may(house: House, nurse: Visitor, reader: Visitor, visitor: Visitor) -> None:
    _, post = await asked(house)
    assert not [form for form in (await visitor.get("/local")).forms if "sondages" in form.action]
    for browser in (nurse, reader):
        page = await browser.get("/local")
        (form,) = [one for one in page.forms if one.action.startswith("/sondages/")]
        assert form.choices["choices[]"] == ["0", "1"]
        answer = await browser.client.post(form.action, data=form.values | {"choices[]": "1"}, follow_redirects=True)
        page = Page(answer)
        assert page.answer.url.fragment == f"p{post}"
        assert "Votre vote est compté." in page.text
        assert "(votre choix)" in page.text
        assert not [one for one in page.forms if one.action == form.action]
        again = await browser.client.post(form.action, data=form.values | {"choices[]": "0"})
        assert again.status_code == 422
    assert "2 personnes ont voté" in (await visitor.get("/local")).text


async def test_a_vote_without_an_answer_or_beyond_them_is_refused(house: House, nurse: Visitor) -> None:
    await asked(house)
    form = next(one for one in (await nurse.get("/local")).forms if one.action.startswith("/sondages/"))
    for wrong in ({}, {"choices[]": "2"}, {"choices[]": "-1"}, {"choices[]": "x"}, {"choices[]": ["0", "1"]}):
        answer = await nurse.client.post(form.action, data=form.values | wrong)
        assert answer.status_code == 422, wrong
    assert (await nurse.client.post("/sondages/1", data=form.values | {"choices[]": "0"})).status_code == 404
    assert "0 personne a voté" in (await nurse.get("/local")).text


async def test_several_answers_are_sent_together(house: House, nurse: Visitor) -> None:
    await asked(house, multiple=True)
    form = next(one for one in (await nurse.get("/local")).forms if one.action.startswith("/sondages/"))
    await nurse.client.post(form.action, data=form.values | {"choices[]": ["0", "1"]})
    assert (await nurse.get("/local")).text.count("(votre choix)") == 2


async def filtering(house: House, who: Person, action: str, *contexts: str) -> None:
    body = {
        "title": "Ce qui pèse",
        "context": list(contexts),
        "filter_action": action,
        "keywords_attributes": [{"keyword": "garde"}],
    }
    await house.post("/api/v2/filters", who, **body)


async def browsing_as(house: House, visitor: Visitor, handle: str) -> Person:
    """Return somebody with a browser and a token."""
    await visitor.sign_up(handle)
    async with house.site.db.transaction() as tx:
        account = await accounts.by_handle(tx, handle)
        token = await accounts.give_token(tx, account.id, ("read", "write"))
    return Person(account.id, handle, token)


async def test_filters_fold_or_take_away_where_they_apply_and_never_ones_own(
    house: House, nurse: Visitor, visitor: Visitor
) -> None:
    await nurse.write("Encore une garde de trop.")
    me = await browsing_as(house, visitor, "lasse")
    await filtering(house, me, "warn", "public", "thread")
    page = await visitor.get("/local")
    assert "Filtré : Ce qui pèse" in page.text
    assert len(page.all("details", class_="veil")) == 1
    assert "Filtré" not in (await visitor.get("/@nuit")).text
    await filtering(house, me, "hide", "account")
    assert not list(posts_of(await visitor.get("/@nuit")))
    assert list(posts_of(await nurse.get("/@nuit")))
    await visitor.write("Ma propre garde.")
    assert "Ma propre garde." in (await visitor.get("/@lasse")).text
    assert (await visitor.get("/local")).text.count("Filtré") == 1


async def test_a_script_gets_the_part_that_changed_and_nothing_else(nurse: Visitor, director: Visitor) -> None:
    post = await nurse.write("À aimer")
    form = (await director.get("/local")).form(f"/gestes/{post}")
    answer = await director.client.post(form.action, data=form.values | {"gesture": "like"}, headers=PART)
    assert answer.status_code == 200
    page = Page(answer)
    assert page.all("footer", id=f"g{post}")
    assert page.all("button", value="unlike", aria_pressed="true")
    assert page.form(form.action).values["back"] == "/local"
    assert "Vous aimez ce message." in page.text
    assert not page.all("html")
    assert "content-security-policy" in answer.headers


async def test_a_part_is_refused_like_a_page(director: Visitor, nurse: Visitor) -> None:
    post = await nurse.write("À aimer")
    form = (await director.get("/local")).form(f"/gestes/{post}")
    for values, status in (({"csrf": "faux"}, 403), ({"gesture": "inventé"}, 404), ({}, 404)):
        answer = await director.client.post(form.action, data=form.values | {"gesture": ""} | values, headers=PART)
        assert answer.status_code == status
    answer = await director.client.post("/gestes/1", data=form.values | {"gesture": "like"}, headers=PART)
    assert answer.status_code == 404


async def test_each_post_says_why_it_is_there(house: House, nurse: Visitor, director: Visitor, reader: Visitor) -> None:
    post = await nurse.write("À partager #Relève")
    path = f"/gestes/{post}?back="
    assert "Ce message est public, et vous lisez toute la salle." in (await reader.get(f"{path}/local")).text
    assert "Vous lisez tout ce qui porte ce mot." in (await reader.get(f"{path}/tags/releve")).text
    assert "Vous lisez ce que @nuit a écrit." in (await reader.get(f"{path}/@nuit")).text
    assert "Vous avez ouvert cette page" in (await reader.get(f"{path}/@nuit/{post}")).text
    page = await reader.get(f"{path}//ailleurs.example/")
    assert "Il était dans votre fil" in page.text
    assert not [link for link in page.links if link.startswith("//")]
    assert "Vous l'avez écrit." in (await nurse.get(f"{path}/")).text
    await director.get(f"/@nuit/{post}")
    await director.submit(f"/gestes/{post}", button=("gesture", "share"))
    for handle in ("nuit", "garde"):
        await reader.get(f"/@{handle}")
        action = next(form.action for form in reader.page.forms if form.action.startswith("/personnes/"))
        await reader.submit(action, button=("gesture", "follow"))
    page = await reader.get(f"{path}/")
    assert "Vous suivez @nuit." in page.text
    assert "@garde, que vous suivez, l'a partagé." in page.text
    assert "ucun score" in page.text
    assert not page.all("form", action=f"/gestes/{post}/effacer")


async def test_what_one_may_not_read_has_no_reasons(nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("entre nous", audience="followers")
    for browser in (director, visitor):
        assert "entre nous" not in (await browser.get(f"/gestes/{post}", status=404)).text
        await browser.get("/gestes/abc", status=404)


async def test_a_conversation_is_silenced_and_a_post_pinned_from_there(nurse: Visitor, director: Visitor) -> None:
    post = await nurse.write("À épingler")
    for there, does, undoes in ((nurse, "pin", "unpin"), (director, "hush", "unhush")):
        await there.get(f"/gestes/{post}?back=/local")
        answer = await there.client.post(f"/gestes/{post}", data=there.page.forms[-1].values | {"gesture": does})
        assert answer.headers["location"] == f"/local#p{post}"
        page = await there.get(f"/gestes/{post}?back=/local")
        assert page.all("button", value=undoes)


async def test_a_card_kept_for_all_is_each_ones_own(
    house: House, nurse: Visitor, director: Visitor, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await nurse.write("Une nuit calme")
    for path in ("/local", "/local?kind=opinion"):
        words = set()
        for browser in (nurse, director):
            page = await browser.get(path)
            form = page.form(f"/gestes/{post}")
            assert form.values["back"] == path
            assert f"/gestes/{post}?back={quote(path)}" in page.links
            words.add(form.values["csrf"])
        assert len(words) == 2
    await director.submit(f"/gestes/{post}", button=("gesture", "like"))
    assert (await director.get("/local")).all("button", value="unlike")
    assert not (await nurse.get("/local")).all("button", value="unlike")
    assert not [form for form in (await visitor.get("/local")).forms if "gestes" in form.action]
    assert "à l'instant" in visitor.page.text
    later = clock.now() + timedelta(minutes=7)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "il y a 7 min" in (await visitor.get("/local")).text


async def test_a_card_kept_changes_with_its_post_and_its_people(house: House, visitor: Visitor) -> None:
    author = await house.person("plume")
    post = await house.say(author, "Premier jet")
    for text, name in (("Premier jet", "plume"), ("Deuxième jet", "plume"), ("Deuxième jet", "Plume d'oie")):
        await house.call("PUT", f"/api/v1/statuses/{post['id']}", author, json={"status": text})
        await house.call("PATCH", "/api/v1/accounts/update_credentials", author, json={"display_name": name})
        page = await visitor.get("/local")
        assert text in page.text
        assert name in page.text
        assert len(list(posts_of(page))) == 1


def test_cards_kept_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    drawer = drawing.Drawer()
    monkeypatch.setattr(drawing, "MOST", 100)
    for number in range(50):
        drawer._keep(number, "x" * 30)  # noqa: SLF001 - memory is seen by nobody
    assert list(drawer._kept) == [47, 48, 49]  # noqa: SLF001
