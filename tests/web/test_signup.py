"""Coming in by the form, without a script: what is asked, what is refused, the words shown once."""

from __future__ import annotations

import msgspec
import pytest
from argon2 import PasswordHasher

from salledepause.features import accounts
from salledepause.kernel.config import Settings
from salledepause.surfaces.limits import DOORS
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import PASSWORD, Visitor, visiting


async def test_a_newcomer_notes_eight_words_then_enters(visitor: Visitor) -> None:
    await visitor.get("/inscription")
    page = await visitor.submit("/inscription", handle="nuit", password=PASSWORD, family="soignant-medical")
    words = page.answer.text.split('<ol class="secret" translate="no"><li>')[1].split("</li></ol>")[0].split("</li><li>")
    assert len(words) == 8
    assert all(word.isalpha() for word in words)
    assert page.answer.headers["cache-control"] == "no-store"
    assert "noted" in page.form("/inscription/entree").required
    home = await visitor.submit("/inscription/entree", noted="1")
    assert home.answer.url.path == "/"
    assert "Mon profil" in home.text
    assert not any(f"<li>{word}</li>" in home.answer.text for word in words)


async def test_entering_without_the_tick_is_refused(visitor: Visitor) -> None:
    await visitor.get("/inscription")
    await visitor.submit("/inscription", handle="nuit", password=PASSWORD, family="autre")
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
        ({"family": ""}, "Dites d'où vous parlez"),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    visitor: Visitor, given: dict[str, str], told: str
) -> None:
    await visitor.get("/inscription")
    form = visitor.page.form("/inscription")
    form.choices.pop("family") if "family" in given else None
    values = {"handle": "nuit", "password": PASSWORD, "family": "direction", "mode": "reader"} | given
    form.values |= values
    page = await visitor.submit("/inscription", status=422)
    assert page.all("div", role="alert")
    assert told in page.text
    field = next(iter(given))
    marked = page.all("fieldset" if field == "family" else "input", aria_invalid="true")
    assert f"{field}-faux" in marked[0]["aria-describedby"]
    again = page.form("/inscription")
    assert again.values["handle"] == values["handle"]
    assert again.values["mode"] == "reader"
    assert again.values["password"] == ""


async def test_a_taken_handle_is_told(nurse: Visitor, visitor: Visitor) -> None:
    await visitor.get("/inscription")
    page = await visitor.submit("/inscription", handle="NUIT", password=PASSWORD, family="autre", status=422)
    assert "déjà pris" in page.text


async def test_the_request_of_an_app_survives_signing_up(visitor: Visitor) -> None:
    await visitor.get("/inscription?next=%2Flocal%3Fkind%3Ddoubt")
    await visitor.submit("/inscription", handle="nuit", password=PASSWORD, family="autre")
    page = await visitor.submit("/inscription/entree", noted="1")
    assert str(page.answer.url).endswith("/local?kind=doubt")


async def test_where_hosts_open_by_hand_a_newcomer_waits_as_a_visitor(settings: Settings, recorder: Recorder) -> None:
    by_hand = msgspec.structs.replace(settings, registration="approval")
    async with House.opened(by_hand, recorder) as house, visiting(house) as newcomer:
        await newcomer.get("/inscription")
        await newcomer.submit("/inscription", handle="nuit", password=PASSWORD, family="autre", status=422)
        page = await newcomer.submit("/inscription", password=PASSWORD, reason="Je travaille de nuit.")
        assert "pas encore lu votre demande" in page.text
        page = await newcomer.submit("/inscription/entree", noted="1")
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
            await second.get("/inscription")
            page = await second.submit(
                "/inscription", handle="jour", password=PASSWORD, family="autre", invitation=code, status=422
            )
            assert "sur invitation" in page.text


async def test_only_accounts_made_are_counted_not_forms_to_correct(settings: Settings, recorder: Recorder) -> None:
    async with House.opened(msgspec.structs.replace(settings, rate_limit=1000), recorder) as house, visiting(house) as visitor:
        await visitor.get("/inscription")
        for _ in range(DOORS["auth"] + 1):
            await visitor.submit("/inscription", handle="à corriger", password=PASSWORD, family="autre", status=422)
        for number in range(5):
            async with visiting(house) as newcomer:
                await newcomer.sign_up(f"venue{number}")
        page = await visitor.submit("/inscription", handle="sixieme", password=PASSWORD, status=429)
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
            await other.get("/inscription")
            await other.submit("/inscription", handle="jour", password=PASSWORD, family="autre", status=429)
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
