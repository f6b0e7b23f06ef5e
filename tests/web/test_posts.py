"""Writing, answering and gestures by plain forms; what a post shows, folds and hides."""

from __future__ import annotations

import re

import pytest

from salledepause.features import accounts, posts
from salledepause.features.posts import Draft, Kind
from tests.support.house import House
from tests.web.visitor import Visitor
from tests.web.visitor import posts as posts_of

LONG = "Première phrase de la nuit. " * 8 + "\n\n" + "La suite vient ensuite. " * 4 + "La fin se déplie. " * 20


def bare(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup)


async def test_a_message_is_written_from_the_home_page(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.get("/")
    page = await nurse.submit("/ecrire", text="Bonsoir la nuit", kind="thanks", audience="public", warning="", shows_family="1")
    assert page.answer.url.path == "/"
    [post] = posts_of(page)
    assert "kind-thanks" in post["class"].split()
    assert page.answer.url.fragment == post["id"]
    seen = await visitor.get("/local")
    assert "Bonsoir la nuit" in seen.text
    assert "merci soignant·e paramédical·e" in seen.text


async def test_a_form_sent_twice_makes_one_message(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    first = await nurse.post("/ecrire", text="Une seule fois")
    second = await nurse.post("/ecrire", text="Une seule fois")
    assert first.headers["location"] == second.headers["location"]
    assert len(list(posts_of(await nurse.get("/@nuit")))) == 1


async def test_a_message_may_hide_where_it_is_said_from(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.get("/ecrire")
    nurse.page.form("/ecrire").values.pop("shows_family")
    await nurse.send("Sans dire d'où")
    page = await visitor.get("/local")
    assert "Sans dire d'où" in page.text
    assert "paramédical" not in page.text
    assert "paramédical" in (await visitor.get("/@nuit")).text


async def test_who_may_read_is_chosen(nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    for audience in ("public", "unlisted", "followers", "direct"):
        await nurse.write(f"pour {audience}", audience=audience)
    assert "pour public" in (await visitor.get("/local")).text
    assert "pour unlisted" not in visitor.page.text
    page = await visitor.get("/@nuit")
    assert "pour unlisted" in page.text
    assert "pour followers" not in page.text
    await director.get("/@nuit")
    action = next(form.action for form in director.page.forms if form.action.startswith("/personnes/"))
    page = await director.submit(action, button=("gesture", "follow"))
    assert "pour followers" in page.text
    assert "pour direct" not in page.text
    await director.submit(action, button=("gesture", "unfollow"))
    assert "pour followers" not in director.page.text


@pytest.mark.parametrize("text", ["", "a" * 5001])
async def test_a_refused_message_keeps_what_was_typed(nurse: Visitor, text: str) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", text=text, kind="rant", warning="", audience="followers", status=422)
    assert page.all("p", role="alert")
    form = page.form("/ecrire")
    assert (form.values["text"], form.values["kind"], form.values["audience"]) == (text, "rant", "followers")
    assert not list(posts_of(await nurse.get("/")))


async def test_a_long_message_folds_in_lists_and_shows_whole_on_its_page(nurse: Visitor, visitor: Visitor) -> None:
    post = await nurse.write(LONG)
    page = await visitor.get("/local")
    assert len(page.all("details", class_="fold")) == 1
    before, _, after = page.answer.text.partition('<details class="fold')
    assert "Première phrase" in before
    assert "La fin se déplie" not in before
    assert after.count("La fin se déplie") == 20
    assert "Déplier" in page.text
    page = await visitor.get(f"/@nuit/{post}")
    assert not page.all("details", class_="fold")
    assert page.text.count("La fin se déplie") == 20


async def test_a_message_of_280_emoji_does_not_fold(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.write("👩‍⚕️" * 280)
    assert not (await visitor.get("/local")).all("details", class_="fold")
    await nurse.write("👩‍⚕️" * 281)
    assert len((await visitor.get("/local")).all("details", class_="fold")) == 1


async def test_a_warning_stands_before_the_text(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.write("dur à lire", warning="Fin de vie")
    page = await visitor.get("/local")
    assert len(page.all("details", class_="veil")) == 1
    assert "Fin de vie" in page.text


async def test_a_link_tells_elsewhere_what_is_open_and_its_warning_alone(nurse: Visitor, visitor: Visitor) -> None:
    said = {
        "victoire": await nurse.write('Elle a remarché, <seule> & "droite".', kind="victory"),
        "dur": await nurse.write("dur à lire", warning="Fin de vie"),
        "entre nous": await nurse.write("entre nous", audience="followers"),
    }
    page = await visitor.get(f"/@nuit/{said['victoire']}")
    told = {one["property"]: one["content"] for one in page.all("meta") if "property" in one}
    assert told["og:description"] == 'Elle a remarché, <seule> & "droite".'
    assert told["og:url"] == f"https://salle.test/@nuit/{said['victoire']}"
    assert told["og:title"].startswith("Victoire de ")
    image = await visitor.client.get(told["og:image"].removeprefix("https://salle.test"))
    assert image.headers["content-type"] == "image/png"
    assert "dur à lire" not in str((await visitor.get(f"/@nuit/{said['dur']}")).all("meta"))
    assert not [one for one in (await nurse.get(f"/@nuit/{said['entre nous']}")).all("meta") if "property" in one]


async def test_a_doubt_never_shows_a_score(nurse: Visitor, director: Visitor, reader: Visitor, visitor: Visitor) -> None:
    doubt = await nurse.write("Je presse les fins de repas.", kind="doubt")
    opinion = await nurse.write("Il pleut.", kind="opinion")
    for browser in (director, reader):
        for post in (doubt, opinion):
            await browser.get(f"/@nuit/{post}")
            await browser.submit(f"/gestes/{post}", button=("gesture", "like"))
    for post in (doubt, opinion):
        await director.get(f"/@nuit/{post}")
        await director.submit(f"/gestes/{post}", button=("gesture", "share"))
    for browser in (visitor, nurse, director, reader):
        for path in ("/local", "/@nuit", f"/@nuit/{doubt}", "/"):
            page = await browser.get(path)
            parts = page.answer.text.split("<article ")
            for part in (one for one in parts if f'id="p{doubt}"' in one):
                gestures = bare(part.partition('class="gestures"')[2].partition(">")[2].partition("</footer>")[0])
                assert not any(character.isdigit() for character in gestures), gestures
        shown = (
            (await browser.get(f"/@nuit/{opinion}"))
            .answer.text.partition('class="gestures"')[2]
            .partition(">")[2]
            .partition("</footer>")[0]
        )
        assert "2" in bare(shown)


async def test_a_doubt_takes_only_experiences_questions_and_sources(nurse: Visitor, director: Visitor) -> None:
    doubt = await nurse.write("Ai-je bien fait ?", kind="doubt")
    page = await director.get(f"/@nuit/{doubt}")
    form = page.form("/ecrire")
    assert form.choices["kind"] == ["experience", "question", "source"]
    form.choices["kind"].append("opinion")
    await director.submit("/ecrire", text="Non.", kind="opinion", status=422)
    assert director.page.form("/ecrire").choices["kind"] == ["experience", "question", "source"]
    await director.answer(f"/@nuit/{doubt}", "Cela m'est arrivé.", kind="experience")
    page = await nurse.get(f"/@nuit/{doubt}")
    assert "kind-experience" in page.answer.text
    assert "1 réponse" in page.text


async def test_gestures_are_buttons_that_undo_themselves(nurse: Visitor, director: Visitor) -> None:
    post = await nurse.write("Une petite victoire", kind="victory")
    for does, undoes in (("like", "unlike"), ("share", "unshare"), ("keep", "unkeep")):
        await director.get(f"/@nuit/{post}")
        page = await director.submit(f"/gestes/{post}", button=("gesture", does))
        assert page.answer.url.path == f"/@nuit/{post}"
        assert page.all("button", value=undoes, aria_pressed="true")
        page = await director.submit(f"/gestes/{post}", button=("gesture", undoes))
        assert page.all("button", value=does, aria_pressed="false")


async def test_a_share_brings_a_post_home_once_with_who_shared_it(nurse: Visitor, director: Visitor, reader: Visitor) -> None:
    post = await nurse.write("À faire passer")
    await director.get(f"/@nuit/{post}")
    await director.submit(f"/gestes/{post}", button=("gesture", "share"))
    for handle in ("nuit", "garde"):
        await reader.get(f"/@{handle}")
        action = next(form.action for form in reader.page.forms if form.action.startswith("/personnes/"))
        await reader.submit(action, button=("gesture", "follow"))
    page = await reader.get("/")
    assert len(list(posts_of(page))) == 1
    assert "garde a partagé" in page.text


async def test_one_erases_ones_own_posts_only(nurse: Visitor, director: Visitor) -> None:
    post = await nurse.write("À effacer")
    assert not [form for form in (await director.get(f"/@nuit/{post}")).forms if form.action.endswith("/effacer")]
    word = director.page.form("/ecrire").values["csrf"]
    assert (await director.client.post(f"/gestes/{post}/effacer", data={"csrf": word})).status_code == 404
    await director.get(f"/gestes/{post}/effacer", status=404)
    page = await nurse.get(f"/gestes/{post}/effacer?back=/@nuit/{post}")
    assert "À effacer" in page.text
    page = await nurse.submit(f"/gestes/{post}/effacer")
    assert "Votre message est effacé." in page.text
    assert page.answer.url.path == "/"
    await nurse.get(f"/@nuit/{post}", status=404)


async def test_a_thread_of_two_hundred_is_on_one_page(house: House, nurse: Visitor, visitor: Visitor) -> None:
    root = await nurse.write("Le fil")
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        above = root
        for number in range(200):
            draft = Draft(text=f"réponse numéro {number}.", parent_id=above if number % 3 else root)
            above = await posts.publish(tx, me, draft)
    page = await nurse.get(f"/@nuit/{root}")
    shown = list(posts_of(page))
    assert len(shown) == 201
    assert all(f"réponse numéro {number}." in page.text for number in range(200))
    depths = [one["class"].rpartition("depth-")[2] for one in shown[1:]]
    assert set(depths) == {"1", "2", "3"}
    page = await nurse.get(f"/@nuit/{above}")
    assert page.text.index("Le fil") < page.text.index("réponse numéro 199.")


async def test_depth_is_bounded(house: House, nurse: Visitor) -> None:
    above = root = await nurse.write("Le fil")
    for number in range(12):
        async with house.site.db.transaction() as tx:
            me = (await accounts.by_handle(tx, "nuit")).id
            above = await posts.publish(tx, me, Draft(text=f"plus bas {number}", parent_id=above))
    page = await nurse.get(f"/@nuit/{root}")
    assert [one["class"].rpartition("depth-")[2] for one in posts_of(page)][1:] == list("123456") + ["6"] * 6
    assert len(page.all("p", class_="to")) == 6, "where the place does not tell any more whom it answers, words do"
    assert "12 réponses en tout" in page.text.replace("\N{NO-BREAK SPACE}", " ")


async def test_an_answer_is_read_by_no_more_people_than_what_it_answers(
    nurse: Visitor, director: Visitor, visitor: Visitor
) -> None:
    post = await nurse.write("@garde entre nous", audience="direct")
    answer = await director.answer(f"/@nuit/{post}", "@nuit oui")
    await visitor.get(f"/@garde/{answer}", status=404)
    assert "oui" in (await nurse.get(f"/@nuit/{post}")).text


async def test_the_address_of_a_post_is_the_one_of_its_author(nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("chez moi")
    assert (await visitor.get(f"/@garde/{post}")).answer.url.path == f"/@nuit/{post}"
    await visitor.get(f"/@nuit/{post + 1}", status=404)
    await visitor.get("/@nuit/abc", status=404)
    await visitor.get("/@nuit/" + "9" * 30, status=404)


async def test_a_poll_is_read_as_bars(house: House, nurse: Visitor, visitor: Visitor) -> None:
    person = await house.person("sondeuse")
    other = await house.person("votante")
    body = {"status": "Le café ?", "poll": {"options": ["long", "<b>serré"], "expires_in": 3600}}
    made = await house.post("/api/v1/statuses", person, **body)
    await house.post(f"/api/v1/polls/{made['poll']['id']}/votes", other, choices=[1])
    page = await visitor.get(f"/@sondeuse/{made['id']}")
    assert [one["value"] for one in page.all("meter")] == ["0", "100"]
    assert "1 personne a voté" in page.text
    assert "<b>serré" in page.text


async def test_every_kind_can_be_chosen_and_filtered(nurse: Visitor, visitor: Visitor) -> None:
    kinds = [kind.value for kind in posts.OFFERED]
    for kind in kinds:
        await nurse.write(f"ceci est {kind}", kind=kind)
    for path in ("/local", "/@nuit"):
        for kind in kinds:
            page = await visitor.get(f"{path}?kind={kind}")
            assert [one["class"].split()[1] for one in posts_of(page)] == [f"kind-{kind}"]
    page = await nurse.get("/?kind=doubt")
    assert len(list(posts_of(page))) == 1
    assert Kind.DOUBT in kinds
    await visitor.get("/local?kind=scoop", status=422)


async def test_a_quoted_message_shows_in_its_frame_and_vanishes_when_taken_back(
    house: House, nurse: Visitor, visitor: Visitor
) -> None:
    author, other = await house.person("ana"), await house.person("bob")
    post = await house.say(author, "Une <b>nuit</b> calme. " + LONG, quote_approval_policy="public", spoiler_text="Attention")
    quoting = await house.say(other, "À lire", quoted_status_id=post["id"])
    address = f"/@bob/{quoting['id']}"
    for page in (await visitor.get(address), await visitor.get("/local"), await nurse.get(address)):
        assert page.all("blockquote", class_="quoted", cite=f"/@ana/{post['id']}")
        assert "Une <b>nuit</b> calme" in page.text
        assert "Attention" in page.text
    await house.post(f"/api/v1/accounts/{author.id}/block", other)
    page = await visitor.get(address)
    assert not page.all("blockquote")
    assert "La personne citée a retiré cette citation." in page.text
    assert "calme" not in page.text
    await house.post(f"/api/v1/accounts/{author.id}/unblock", other)
    await house.call("DELETE", f"/api/v1/statuses/{post['id']}", author)
    page = await visitor.get(address)
    assert "Le message cité a été effacé." in page.text
    assert "calme" not in page.text
