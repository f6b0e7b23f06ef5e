"""Coming in by the form, without a script: what is asked, what is refused, the words shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

from salledepause.features import accounts
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.surfaces.limits import DOORS
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import PASSWORD, Visitor, visiting


async def test_a_newcomer_notes_eight_words_gives_three_back_and_enters(visitor: Visitor) -> None:
    page = await visitor.present("nuit", family="soignant-medical")
    words = page.secrets
    assert len(words) == 8
    assert page.answer.headers["cache-control"] == "no-store"
    answers = await visitor.noted()
    assert not visitor.page.secrets
    home = await visitor.submit("/inscription/fin", **{name: word.upper() for name, word in answers.items()})
    assert home.answer.url.path == "/"
    assert "Mon profil" in home.text


async def test_nothing_is_written_before_the_last_step(house: House, visitor: Visitor) -> None:
    async def made() -> int:
        async with house.site.db.reading() as tx:
            return int(await tx.value("SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM sessions)"))

    await visitor.present("nuit")
    answers = await visitor.noted()
    page = await visitor.submit("/inscription/fin", **(answers | {"two": "autrechose"}), status=422)
    assert len(page.all("input", aria_invalid="true")) == 1
    assert "Ce n'est pas le mot n°" in page.text
    assert await made() == 0
    page = await visitor.submit("/inscription/mots", again="1")
    assert len(page.secrets) == 8
    await visitor.submit("/inscription/fin", **await visitor.noted())
    assert await made() == 2


async def test_the_words_that_were_noted_open_the_account_again(visitor: Visitor) -> None:
    words = (await visitor.present("nuit")).secrets
    await visitor.submit("/inscription/fin", **await visitor.noted())
    visitor.client.cookies.delete("__Host-session")
    await visitor.get("/recuperation")
    page = await visitor.submit("/recuperation", handle="nuit", words=" ".join(words), password="autre phrase secrète")
    assert len(page.secrets) == 8


@pytest.mark.parametrize("state", ["", "faux", "é", "AAAA", "A" * 400])
async def test_a_state_that_was_not_sealed_here_opens_nothing(visitor: Visitor, state: str) -> None:
    for action in ("/inscription/qui", "/inscription/mots", "/inscription/fin"):
        await visitor.get("/inscription")
        word = visitor.page.form("/inscription").values["csrf"]
        answer = await visitor.client.post(action, data={"csrf": word, "state": state, "family": "autre"})
        assert answer.status_code == 422, action
        assert "recommencez" in answer.text


async def test_a_step_cannot_be_skipped(visitor: Visitor) -> None:
    await visitor.get("/inscription")
    page = await visitor.submit("/inscription", handle="nuit", password=PASSWORD)
    values = page.form("/inscription/qui").values
    for action in ("/inscription/mots", "/inscription/fin"):
        assert (await visitor.client.post(action, data=values)).status_code == 422


async def test_a_state_lasts_an_hour_and_makes_one_account(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    await visitor.present("nuit")
    answers = await visitor.noted()
    sent = visitor.page.form("/inscription/fin").values | answers
    later = clock.now() + timedelta(hours=2)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert (await visitor.client.post("/inscription/fin", data=sent)).status_code == 422
    assert (await visitor.client.post("/inscription/fin", data=sent)).status_code == 303
    visitor.client.cookies.delete("__Host-session")
    again = await visitor.client.post("/inscription/fin", data=sent)
    assert again.status_code == 422
    assert "déjà pris" in again.text


async def test_what_is_wrong_of_the_first_step_is_told_at_once(visitor: Visitor, nurse: Visitor) -> None:
    await visitor.get("/inscription")
    page = await visitor.submit("/inscription", handle="NUIT", password="motdepasse", status=422)
    assert {"#handle", "#password"} <= set(page.links)
    assert nurse.page


async def test_free_pseudonyms_are_proposed_and_fill_the_form(visitor: Visitor) -> None:
    page = await visitor.get("/inscription?next=/local")
    proposed = [link for link in page.links if link.startswith("/inscription?handle=")]
    assert len(proposed) == 4
    page = await visitor.get(proposed[0])
    handle = page.form("/inscription").values["handle"]
    assert handle in proposed[0]
    assert page.form("/inscription").values["next"] == "/local"
    assert accounts.local_handle(handle, "")


async def test_going_on_after_new_words_needs_the_tick(house: House, visitor: Visitor) -> None:
    _, words = await house.newcomer("nuit")
    await visitor.get("/recuperation")
    page = await visitor.submit("/recuperation", handle="nuit", words=" ".join(words), password="autre phrase secrète")
    assert "noted" in page.form("/inscription/entree").required
    page = await visitor.submit("/inscription/entree", status=422)
    assert "Cochez la case" in page.text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"handle": ""}, "Choisissez un pseudonyme"),
        ({"handle": "à côté"}, "lettres sans accent"),
        ({"handle": "admin"}, "réservé"),
        ({"password": "court"}, "au moins 10 caractères"),
        ({"password": "motdepasse123"}, "plus devinés"),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    visitor: Visitor, given: dict[str, str], told: str
) -> None:
    await visitor.get("/inscription")
    values: dict[str, Any] = {"handle": "nuit", "password": PASSWORD} | given
    page = await visitor.submit("/inscription", status=422, **values)
    assert page.all("div", role="alert")
    assert told in page.text
    field = next(iter(given))
    assert f"{field}-faux" in page.all("input", aria_invalid="true")[0]["aria-describedby"]
    again = page.form("/inscription")
    assert again.values["handle"] == values["handle"]
    assert again.values["password"] == ""


async def test_who_one_is_has_to_be_said_and_what_was_chosen_stays(visitor: Visitor) -> None:
    await visitor.get("/inscription")
    await visitor.submit("/inscription", handle="nuit", password=PASSWORD)
    page = await visitor.submit("/inscription/qui", mode="reader", status=422)
    assert "Dites d'où vous parlez" in page.text
    assert page.all("fieldset", aria_invalid="true")
    assert page.form("/inscription/qui").values["mode"] == "reader"
    await visitor.submit("/inscription/qui", family="direction")


async def test_a_taken_handle_is_told(nurse: Visitor, visitor: Visitor) -> None:
    await visitor.get("/inscription")
    page = await visitor.submit("/inscription", handle="NUIT", password=PASSWORD, status=422)
    assert "déjà pris" in page.text


async def test_the_request_of_an_app_survives_signing_up(visitor: Visitor) -> None:
    await visitor.present("nuit", "/inscription?next=%2Flocal%3Fkind%3Ddoubt")
    page = await visitor.submit("/inscription/fin", **await visitor.noted())
    assert str(page.answer.url).endswith("/local?kind=doubt")


async def test_where_hosts_open_by_hand_a_newcomer_waits_as_a_visitor(settings: Settings, recorder: Recorder) -> None:
    by_hand = msgspec.structs.replace(settings, registration="approval")
    async with House.opened(by_hand, recorder) as house, visiting(house) as newcomer:
        await newcomer.present("nuit", status=422)
        page = await newcomer.submit("/inscription/qui", reason="Je travaille de nuit.")
        page = await newcomer.submit("/inscription/fin", **await newcomer.noted())
        assert "pas encore lu votre demande" in page.text
        assert "À l'instant, dans la salle" in page.text
        page = await newcomer.get("/ecrire", status=403)
        assert "pas encore lu votre demande" in page.text
        async with house.site.db.transaction() as tx:
            await accounts.approve(tx, (await accounts.by_handle(tx, "nuit")).id)
        assert "Mon profil" in (await newcomer.get("/")).text


async def test_where_one_comes_by_invitation_a_code_opens_once(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, registration="invitation"), recorder) as house:
        async with house.site.db.transaction() as tx:
            code = await accounts.create_invitation(tx, None)
        async with visiting(house) as first:
            await first.sign_up("nuit", invitation=code)
        async with visiting(house) as second:
            page = await second.present("jour", invitation=code, status=422)
            assert "sur invitation" in page.text


async def test_only_accounts_made_are_counted_not_forms_to_correct(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, rate_limit=1000), recorder) as house, visiting(house) as visitor:
        await visitor.get("/inscription")
        for _ in range(DOORS["auth"] + 1):
            await visitor.submit("/inscription", handle="à corriger", password=PASSWORD, status=422)
        for number in range(5):
            async with visiting(house) as newcomer:
                await newcomer.sign_up(f"venue{number}")
        page = await visitor.present("sixieme", status=429)
        assert int(page.answer.headers["retry-after"]) > 0
        await visitor.get("/@venue4")
        await visitor.get("/@sixieme", status=404)
        await visitor.sign_in("venue4")


async def test_a_form_too_many_costs_no_hash(settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DOORS, "sign-up", 1)
    hashed: list[int] = []
    hashing = PasswordHasher.hash

    def counted(self: PasswordHasher, secret: bytes) -> str:
        hashed.append(1)
        return hashing(self, secret)

    monkeypatch.setattr(PasswordHasher, "hash", counted)
    async with House.opened(msgspec.structs.replace(settings, rate_limit=1000), recorder) as house, visiting(house) as visitor:
        await visitor.sign_up("nuit")
        assert len(hashed) == 2, "a password and its words"
        async with visiting(house) as other:
            await other.present("jour", status=429)
    assert len(hashed) == 2


async def test_the_form_itself_is_counted_as_any_page(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, rate_limit=60), recorder) as house, visiting(house) as visitor:
        for _ in range(60):
            await visitor.get("/inscription")
        for path in ("/inscription", "/local"):
            assert (await visitor.get(path, status=429)).answer.status_code == 429


async def test_who_is_in_is_not_asked_to_sign_up(nurse: Visitor) -> None:
    assert (await nurse.get("/inscription")).answer.url.path == "/"
    assert (await nurse.get("/connexion?next=/local")).answer.url.path == "/local"
