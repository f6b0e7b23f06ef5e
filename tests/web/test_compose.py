"""The composer by plain forms: long texts, media, polls, quotes, hours to come, second thoughts; nothing lost, nothing twice."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from salledepause.kernel import clock
from salledepause.surfaces.web.writing import Form
from tests.support.house import House
from tests.web.visitor import Page, Visitor, posts

LONG = "Une phrase de la nuit qui se termine. " * 30
PUBLISH, PREVIEW, MORE = ("step", "publish"), ("step", "preview"), ("step", "more")


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), (240, 180, 90)).save(drawn, "PNG")
    return drawn.getvalue()


async def attach(someone: Visitor, *files: bytes, status: int = 200, **values: str) -> Page:
    """Choose files and press « Joindre » on the form that is open."""
    held = {name: value for name, value in someone.page.form("/ecrire").values.items() if name != "files[]"}
    sent = [("files[]", (f"{place}.png", one, "image/png")) for place, one in enumerate(files)]
    answer = await someone.client.post("/ecrire/medias", data=held | values, files=sent)
    assert answer.status_code == status, answer.text[-500:]
    someone.page = Page(answer)
    return someone.page


def media_of(page: Page) -> list[str]:
    return [one["data-medium"] for one in page.all("figure", class_="medium")]


async def count(someone: Visitor, handle: str = "nuit") -> int:
    return len(list(posts(await someone.get(f"/@{handle}"))))


async def test_a_long_text_is_shown_both_ways_before_anything_leaves(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=PUBLISH, text=LONG, kind="story")
    assert "Un seul message, qui se déplie" in page.text
    assert "Un fil de 5 messages" in page.text
    assert "5/5" in page.text
    assert page.form("/ecrire").values["shape"] == "unfold"
    assert page.form("/ecrire").values["text"] == LONG
    assert await count(nurse) == 0


async def test_it_becomes_one_message_that_unfolds(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.get("/ecrire")
    await nurse.submit("/ecrire", button=PUBLISH, text=LONG)
    await nurse.submit("/ecrire", button=PUBLISH, shape="unfold")
    page = await visitor.get("/local")
    assert len(list(posts(page))) == 1
    assert page.all("details", class_="fold")


async def test_it_becomes_a_thread_once(nurse: Visitor, visitor: Visitor) -> None:
    await nurse.get("/ecrire")
    preview = await nurse.submit("/ecrire", button=PUBLISH, text=LONG, kind="story", warning="Long")
    answer = await nurse.post("/ecrire", button=PUBLISH, shape="thread")
    again = await nurse.post("/ecrire", button=PUBLISH, shape="thread")
    assert answer.status_code == 303
    assert again.headers["location"] == answer.headers["location"]
    root = answer.headers["location"].rpartition("#p")[2]
    page = await visitor.get(f"/@nuit/{root}")
    assert len(list(posts(page))) == 5
    assert {one["class"].split()[1] for one in posts(page)} == {"kind-story"}
    assert "Long" in page.text
    assert [f"{place}/5" in page.text for place in range(1, 6)] == [True] * 5
    assert preview.answer.status_code == 200


async def test_a_thread_is_published_whole_or_not_at_all(house: House, nurse: Visitor) -> None:
    many = " ".join(f"Une phrase assez longue avec #mot{number} dedans." for number in range(90))
    one_too_many = " ".join(f"#t{number}" for number in range(31))
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=PREVIEW, text=f"{many} {one_too_many}")
    page = await nurse.submit("/ecrire", button=PUBLISH, shape="thread", status=422)
    assert "mots-dièse" in page.text
    assert await count(nurse) == 0
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM idempotency") == 0


async def test_a_doubt_unfolds_and_is_never_cut(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=PUBLISH, text=LONG, kind="doubt")
    assert "Un fil de" not in page.text
    assert page.form("/ecrire").values["shape"] == "unfold"
    page.form("/ecrire").values["shape"] = "thread"
    page = await nurse.submit("/ecrire", button=PUBLISH, status=422)
    assert "Un doute reste d'un seul tenant" in page.text
    assert await count(nurse) == 0


async def test_the_preview_tells_who_will_read_and_in_which_language(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit(
        "/ecrire", button=PREVIEW, text="Tonight I am on call and there is no coffee.", audience="followers"
    )
    assert "Ne se lit que par les personnes qui vous suivent." in page.text
    assert "Langue : anglais." in page.text
    assert await count(nurse) == 0


@pytest.mark.parametrize(
    ("text", "chosen", "language"),
    [
        ("Tonight I am on call and there is no coffee left.", "", "en"),
        ("Tonight I am on call and there is no coffee left.", "fr", "fr"),
        ("Bonsoir", "", "fr"),
    ],
)
async def test_the_language_is_guessed_or_chosen(house: House, nurse: Visitor, text: str, chosen: str, language: str) -> None:
    post = await nurse.write(text, language=chosen)
    assert (await house.get(f"/api/v1/statuses/{post}"))["language"] == language


async def test_the_short_form_leads_to_the_whole_one_and_keeps_what_was_typed(nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/")
    page = await nurse.submit("/ecrire", button=MORE, text="Ceci reste", kind="rant", warning="Oh")
    form = page.form("/ecrire")
    assert (form.values["text"], form.values["kind"], form.values["warning"]) == ("Ceci reste", "rant", "Oh")
    assert "at" in form
    post = await nurse.write("Une opinion")
    await director.get(f"/@nuit/{post}")
    page = await director.submit("/ecrire", button=MORE, text="@nuit oui")
    assert page.form("/ecrire").values["answering"] == str(post)
    await director.submit("/ecrire", button=PUBLISH)
    assert director.page.answer.url.path == f"/@nuit/{post}"
    assert len(list(posts(director.page))) == 2


async def test_pictures_are_joined_described_ordered_and_taken_off(house: House, nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await attach(nurse, picture(), picture(), text="Regardez", kind="victory")
    first, second = media_of(page)
    assert page.form("/ecrire").values["text"] == "Regardez"
    page = await attach(nurse, forward=second)
    assert media_of(page) == [second, first]
    page = await attach(nurse, remove=first)
    assert media_of(page) == [second]
    described: dict[str, Any] = {f"media[{second}][description]": "Un gâteau", f"media[{second}][focus]": "top"}
    page = await nurse.submit("/ecrire", button=PUBLISH, **described)
    assert "Votre message est publié." in page.text
    [post] = posts(page)
    status = await house.get(f"/api/v1/statuses/{post['id'][1:]}")
    [medium] = status["media_attachments"]
    assert medium["description"] == "Un gâteau"
    assert medium["meta"]["focus"] == {"x": 0.0, "y": 0.8}


async def test_a_picture_alone_is_a_message(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await attach(nurse, picture())
    [one] = media_of(page)
    described: dict[str, Any] = {f"media[{one}][description]": "La nuit"}
    await nurse.submit("/ecrire", button=PUBLISH, **described)
    assert await count(nurse) == 1


async def test_what_is_no_picture_is_refused_and_the_rest_stays(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await attach(nurse, picture(), b"<svg/>", status=422, text="Ceci reste")
    assert "n'est pas une image" in page.text
    assert len(media_of(page)) == 1
    assert page.form("/ecrire").values["text"] == "Ceci reste"
    page = await attach(nurse, *[picture()] * 4, status=422)
    assert "Au plus 4 images" in page.text
    assert len(media_of(page)) == 4


async def test_a_file_that_did_not_come_is_told(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    nurse.page.form("/ecrire").values["files[]"] = "aube.png"
    page = await nurse.submit("/ecrire", button=PUBLISH, text="Avec une image", status=422)
    assert "n'est pas encore joint" in page.text
    assert await count(nurse) == 0


async def test_the_media_of_others_are_out_of_reach(nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/ecrire")
    [one] = media_of(await attach(nurse, picture()))
    await director.get("/ecrire")
    director.page.form("/ecrire").values[f"media[{one}][description]"] = "volée"
    page = await director.submit("/ecrire", button=PREVIEW, text="À moi")
    assert media_of(page) == []
    director.page.form("/ecrire").values[f"media[{one}][description]"] = "volée"
    await director.submit("/ecrire", button=PUBLISH, text="À moi", status=422)
    held = director.page.form("/ecrire").values
    assert (await director.client.post("/ecrire/medias", data=held | {"remove": one})).status_code == 404
    assert media_of(await attach(nurse)) == [one]


async def test_a_poll_is_asked(nurse: Visitor, visitor: Visitor) -> None:
    options = {"options[0]": "Long", "options[1]": "Serré"}
    post = await nurse.write("Le café ?", **options, lasts="3600", multiple="1")
    page = await visitor.get(f"/@nuit/{post}")
    assert "Long" in page.text
    assert "Serré" in page.text
    await nurse.get("/ecrire")
    alone: dict[str, Any] = {"options[0]": "Un"}
    page = await nurse.submit("/ecrire", button=PUBLISH, text="Seul ?", status=422, **alone)
    assert "Un sondage propose de 2 à 8 réponses." in page.text
    assert page.form("/ecrire").values["options[0]"] == "Un"


async def test_one_quotes_whom_agrees(nurse: Visitor, director: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("À citer")
    await director.get(f"/gestes/{post}")
    assert f"/ecrire?cite={post}" not in director.page.links
    await director.get(f"/ecrire?cite={post}", status=404)
    await nurse.get("/reglages")
    await nurse.submit("/reglages/citations", button=("quote_policy", "public"))
    post = await nurse.write("À citer vraiment")
    page = await director.get(f"/gestes/{post}")
    assert f"/ecrire?cite={post}" in page.links
    await director.get(f"/ecrire?cite={post}")
    await director.submit("/ecrire", button=PUBLISH, text="Bien dit")
    page = await visitor.get("/@garde")
    assert page.all("blockquote", class_="quoted", cite=f"/@nuit/{post}")
    for wrong in ("0", "abc", "9" * 30):
        await director.get(f"/ecrire?cite={wrong}", status=404)


def tomorrow(**more: int) -> datetime:
    return (clock.now() + timedelta(days=1, **more)).astimezone(clock.PARIS).replace(hour=9, minute=30, second=0, microsecond=0)


async def test_a_message_waits_for_its_hour_and_comes_back(nurse: Visitor) -> None:
    at = tomorrow()
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=PUBLISH, text="Pour demain", kind="info", at=f"{at:%Y-%m-%dT%H:%M}")
    assert "Votre message partira le" in page.text
    assert "à 9 h 30" in page.text
    assert "Pour demain" in page.text
    assert await count(nurse) == 0
    page = await nurse.get("/ecrire/programmes")
    [action] = [form.action for form in page.forms if form.action.startswith("/ecrire/programmes/")]
    page = await nurse.submit(action, button=("gesture", "reopen"))
    form = page.form("/ecrire")
    assert (form.values["text"], form.values["kind"]) == ("Pour demain", "info")
    assert form.values["at"] == f"{at:%Y-%m-%dT%H:%M}"
    assert "Rien n'est programmé" in (await nurse.get("/ecrire/programmes")).text


async def test_what_is_planned_is_ones_own(nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=PUBLISH, text="Pour demain", at=f"{tomorrow():%Y-%m-%dT%H:%M}")
    page = await nurse.get("/ecrire/programmes")
    [action] = [form.action for form in page.forms if form.action.startswith("/ecrire/programmes/")]
    await director.get("/ecrire")
    word = director.page.form("/ecrire").values["csrf"]
    assert (await director.client.post(action, data={"csrf": word, "gesture": "forget"})).status_code == 404
    assert "Pour demain" not in (await director.get("/ecrire/programmes")).text
    page = await nurse.submit(action, button=("gesture", "forget"))
    assert "Ce message ne partira pas." in page.text


@pytest.mark.parametrize("at", ["hier", "0001-01-01T00:00", "9999-12-31T23:59", "2020-01-01T10:00", "2026-13-01T10:00"])
async def test_an_hour_that_cannot_be_is_refused(nurse: Visitor, at: str) -> None:
    await nurse.get("/ecrire")
    page = await nurse.submit("/ecrire", button=PUBLISH, text="Quand ?", at=at, status=422)
    assert page.form("/ecrire").values["text"] == "Quand ?"


def test_an_hour_that_the_clocks_leap_over_is_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 1, tzinfo=UTC))
    hours = {"2027-03-28T01:30": "00:30", "2027-03-28T02:30": "01:30", "2027-03-28T03:30": "01:30", "2027-10-31T02:30": "00:30"}
    for typed, utc in hours.items():
        instant = Form(at=typed).instant
        assert instant is not None
        assert f"{instant.astimezone(UTC):%H:%M}" == utc, typed


async def test_a_message_just_sent_comes_back_to_its_form(nurse: Visitor, director: Visitor) -> None:
    await nurse.get("/ecrire")
    [one] = media_of(await attach(nurse, picture()))
    said: dict[str, Any] = {f"media[{one}][description]": "La salle"}
    page = await nurse.submit(
        "/ecrire", button=PUBLISH, text="Trop vite", kind="rant", warning="Ouf", **{**said, "options[0]": ""}
    )
    assert page.undo.action == "/ecrire/reprendre"
    answer = await nurse.client.post(page.undo.action, data=page.undo.values)
    page = nurse.page = Page(answer)
    assert answer.status_code == 200
    form = page.form("/ecrire")
    assert (form.values["text"], form.values["kind"], form.values["warning"]) == ("Trop vite", "rant", "Ouf")
    assert form.values[f"media[{one}][description]"] == "La salle"
    assert await count(nurse) == 0
    nurse.page = page
    await nurse.submit("/ecrire", button=PUBLISH, text="Mieux dit")
    assert "Mieux dit" in (await director.get("/local")).text


async def test_a_thread_comes_back_whole(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    await nurse.submit("/ecrire", button=PUBLISH, text=LONG)
    page = await nurse.submit("/ecrire", button=PUBLISH, shape="thread")
    page = Page(await nurse.client.post("/ecrire/reprendre", data=page.undo.values))
    assert page.form("/ecrire").values["text"].split() == LONG.split()
    assert await count(nurse) == 0


async def test_nobody_takes_back_what_others_said(nurse: Visitor, director: Visitor) -> None:
    post = await nurse.write("À moi")
    mine = await director.write("À moi aussi")
    word = director.page.form("/ecrire").values["csrf"]
    for wanted in (f"{post}", f"{mine} {post}", "", "abc", "9" * 40):
        answer = await director.client.post("/ecrire/reprendre", data={"csrf": word, "ids": wanted})
        assert answer.status_code == 404, wanted
    assert await count(nurse) == 1
    assert await count(nurse, "garde") == 1


async def test_a_retry_that_says_something_else_is_not_lost(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    form = nurse.page
    await nurse.post("/ecrire", button=PUBLISH, text="Première version")
    nurse.page = form
    page = await nurse.submit("/ecrire", button=PUBLISH, text="Deuxième version", status=422)
    assert "Une autre version" in page.text
    assert page.form("/ecrire").values["text"] == "Deuxième version"
    await nurse.submit("/ecrire", button=PUBLISH)
    assert await count(nurse) == 2


async def test_a_script_is_told_where_the_message_is(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    held = nurse.page.form("/ecrire").values | {"text": "Par un script", "step": "publish"}
    answers = [await nurse.client.post("/ecrire", data=held, headers={"x-fragment": "envoi"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await count(nurse) == 1


async def test_readers_and_visitors_write_nothing(reader: Visitor, visitor: Visitor) -> None:
    await reader.get("/reglages")
    word = reader.page.forms[0].values["csrf"]
    for path in ("/ecrire", "/ecrire/medias", "/ecrire/programmes/1"):
        assert (await reader.client.post(path, data={"csrf": word, "text": "x"})).status_code == 403, path
    await reader.get("/ecrire/programmes", status=403)
    assert (await visitor.client.get("/ecrire/programmes")).headers["location"].startswith("/connexion")


HOSTILE = (
    {"media": "x"},
    {"media[abc][description]": "x"},
    {"media[1][description]": "x"},
    {"media[-1][description]": "x"},
    {"answering": "abc"},
    {"answering": "9" * 40},
    {"quoting": "abc"},
    {"options[0][a]": "x"},
    {"lasts": "9" * 15, "options[0]": "a", "options[1]": "b"},
    {"lasts": "abc"},
    {"shape": "ronde"},
    {"step": "danse"},
    {"language": "klingon des montagnes"},
    {"kind": "scoop"},
    {"audience": "mars"},
)


@pytest.mark.parametrize("wrong", HOSTILE, ids=str)
@pytest.mark.parametrize("path", ["/ecrire", "/ecrire/medias"])
async def test_a_form_that_no_page_holds_is_refused_in_peace(nurse: Visitor, path: str, wrong: dict[str, str]) -> None:
    await nurse.get("/ecrire")
    answer = await nurse.client.post(path, data=nurse.page.form("/ecrire").values | {"text": "x"} | wrong)
    assert answer.status_code < 500, answer.text[-300:]
    if path == "/ecrire":
        assert answer.status_code >= 400, answer.status_code
        assert await count(nurse) == 0
