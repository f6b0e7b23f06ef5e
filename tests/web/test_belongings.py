"""What is one's own: carried away once, brought in line by line, erased for good; nobody else's hands on it."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pytest

from salledepause.features import accounts, archives, graph
from salledepause.features.archives import What
from salledepause.kernel.page import Page as Cursor
from tests.support.house import House
from tests.web.visitor import PASSWORD, Page, Visitor, visiting

HERE = "/reglages/donnees"


async def bring(visitor: Visitor, what: str, table: bytes, status: int = 200) -> Page:
    """Send a table by the form; return the page that it leads to."""
    form = (await visitor.get(HERE)).form(f"{HERE}/reprise")
    sent = {"csrf": form.values["csrf"], "what": what}
    answer = await visitor.client.post(f"{HERE}/reprise", data=sent, files={"file": ("table.csv", table)}, follow_redirects=True)
    assert answer.status_code == status, answer.text[-400:]
    visitor.page = Page(answer)
    return visitor.page


def taking(page: Page) -> str:
    """Return where the archive of a page is taken."""
    (action,) = [form.action for form in page.forms if form.action.rpartition("/")[2].isdecimal()]
    return action


async def archive(house: House, visitor: Visitor) -> str:
    await visitor.get(HERE)
    await visitor.submit(f"{HERE}/archive")
    await house.site.jobs.run(wait=False)
    return taking(await visitor.get(HERE))


async def test_everything_is_carried_away_once(house: House, nurse: Visitor) -> None:
    await nurse.write("Ce que j'ai dit est à moi.")
    await nurse.get(HERE)
    page = await nurse.submit(f"{HERE}/archive")
    assert page.all("progress")
    assert "data-watch" in page.all("section", id="travaux")[0]
    await house.site.jobs.run(wait=False)
    page = await nurse.get(HERE)
    assert not page.all("progress")
    action = taking(page)
    answer = await nurse.post(action)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="salle-de-pause-nuit.zip"'
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
        assert "Ce que j'ai dit est" in held.read("outbox.json").decode()
        assert {"actor.json", "likes.json", "following_accounts.csv"} <= set(held.namelist())
    assert (await nurse.post(action)).status_code == 404
    assert list(archives_folder(house).glob("*")) == []
    assert "n'est plus sur le serveur" in (await nurse.get(HERE)).text


def archives_folder(house: House) -> Any:
    return house.site.settings.data / "archives"


async def test_nobody_takes_the_archive_of_another(house: House, nurse: Visitor, director: Visitor) -> None:
    action = await archive(house, nurse)
    word = (await director.get(HERE)).form(f"{HERE}/archive").values["csrf"]
    assert (await director.client.post(action, data={"csrf": word})).status_code == 404
    assert (await director.client.get(action)).status_code == 404
    assert (await nurse.client.post(action, data={"csrf": word})).status_code == 403
    assert (await nurse.post(action)).status_code == 200


async def test_an_archive_goes_after_a_week(house: House, nurse: Visitor) -> None:
    action = await archive(house, nurse)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE errands SET expires_at = now() - interval '1 second'")
    assert (await nurse.post(action)).status_code == 404
    await archives.sweep(house.site)
    (left,) = archives_folder(house).glob("*.zip")
    os.utime(left, (0, 0))
    await archives.sweep(house.site)
    assert not left.exists()


async def test_one_thing_at_a_time(house: House, nurse: Visitor) -> None:
    await nurse.get(HERE)
    await nurse.submit(f"{HERE}/archive")
    page = await nurse.submit(f"{HERE}/archive", status=409)
    assert "déjà un travail en cours" in page.text
    await bring(nurse, "blocks", b"garde@salle.test\n", status=409)


async def test_tables_come_in_with_a_result_for_each_line(house: House, nurse: Visitor, director: Visitor) -> None:
    table = b"Account address,Show boosts\ngarde@salle.test,true\npersonne@salle.test,true\nnuit@salle.test,true\n"
    page = await bring(nurse, "follows", table)
    assert "La reprise a commencé" in page.text
    await house.site.jobs.run(wait=False)
    page = await nurse.get(HERE)
    assert "Reprises : 1, Introuvables : 1, Refusées : 1" in page.text
    link = next(one for one in page.links if one.rpartition("/")[2].isdecimal())
    page = await nurse.get(link)
    assert "Ligne 3 : Cette personne n'est pas ici." in page.text
    assert "Ligne 4" in page.text
    async with house.site.db.reading() as tx:
        me, other = [(await accounts.by_handle(tx, one)).id for one in ("nuit", "garde")]
        assert (await graph.following(tx, me, me, Cursor(5))).items == [other]
        assert await tx.value("SELECT count(*) FROM errands WHERE given IS NOT NULL") == 0
    assert (await director.client.get(link)).status_code == 404


@pytest.mark.parametrize("what", [*What])
async def test_each_table_goes_out_and_comes_in_again(house: House, nurse: Visitor, director: Visitor, what: What) -> None:
    async with house.site.db.transaction() as tx:
        me, other = [(await accounts.by_handle(tx, one)).id for one in ("nuit", "garde")]
        await graph.follow(tx, me, other)
        held = await graph.create_list(tx, me, "Les miens")
        await graph.add_members(tx, me, held.id, [other])
        await graph.block_domain(tx, me, "ailleurs.example")
    answer = await nurse.client.get(f"{HERE}/{what}.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    if answer.content.count(b"\n"):
        await bring(nurse, what, answer.content)
        await house.site.jobs.run(wait=False)
        assert "Refusées" not in (await nurse.get(HERE)).text
    assert (await nurse.client.get(f"{HERE}/{what}.csv")).content == answer.content


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (b"", "Choisissez un fichier"),
        (b" \n \n", "n'est pas une table CSV"),
        (b"PK\x03\x04\x00\xff\xfe", "n'est pas une table CSV"),
        (b"garde@salle.test\x00\n", "n'est pas une table CSV"),
        (b"\xff\xfe" + "garde\n".encode("utf-16-le"), "n'est pas une table CSV"),
        (b"#domain\nailleurs.example\n", "est une autre table"),
        (b"a@b.example\n" * 20_001, "trop longue"),
    ],
)
async def test_a_hostile_table_is_refused_and_nothing_is_written(house: House, nurse: Visitor, table: bytes, told: str) -> None:
    page = await bring(nurse, "mutes", table, status=422)
    assert told in page.text
    assert page.form(f"{HERE}/reprise").values["what"] == "mutes"
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM errands") == 0


async def test_a_file_too_large_or_of_no_sort_is_refused(nurse: Visitor) -> None:
    await bring(nurse, "follows", b"a" * (archives.MOST_BYTES + 100_000) * 2, status=413)
    await bring(nurse, "passwords", b"garde@salle.test\n", status=422)
    assert (await nurse.client.get(f"{HERE}/passwords.csv")).status_code == 404
    assert (await nurse.client.get(f"{HERE}/0")).status_code == 404


async def test_strange_lines_are_told_and_hinder_nothing(house: House, nurse: Visitor, director: Visitor) -> None:
    lines = [b'"', b"=cmd|' /C calc'!A0", b"x" * 70_000, b"garde@salle.test", "é\u202e@salle.test".encode()]
    await bring(nurse, "blocks", b"\n".join(lines))
    await house.site.jobs.run(wait=False)
    page = await nurse.get(HERE)
    assert "Reprises : 1" in page.text


async def test_an_errand_that_fails_too_often_says_so(house: House, nurse: Visitor) -> None:
    await bring(nurse, "blocks", b"garde@salle.test\n")
    async with house.site.db.reading() as tx:
        errand_id = await tx.value("SELECT id FROM errands")
    await archives.give_up(house.site, errand_id)
    assert "Cela n'a pas marché" in (await nurse.get(HERE)).text
    await archives.run(house.site, errand_id)
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT state FROM errands") == "failed"


async def test_leaving_for_good_asks_first_and_leaves_nothing(house: House, nurse: Visitor, visitor: Visitor) -> None:
    post = await nurse.write("Je pars.")
    page = await nurse.get("/reglages/partir")
    assert "effacés tout de suite" in page.text
    page = await nurse.submit("/reglages/partir", handle="garde", password=PASSWORD, status=422)
    assert page.all("input", id="handle", aria_invalid="true")
    page = await nurse.submit("/reglages/partir", handle="nuit", password="faux mot de passe", status=422)
    assert "actuel incorrect" in page.text
    await visitor.get("/@nuit")
    page = await nurse.submit("/reglages/partir", handle="@Nuit", password=PASSWORD)
    assert "Votre compte est effacé" in page.text
    assert "__Host-session" not in nurse.client.cookies
    await visitor.get("/@nuit", status=404)
    await visitor.get(f"/@nuit/{post}", status=404)
    async with house.site.db.reading() as tx:
        assert not await accounts.anybody(tx)
    async with visiting(house) as other:
        await other.sign_up("nuit")
