"""Conversations by pages: who takes part, the last word, opened, answered, marked as read, put away."""

from __future__ import annotations

from tests.support.house import House
from tests.web.visitor import Visitor, posts


async def test_a_conversation_is_opened_answered_and_put_away(house: House, nurse: Visitor) -> None:
    ana = await house.person("ana")
    assert "Aucune conversation" in (await nurse.get("/conversations")).text
    first = await house.say(ana, "@nuit tu as une minute ?", visibility="direct")
    await house.say(ana, "@nuit une remarque publique", in_reply_to_id=first["id"], visibility="public")
    page = await nurse.get("/conversations")
    assert "tu as une minute ?" in page.text
    assert "pourrait techniquement les lire" in page.text
    assert len(page.all("li", class_="fresh")) == 1
    (path,) = [link for link in page.links if link.startswith("/conversations/")]
    for _ in range(2):
        page = await nurse.get(path)
    assert len(list(posts(page))) == 1
    form = next(form for form in page.forms if form.values.get("gesture") == "read")
    answer = await nurse.client.post(path, data=form.values)
    assert answer.status_code == 303
    assert not (await nurse.get("/conversations")).all("li", class_="fresh")
    await nurse.get(path)
    sent = await nurse.post("/ecrire", text="@ana oui, dis-moi")
    assert (sent.status_code, sent.headers["location"].partition("#")[0]) == (303, path)
    page = await nurse.get(path)
    assert "oui, dis-moi" in page.text
    said = (await house.get("/api/v1/conversations", ana))[0]["last_status"]
    assert (said["visibility"], said["in_reply_to_id"]) == ("direct", first["id"])
    away = next(form for form in page.forms if ("gesture", "away") in form.buttons)
    await nurse.client.post(path, data=away.values | {"gesture": "away"})
    assert "Aucune conversation" in (await nurse.get("/conversations")).text
    await house.say(ana, "@nuit merci", in_reply_to_id=said["id"], visibility="direct")
    page = await nurse.get("/conversations")
    assert "merci" in page.text
    assert "@nuit merci" not in page.text, "a list says what was said, not to whom"


async def test_nobody_opens_the_conversation_of_others(house: House, nurse: Visitor) -> None:
    ana = await house.person("ana")
    await house.person("bob")
    first = await house.say(ana, "@bob entre nous", visibility="direct")
    await nurse.get(f"/conversations/{first['id']}", 404)
    await nurse.get("/conversations/1", 404)
    assert "entre nous" not in (await nurse.get("/conversations")).text


async def test_a_reader_reads_and_is_not_asked_to_write(house: House, reader: Visitor) -> None:
    ana = await house.person("ana")
    await house.say(ana, "@lectrice bonsoir", visibility="direct")
    page = await reader.get("/conversations")
    (path,) = [link for link in page.links if link.startswith("/conversations/")]
    page = await reader.get(path)
    assert "bonsoir" in page.text
    assert not [form for form in page.forms if form.action == "/ecrire"]


async def test_many_names_make_way_for_what_is_said(house: House, nurse: Visitor) -> None:
    crowd = [f"veilleur_{number}" for number in range(6)]
    tokens = [await house.person(handle) for handle in crowd]
    named = " ".join(f"@{handle}" for handle in crowd[1:])
    said = await house.say(tokens[0], f"{named} @nuit À quelle heure ?", visibility="direct")
    listed = await nurse.get("/conversations")
    assert "veilleur_0, veilleur_1 et 4 autres" in listed.text
    assert "veilleur_0 : À quelle heure ?" in listed.text
    (path,) = [link for link in listed.links if link.startswith("/conversations/")]
    opened = await nurse.get(path)
    assert "veilleur_0, veilleur_1, veilleur_2 et 3 autres" in opened.text
    assert "à @veilleur_1, @veilleur_2 et 4 autres" in opened.text
    assert set(opened.links) >= {f"/@{handle}" for handle in crowd}, "all are named, and one goes to each"
    for page in (f"/@veilleur_0/{said['id']}", f"/@veilleur_0/{said['id']}/lire"):
        assert "à @veilleur_1, @veilleur_2 et 4 autres" in (await nurse.get(page)).text
