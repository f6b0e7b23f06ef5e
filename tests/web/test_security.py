"""What opens one's account is changed and closed by its person alone: password, words, browsers, apps."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from salledepause.features import accounts
from salledepause.kernel.config import Settings
from salledepause.surfaces.limits import MOST_GUESSES
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import PASSWORD, Visitor, visiting

HERE = "/reglages/securite"
NEW = "une autre longue nuit"


async def test_a_new_password_closes_everything_else(house: House, nurse: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        token = await accounts.give_token(tx, me, ["read"])
    async with visiting(house) as elsewhere:
        await elsewhere.sign_in("nuit")
        await nurse.get(HERE)
        page = await nurse.submit("/reglages/mot-de-passe", old=PASSWORD, new=NEW, again=NEW)
        assert "mot de passe est changé" in page.text
        assert page.answer.url.path == HERE
        assert (await elsewhere.get("/reglages")).answer.url.path == "/connexion"
        assert (await house.call("GET", "/api/v1/accounts/verify_credentials", token)).status_code == 401
        await elsewhere.get("/connexion")
        await elsewhere.submit("/connexion", handle="nuit", password=PASSWORD, status=422)
        await elsewhere.sign_in("nuit", NEW)


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"old": "faux mot de passe"}, "old", "actuel incorrect"),
        ({"new": "court", "again": "court"}, "new", "au moins 10"),
        ({"again": "pas le même du tout"}, "again", "ne sont pas les mêmes"),
    ],
)
async def test_a_wrong_change_is_told_beside_its_field(nurse: Visitor, given: dict[str, Any], field: str, told: str) -> None:
    await nurse.get(HERE)
    typed = {"old": PASSWORD, "new": NEW, "again": NEW}
    page = await nurse.submit("/reglages/mot-de-passe", status=422, **(typed | given))
    assert told in page.text
    assert page.all("input", id=field, aria_invalid="true")
    assert (await nurse.get(HERE)).answer.url.path == HERE


async def test_new_words_replace_the_old_ones(house: House, visitor: Visitor) -> None:
    _, old = await house.newcomer("nuit")
    await visitor.sign_in("nuit")
    await visitor.get(HERE)
    page = await visitor.submit("/reglages/mots", password="faux mot de passe", status=422)
    assert "actuel incorrect" in page.text
    page = await visitor.submit("/reglages/mots", password=PASSWORD)
    new = page.secrets
    assert len(new) == 8
    assert page.answer.headers["cache-control"] == "no-store"
    page = await visitor.submit("/inscription/entree", noted="1")
    assert page.answer.url.path == HERE
    async with visiting(house) as lost:
        await lost.get("/recuperation")
        await lost.submit("/recuperation", handle="nuit", words=" ".join(old), password=NEW, status=422)
        await lost.submit("/recuperation", handle="nuit", words=" ".join(new), password=NEW)


async def test_passwords_are_guessed_here_no_more_than_at_the_door(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, rate_limit=1000), recorder) as house, visiting(house) as nurse:
        await nurse.sign_up("nuit")
        await nurse.get(HERE)
        for _ in range(MOST_GUESSES):
            await nurse.submit("/reglages/mots", password="faux mot de passe", status=422)
        await nurse.post("/reglages/mots", password=PASSWORD)
        page = await nurse.submit("/reglages/mots", password=PASSWORD, status=429)
        assert "Trop d'essais" in page.text


async def test_browsers_are_listed_and_closed_one_by_one_or_all(house: House, nurse: Visitor) -> None:
    async with visiting(house) as second, visiting(house) as third:
        await second.sign_in("nuit")
        await third.sign_in("nuit")
        page = await nurse.get(HERE)
        assert page.text.count("Ce navigateur ·") == 1
        actions = [form.action for form in page.forms if form.action.startswith("/reglages/sessions/")]
        assert len(actions) == 3
        await nurse.submit(actions[1])
        closed = [(await one.get("/reglages")).answer.url.path == "/connexion" for one in (second, third)]
        assert sorted(closed) == [False, True]
        await nurse.submit("/reglages/sessions")
        assert (await second.get("/reglages")).answer.url.path == "/connexion"
        assert (await third.get("/reglages")).answer.url.path == "/connexion"
        assert (await nurse.get(HERE)).answer.url.path == HERE


async def test_nobody_closes_the_session_of_another(house: House, nurse: Visitor, director: Visitor) -> None:
    page = await nurse.get(HERE)
    action = next(form.action for form in page.forms if form.action.startswith("/reglages/sessions/"))
    word = (await director.get(HERE)).form("/reglages/mots").values["csrf"]
    assert (await director.client.post(action, data={"csrf": word})).status_code == 404
    assert (await nurse.get(HERE)).answer.url.path == HERE


async def test_the_last_day_is_noted_and_nothing_finer(house: House, nurse: Visitor) -> None:
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        token = await accounts.give_token(tx, me, ["read"])
        await tx.run("UPDATE sessions SET used_on = '2026-01-02'")
        await tx.run("UPDATE tokens SET used_on = '2026-01-02'")
        tx.touches_everything()
    await nurse.get(HERE)
    await house.get("/api/v1/accounts/verify_credentials", token)
    async with house.site.db.reading() as tx:
        today = await tx.value("SELECT current_date")
        assert await tx.values("SELECT used_on FROM sessions UNION ALL SELECT used_on FROM tokens") == [today, today]
        assert isinstance(today, date)
