"""Thanks on the web, without a script: chosen in the form, read by anybody, printed, counted on the page of each team."""

from __future__ import annotations

import io
import re

import msgspec
from PIL import Image

from salledepause.features import accounts, graph, sources
from salledepause.kernel.config import Settings
from salledepause.kernel.postcard import BOX, Postcard, drawable, lines, png
from salledepause.kernel.postcard_pdf import pdf
from salledepause.surfaces.limits import DOORS
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import Visitor, posts, visiting

REGISTER = """id,hospital_name,site_name,postcode,city
660000092,CENTRE HOSPITALIER SPECIALISE LEON JEAN GREGORY THUIR,,66301,THUIR
"""
CHOOSE = "/ecrire/destinataires"
NEWBORN = "Un nouveau-né va bien ce soir. Le SAMU et les pompiers sont venus à deux camions dans la neige."


async def press(who: Visitor, name: str = "", value: str = "", **typed: str) -> None:
    """Press a button of the part « À qui ? » of the form that is open."""
    form = who.page.form("/ecrire")
    assert not name or (name, value) in form.buttons, form.buttons
    answer = await who.client.post(CHOOSE, data=form.values | typed | ({name: value} if name else {}))
    assert answer.status_code == 200, answer.text[-400:]
    who.page = type(who.page)(answer)


async def test_one_author_two_organisations_one_newborn_one_victory(house: House, nurse: Visitor, visitor: Visitor) -> None:
    await nurse.get("/ecrire")
    await press(nurse, text=NEWBORN, kind="victory", whom="SAMU 66")
    await press(nurse, "thank", "SAMU 66")
    assert nurse.page.form("/ecrire").values["text"] == NEWBORN
    assert nurse.page.form("/ecrire").values["thanks[0]"] == "SAMU 66"
    made = await nurse.send(NEWBORN, kind="victory", whom="Pompiers de Thuir")  # typed, not yet chosen: it counts
    page = await visitor.get(f"/@nuit/{made}")
    assert "Grâce à SAMU 66 Pompiers de Thuir" in page.text
    picture = next(one["content"] for one in page.all("meta", property="og:image"))
    assert picture == f"https://salle.test/@nuit/{made}/carte.png"
    answer = await visitor.client.get(picture)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert f"/@nuit/{made}/carte.pdf" in page.links
    printed = await visitor.client.get(f"/@nuit/{made}/carte.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    teams = [link for link in page.links if link.startswith("/equipes/")]
    assert len(teams) == 2
    for team in teams:
        page = await visitor.get(team)
        assert "1 merci ou victoire" in page.text
        assert [one["id"] for one in posts(page)] == [f"p{made}"]
    assert "victories" not in page.text
    english = await visitor.client.get(teams[0], headers={"accept-language": "en"})
    assert "1 thank-you or victory" in english.text
    assert house


async def test_recipients_are_found_chosen_taken_off_and_come_back_with_a_second_thought(house: House, nurse: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        await sources.write_register(tx, REGISTER)
    await house.person("amie")
    await nurse.get("/ecrire")
    await press(nurse, text="Merci.", kind="thanks", whom="chs thui")
    await press(nurse, "thank", "finess:660000092")
    await press(nurse, whom="@ami")
    await press(nurse, "thank", "@amie")
    await press(nurse, whom="Lingerie")
    await press(nurse, "thank", "Lingerie")
    await press(nurse, "unthank", "@amie")
    assert [one for name, one in nurse.page.form("/ecrire").values.items() if name.startswith("thanks[")] == [
        "finess:660000092",
        "Lingerie",
    ]
    made = await nurse.send("Merci.", kind="thanks", closed="1")
    page = await nurse.get(f"/@nuit/{made}")
    assert (await house.get(f"/api/v1/statuses/{made}"))["salledepause"]["closed"] is True
    async with visiting(house) as other:
        await other.sign_up("jour")
        closed = await other.get(f"/@nuit/{made}")
        assert "Réponses fermées par" in closed.text
        assert not [one for one in closed.forms if one.action == "/ecrire"]
    assert "Merci à Centre hospitalier spécialisé Leon Jean Gregory Thuir Thuir Lingerie" in page.text
    assert "/equipes/660000092" in page.links
    assert "/ecrire?merci=660000092" in (await nurse.get("/equipes/660000092")).links
    addressed = (await nurse.get("/ecrire?merci=660000092")).form("/ecrire").values
    assert (addressed["thanks[0]"], addressed["kind"]) == ("finess:660000092", "thanks")
    await nurse.get("/ecrire?merci=personne", status=404)
    word = (await nurse.get("/ecrire")).form("/ecrire").values["csrf"]
    answer = await nurse.client.post("/ecrire/reprendre", data={"csrf": word, "ids": str(made)})
    nurse.page = type(nurse.page)(answer)
    assert nurse.page.form("/ecrire").values["thanks[1]"] == "Lingerie"
    assert nurse.page.form("/ecrire").values["closed"] == "1"
    part = await nurse.client.post(CHOOSE, data={"csrf": word, "whom": "lin"}, headers={"x-fragment": "proposes"})
    assert "<html" not in part.text
    assert "« lin », tel quel" in part.text.replace("\u00a0", " ")


async def test_what_is_wrong_is_told_and_what_was_typed_stays(nurse: Visitor) -> None:
    await nurse.get("/ecrire")
    for whom, told in (
        ("@personne", "Personne ici"),
        ("x" * 200, "au plus 80 caractères"),
        ("🎉", "des lettres ou des chiffres"),
    ):
        page = await nurse.submit("/ecrire", text="Merci.", kind="thanks", whom=whom, status=422)
        assert told in page.text
        assert page.form("/ecrire").values["whom"] == whom
    made = await nurse.send("Râler.", kind="rant", whom="SAMU")  # this kind goes to nobody
    page = await nurse.get(f"/@nuit/{made}")
    assert not [link for link in page.links if link.startswith("/equipes/")]


async def test_cards_are_drawn_of_what_anybody_may_read_and_of_nothing_else(house: House, nurse: Visitor) -> None:
    author, other = await house.person("autrice"), await house.person("autre")
    shown = {"kind": "thanks", "thanks": ["SAMU"]}
    public = await house.say(author, "Merci.", salledepause=shown)
    private = await house.say(author, "Merci tout bas.", salledepause=shown, visibility="private")
    direct = await house.say(author, "Merci @autre.", salledepause=shown, visibility="direct")
    story = await house.say(author, "Une histoire.", salledepause={"kind": "story"})
    erased = await house.say(author, "Oups.", salledepause=shown)
    await house.call("DELETE", f"/api/v1/statuses/{erased['id']}", author)
    for kind in ("png", "pdf"):
        assert (await nurse.client.get(f"/@autrice/{public['id']}/carte.{kind}")).status_code == 200
        for one in (private, direct, story, erased):
            assert (await nurse.client.get(f"/@autrice/{one['id']}/carte.{kind}")).status_code == 404
        for path in (f"/@autre/{public['id']}", "/@autrice/0", "/@autrice/x", f"/@autrice/{'9' * 40}"):
            assert (await nurse.client.get(f"{path}/carte.{kind}")).status_code == 404
    async with house.site.db.transaction() as tx:
        me = await accounts.by_handle(tx, "nuit")
        await graph.block(tx, author.id, me.id)
    assert (await nurse.client.get(f"/@autrice/{public['id']}/carte.png")).status_code == 404
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, author.id)
    async with visiting(house) as stranger:
        assert (await stranger.client.get(f"/@autrice/{public['id']}/carte.pdf")).status_code == 404
    assert other


async def test_the_page_of_teams_begins_with_whoever_was_thanked_last(house: House, nurse: Visitor, visitor: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        await sources.write_register(tx, REGISTER)
    author = await house.person("autrice")
    for text, team, audience in (
        ("Merci deux fois.", "Équipe de la lingerie", "public"),
        ("Merci.", "Brancardage de nuit", "public"),
        ("Merci encore.", "Équipe de la lingerie", "public"),
        ("Merci tout bas.", "Équipe que nul ne connaît", "private"),
    ):
        await house.say(author, text, visibility=audience, salledepause={"kind": "thanks", "thanks": [team]})
    page = await visitor.get("/equipes")
    assert "Remerciées dernièrement Équipe de la lingerie Brancardage de nuit" in page.text
    assert "nul ne connaît" not in page.text
    found = await nurse.get("/equipes?q=brancardage")
    assert "Brancardage de nuit" in found.text
    assert not {"dernièrement", "lingerie"} & set(found.text.split())


async def test_drawing_is_counted_apart(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, rate_limit=300), recorder) as house:
        asked = [(await house.client.get("/@x/1/carte.png")).status_code for _ in range(DOORS["postcards"] + 1)]
        assert asked[-2:] == [404, 429]
        assert (await house.client.get("/equipes")).status_code == 200


def test_any_words_make_a_card_and_no_words_make_it_do_anything() -> None:
    hostile = "(\\) /JS << /OpenAction >> endstream endobj <b>&amp; \u202eécrit à l'envers\u202c 🎉 فريق الليل \u2066x"
    cards = [
        Postcard("Merci", hostile, (hostile, "x" * 10_000), "@" + "w" * 30, "Salle de pause", "https://salle.test/@a/1"),
        Postcard("Une victoire", "mot " * 2500, (), "@a", "Salle de pause", "https://salle.test/@a/1"),
        Postcard("Merci", "W" * 5000, tuple(f"équipe {one}" for one in range(12)), "@a", "S", "https://salle.test/@a/1"),
        Postcard("Merci", "\n\n\n", ("",), "", "", "https://salle.test/@a/1"),
    ]
    for card in cards:
        assert Image.open(io.BytesIO(png(card))).size == (1200, 630)
        made = pdf(card, "Au pied de la page.")
        assert made == pdf(card, "Au pied de la page.")
        bare = re.sub(rb"stream.*?endstream", b"", made, flags=re.DOTALL)
        assert not re.search(rb"/(JS|JavaScript|OpenAction|AA|Launch|EmbeddedFile|SubmitForm)\b", bare)
        assert len(re.findall(rb"/Type /Page\b", bare)) <= 40
    assert len(re.findall(rb"/Type /Page\b", pdf(cards[1], ""))) > 3  # a long text goes on
    assert drawable("Œuvre à 18 €\u202f! 🎉 ليل") == f"Œuvre à 18 €\u00a0!  {BOX * 3}"
    assert lines("un deux trois", len, 7) == ["un deux", "trois"]
    assert lines("x" * 25 + " y", len, 10) == ["x" * 10, "x" * 10, "xxxxx y"]


async def test_hosts_join_two_names_of_one_team_and_nobody_else_does(house: House, nurse: Visitor) -> None:
    author = await house.person("autrice")
    for name in ("SAMU 66", "Le SAMU des P.-O."):
        await house.say(author, f"Merci {name}", salledepause={"kind": "thanks", "thanks": [name]})
    await nurse.get("/maison/equipes", status=403)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET role = 'host' WHERE handle = 'nuit'")
        tx.touches_everything()
    await nurse.get("/maison/equipes?q=samu")
    first = next(link for link in nurse.page.links if link.startswith("/maison/equipes?equipe="))
    page = await nurse.get(f"{first}&q=samu")
    (form,) = [one for one in page.forms if one.action == "/maison/equipes" and one.method == "POST"]
    answer = await nurse.client.post("/maison/equipes", data=form.values)
    nurse.page = type(page)(answer)
    assert "Cela ne se défait pas." in nurse.page.text
    page = await nurse.submit("/maison/equipes")
    assert "2 mercis et victoires" in page.text
    assert "a réuni des équipes" in (await nurse.get("/maison/journal")).text
