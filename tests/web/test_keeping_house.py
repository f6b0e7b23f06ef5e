"""What hosts change in the house: announcements that everybody reads, emojis, other servers; its health, its journal."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from salledepause.features import emojis
from salledepause.kernel import jobs
from tests.mastodon.admin import journal
from tests.support.house import House
from tests.web.keepers import keeper, press, undo
from tests.web.visitor import Page, Visitor


def picture(size: tuple[int, int] = (64, 64)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "PNG")
    return written.getvalue()


async def announce(host: Visitor, gesture: str = "publish", status: int = 200, **values: str) -> Page:
    await host.get("/maison/annonces/nouvelle")
    return await host.submit("/maison/annonces/nouvelle", button=("gesture", gesture), status=status, **values)


async def test_an_announcement_is_seen_first_kept_then_published_and_read_by_all(house: House, visitor: Visitor) -> None:
    async with keeper(house, "veilleuse") as host, keeper(house, "membre", "member") as member:
        page = await announce(host, "preview", text="Coupure <b>jeudi</b> #garde", starts="2026-12-03T03:00")
        assert "Aperçu" in page.text
        assert "Coupure <b>jeudi</b>" in page.text
        assert "Le jeudi 3 décembre 2026 à 3 h 00" in page.text
        page = await host.submit("/maison/annonces/nouvelle", button=("gesture", "draft"))
        assert "Le brouillon est gardé." in page.text
        assert "Coupure" not in (await member.get("/")).text
        draft = next(link for link in page.links if link.startswith("/maison/annonces/") and link[-1].isdigit())
        page = await host.get(draft)
        assert page.form(draft).values["starts"] == "2026-12-03T03:00"
        await host.submit(draft, button=("gesture", "publish"), text="Coupure jeudi.", ends="2999-01-01T00:00", status=422)
        page = await host.submit(draft, button=("gesture", "publish"), ends="")
        assert "L'annonce est publiée." in page.text
        for who in (member, host, visitor):
            assert "Coupure jeudi." in (await who.get("/")).text
    assert [act for _, act, _, _ in await journal(house)] == ["draft_announcement", "rewrite_announcement", "announce"]


async def test_members_react_and_put_away_without_being_named(house: House, visitor: Visitor) -> None:
    async with keeper(house, "veilleuse") as host, keeper(house, "lectrice", "member", "reader") as reader:
        await announce(host, text="Bienvenue !")
        page = await reader.get("/")
        action = next(form.action for form in page.forms if form.action.endswith("/reactions"))
        at = action.removesuffix("/reactions")
        page = await react(reader, action, "🎉")
        assert page.all("button", value="🎉", aria_pressed="true")
        page = await host.get("/")
        assert page.all("button", value="🎉", aria_pressed="false")
        assert "lectrice" not in page.text
        assert "🎉 1" in (await visitor.get("/annonces")).text
        page = await react(reader, action, "🎉")
        assert not page.all("button", value="🎉", aria_pressed="true")
        await reader.get("/")
        page = await reader.submit(f"{at}/lue")
        assert "elle reste lisible" in page.text
        assert "Bienvenue" not in page.text
        assert "Bienvenue" in (await reader.get("/annonces")).text
        assert (await press(reader, action, name="pas un émoji", back="/")).answer.status_code == 422


async def react(who: Visitor, action: str, name: str) -> Page:
    page = await press(who, action, "/", name=name, back="/")
    assert page.answer.headers["location"].startswith("/#annonce-")
    return await who.get("/")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"text": " "}, "texte: Écrivez l'annonce."),
        ({"text": "a" * 5001}, "texte: Annonce trop longue"),
        ({"text": "Oui", "starts": "demain"}, "debut: Date illisible"),
        ({"text": "Oui", "starts": "0001-01-01T00:00"}, "debut: Date illisible"),
        ({"text": "Oui", "ends": "9999-12-31T23:59"}, "fin: Date illisible"),
        ({"text": "Oui", "starts": "2026-12-03T03:00", "ends": "2026-12-02T03:00"}, "fin: Une annonce finit après son début."),
    ],
)
async def test_what_is_wrong_stays_typed_and_says_why(house: House, values: dict[str, str], told: str) -> None:
    async with keeper(house, "veilleuse") as host:
        page = await announce(host, "publish", 422, **values)
        field, _, words = told.partition(": ")
        assert words in page.text
        assert f"#{field}" in page.links
        assert page.form("/maison/annonces/nouvelle").values["starts"] == values.get("starts", "")
        assert await journal(house) == []


async def test_an_announcement_is_withdrawn_once_it_is_sure(house: House) -> None:
    async with keeper(house, "veilleuse") as host:
        page = await announce(host, text="Erreur")
        action = next(form.action for form in page.forms if form.action.endswith("/retirer"))
        assert "Cela ne se défait pas" in (await host.submit(action)).text
        assert "Erreur" in (await host.get("/")).text
        await host.get("/maison/annonces")
        await host.submit(action)
        page = await host.submit(action)
        assert "L'annonce est retirée." in page.text
        assert "Rien d'annoncé" in page.text


async def send_emoji(host: Visitor, code: str, body: bytes, category: str = "") -> Page:
    page = await host.get("/maison/emojis/nouveau")
    sent = page.form("/maison/emojis/nouveau").values | {"code": code, "category": category}
    answer = await host.client.post("/maison/emojis/nouveau", data=sent, files={"file": ("x.png", body)}, follow_redirects=True)
    return Page(answer)


async def test_an_emoji_is_added_sorted_and_taken_back(house: House) -> None:
    async with keeper(house, "veilleuse") as host:
        page = await send_emoji(host, ":tasse:", picture(), "La salle")
        assert "L'émoji :tasse: est là." in page.text
        assert "La salle" in page.text
        (image,) = page.all("img", width="40")
        assert (await host.client.get(image["src"])).status_code == 200
        await host.get("/maison/emojis")
        page = await host.submit("/maison/emojis/tasse/categorie", category="Café")
        assert "Café" in page.text
        page = await host.submit("/maison/emojis/tasse/repos")
        assert "les textes montrent son code" in page.text
        assert await house.get("/api/v1/custom_emojis") == []
        page = await undo(host)
        assert [one["shortcode"] for one in await house.get("/api/v1/custom_emojis")] == ["tasse"]
        page = await host.submit("/maison/emojis/tasse/retirer")
        assert "gardent son code" in page.text
        page = await host.submit("/maison/emojis/tasse/retirer")
        assert "Aucun émoji de la maison" in page.text
        assert (await host.client.get(image["src"])).status_code == 404
    assert [(act, what) for _, act, what, _ in await journal(house)] == [
        ("add_emoji", "tasse"),
        ("sort_emoji", "tasse"),
        ("rest_emoji", "tasse"),
        ("wake_emoji", "tasse"),
        ("remove_emoji", "tasse"),
    ]


async def test_an_emoji_that_cannot_be_leaves_nothing(house: House) -> None:
    async with keeper(house, "veilleuse") as host:
        await send_emoji(host, "tasse", picture())
        files = set(house.site.blobs.older(-1))
        for code, body, told in (
            ("tasse", picture(), "déjà celui d'un émoji"),
            ("é", picture(), "Un code d'émoji"),
            ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mage"),
            ("vide", b"", "Joignez une image."),
            ("lourd", b"\0" * (emojis.PICTURE_BYTES + 1), "trop lourde"),
        ):
            page = await send_emoji(host, code, body)
            assert page.answer.status_code == 422, code
            assert told in page.text
            assert page.form("/maison/emojis/nouveau").values["code"] == code
        assert set(house.site.blobs.older(-1)) == files


async def test_a_rule_is_set_changed_dropped_and_set_again(house: House) -> None:
    async with keeper(house, "veilleuse") as host:
        await host.get("/maison/serveurs/nouveau")
        page = await host.submit("/maison/serveurs/nouveau", domain="Ailleurs.test", severity="suspend", reject_media="1")
        assert "La règle pour ailleurs.test est posée." in page.text
        at = next(link for link in page.links if link.startswith("/maison/serveurs/") and link[-1].isdigit())
        page = await host.get(at)
        assert page.form(at).values["reject_media"] == "1"
        values = {"csrf": page.form(at).values["csrf"], "severity": "noop", "private_comment": "Vu avec eux."}
        await host.client.post(at, data=values)
        page = await host.get(at)
        assert "reject_media" not in page.form(at).values
        assert page.form(at).values["private_comment"] == "Vu avec eux."
        await host.get("/maison/serveurs")
        page = await host.submit(f"{at}/retirer")
        assert "Il n'y a plus de règle pour ailleurs.test." in page.text
        page = await undo(host)
        assert "La règle pour ailleurs.test est posée." in page.text
        for domain, told in (
            ("", "Donnez le nom de domaine"),
            ("salle.test", "ne se bloque pas"),
            ("ailleurs.test", "déjà une règle"),
        ):
            await host.get("/maison/serveurs/nouveau")
            page = await host.submit("/maison/serveurs/nouveau", domain=domain, status=422)
            assert told in page.text


LIST = b"""\xef\xbb\xbf#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
un.test,suspend,TRUE,false,"Du bruit, encore",False
deux.test,silence,false,false,,true
trois.test,dragon,false,false,,false
pas un domaine,suspend,false,false,,false
un.test,suspend,false,false,,false
"""


async def test_a_list_of_mastodon_comes_in_and_goes_out(house: House) -> None:
    async with keeper(house, "veilleuse") as host:
        page = await _bring(host, LIST)
        assert "2 règles posées, 1 déjà là, 2 lignes laissées de côté" in page.text
        sent = await host.client.get("/maison/serveurs.csv")
        assert sent.headers["content-type"].startswith("text/csv")
        assert sent.text.splitlines() == [
            "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate",
            "deux.test,silence,false,false,,true",
            'un.test,suspend,true,false,"Du bruit, encore",false',
        ]
        for body in (
            b"",
            b"a,b\n1,2\n",
            b"\xff\xfe\x00",
            b"#domain\n" + b"a.test\n" * 5001,
            b'#domain\n"' + b"a" * 140_000 + b'"\n',
        ):
            assert (await _bring(host, body)).answer.status_code in {200, 422}
        assert len((await host.client.get("/maison/serveurs.csv")).text.splitlines()) == 3


async def _bring(host: Visitor, body: bytes) -> Page:
    page = await host.get("/maison/serveurs")
    sent = page.form("/maison/serveurs/liste").values
    return Page(
        await host.client.post("/maison/serveurs/liste", data=sent, files={"file": ("x.csv", body)}, follow_redirects=True)
    )


async def test_health_tells_what_failed_and_tries_again(house: House) -> None:
    async with house.site.db.transaction() as tx:
        await house.site.jobs.defer(tx, "posts.end_poll", {"post_id": 1})
        await house.site.jobs.defer(tx, "posts.end_poll", {"post_id": 2})
        await tx.run("UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'post_id' = '1'")
        await tx.run("UPDATE procrastinate_events SET at = now() - interval '1 hour'")
    async with keeper(house, "veilleuse") as host:
        page = await host.get("/maison")
        assert "posts.end_poll 1 1 0 1" in page.text
        page = await host.submit("/maison/travaux")
        assert "Remis en route : 1." in page.text
        async with house.site.db.reading() as tx:
            assert await jobs.standings(tx) == [jobs.Standing("posts.end_poll", 2, 1, 0, 0)]
        await press(host, "/maison/travaux", name="inconnu")
        assert "Rien n'attendait plus d'être repris." in (await host.get("/maison")).text
    assert await journal(house) == [("veilleuse", "retry_jobs", "posts.end_poll", "")]


async def test_the_week_counts_everybody_together_and_names_nobody(house: House) -> None:
    for name in ("ada", "ben"):
        await house.say(await house.person(name), "Bonjour")
    await house.person("lit", mode="reader")
    async with keeper(house, "veilleuse") as host:
        page = await host.get("/maison")
        today = page.text.partition("arrivées ")[2].split()
        assert today[4:7] == ["2", "2", "4"]
        assert not [name for name in ("@ada", "@ben", "@lit") if name in page.text]


async def test_the_journal_is_by_day_and_texts_say_where_they_are_changed(house: House) -> None:
    one = await house.person("tapageur")
    async with keeper(house, "veilleuse") as host:
        await press(host, f"/maison/comptes/{one.id}", measure="silence", reason="Règle 2.")
        page = await host.get("/maison/journal")
        assert "@veilleuse a limité @tapageur (signalement)" not in page.text
        assert "@veilleuse a limité @tapageur" in page.text
        assert "Règle 2." in page.text
        assert len(page.all("time")) == 1
        page = await host.get("/maison/textes")
        assert "SALLEDEPAUSE_REGISTRATION" in page.text
        assert "ouvertes à tout le monde" in page.text
        assert "On ne reconnaît personne." in page.text
