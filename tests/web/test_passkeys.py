"""Passkeys: a device is let in for what it was asked, once, by its own person, and never in the name of another site."""

from __future__ import annotations

import json
from typing import Any

import pytest

from salledepause.features import accounts
from tests.support.device import PRESENT, Device, word
from tests.support.house import House
from tests.web.visitor import PASSWORD, Page, Visitor, visiting

HERE, KEYS = "/reglages/securite", "/reglages/cles"


async def asked(visitor: Visitor, path: str, page: str) -> dict[str, Any]:
    """Ask what a device is to sign, as the script of a page does."""
    form = next(form for form in (await visitor.get(page)).forms if "csrf" in form.values)
    answer = await visitor.client.post(path, data={"csrf": form.values["csrf"]})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def add(visitor: Visitor, credential: str, status: int = 200, **more: str) -> Page:
    await visitor.get(HERE)
    given: dict[str, Any] = {"credential": credential, "name": "Mon téléphone", "password": PASSWORD}
    return await visitor.submit(KEYS, status=status, **(given | more))


async def added(visitor: Visitor) -> Device:
    """Add a key of a new device; return the device."""
    device = Device()
    await add(visitor, device.create(await asked(visitor, f"{KEYS}/defi", HERE)))
    return device


async def enter(visitor: Visitor, credential: str, status: int = 200) -> Page:
    await visitor.get("/connexion")
    return await visitor.submit("/connexion/cle", credential=credential, status=status)


async def challenge(visitor: Visitor) -> dict[str, Any]:
    return await asked(visitor, "/connexion/cle/defi", "/connexion")


async def test_a_key_is_added_named_used_and_removed(house: House, nurse: Visitor) -> None:
    device = await added(nurse)
    assert "Cette clé ouvre maintenant votre compte" in nurse.page.text
    (action,) = [form.action for form in nurse.page.forms if form.action.removeprefix(f"{KEYS}/").isdecimal()]
    assert nurse.page.form(action).values["name"] == "Mon téléphone"
    page = await nurse.submit(action, name="Le vieux téléphone")
    assert page.form(action).values["name"] == "Le vieux téléphone"
    async with visiting(house) as other:
        page = await enter(other, device.sign(await challenge(other)))
        assert "Mon profil" in page.text
        page = await other.get(HERE)
        assert "vue le" in page.text
        await other.submit(f"{action}/retirer")
    async with visiting(house) as again:
        await enter(again, device.sign(await challenge(again)), status=422)


async def test_adding_a_key_asks_the_password(nurse: Visitor) -> None:
    device = Device()
    made = device.create(await asked(nurse, f"{KEYS}/defi", HERE))
    page = await add(nurse, made, status=403, password="faux mot de passe")
    assert "actuel incorrect" in page.text
    await enter_refused(nurse, device)


async def enter_refused(one: Visitor, device: Device) -> None:
    one.client.cookies.delete("__Host-session")
    page = await enter(one, device.sign(await challenge(one)), status=422)
    assert "Cette clé n'ouvre rien ici" in page.text


async def test_what_was_signed_opens_once(house: House, nurse: Visitor) -> None:
    device = await added(nurse)
    async with visiting(house) as first, visiting(house) as thief:
        signed = device.sign(await challenge(first))
        await enter(first, signed)
        await enter(thief, signed, status=422)
        assert "__Host-session" in first.client.cookies
        assert "__Host-session" not in thief.client.cookies


async def test_what_was_made_is_added_once(house: House, nurse: Visitor, director: Visitor) -> None:
    device = Device()
    made = device.create(await asked(nurse, f"{KEYS}/defi", HERE))
    await add(nurse, made)
    await add(nurse, made, status=422)
    again = device.create(await asked(nurse, f"{KEYS}/defi", HERE))
    await add(nurse, again, status=409)
    await add(director, device.create(await asked(director, f"{KEYS}/defi", HERE)), status=409)
    assert await held(house) == 1


async def held(house: House) -> int:
    """Return how many keys open the house."""
    async with house.site.db.reading() as tx:
        return int(await tx.value("SELECT count(*) FROM passkeys"))


async def test_what_was_asked_of_one_is_not_answered_by_another(house: House, nurse: Visitor, director: Visitor) -> None:
    await add(director, Device().create(await asked(nurse, f"{KEYS}/defi", HERE)), status=422)
    assert await held(house) == 0


async def test_an_old_challenge_opens_nothing(house: House, nurse: Visitor, visitor: Visitor) -> None:
    device = await added(nurse)
    signed = device.sign(await challenge(visitor))
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE challenges SET expires_at = now() - interval '1 second'")
    await enter(visitor, signed, status=422)
    await accounts.sweep(house.site)
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM challenges") == 0


@pytest.mark.parametrize(
    ("lie", "value"),
    [
        ("origin", "https://salle.test.evil.example"),
        ("origin", "http://salle.test"),
        ("origin", "https://salle.test:8443"),
        ("host", "evil.example"),
        ("flags", PRESENT),
        ("flags", 0),
        ("owner", (1).to_bytes(8, "big")),
        ("id", b"another key"),
        ("count", -1),
    ],
)
async def test_a_device_that_lies_is_refused(nurse: Visitor, visitor: Visitor, lie: str, value: Any) -> None:
    device = await added(nurse)
    await enter(visitor, device.sign(await challenge(visitor)))
    visitor.client.cookies.delete("__Host-session")
    setattr(device, lie, value)
    await enter(visitor, device.sign(await challenge(visitor)), status=422)
    assert "__Host-session" not in visitor.client.cookies


@pytest.mark.parametrize(("lie", "value"), [("origin", "https://evil.example"), ("host", "evil.example"), ("flags", PRESENT)])
async def test_a_key_made_elsewhere_or_unverified_is_not_added(house: House, nurse: Visitor, lie: str, value: Any) -> None:
    device = Device()
    setattr(device, lie, value)
    await add(nurse, device.create(await asked(nurse, f"{KEYS}/defi", HERE)), status=422)
    assert await held(house) == 0


async def test_a_key_does_not_sign_for_that_of_another(house: House, nurse: Visitor, director: Visitor) -> None:
    mine, theirs = await added(nurse), await added(director)
    async with visiting(house) as thief:
        forged = json.loads(mine.sign(await challenge(thief)))
        forged["id"] = forged["rawId"] = word(theirs.id)
        forged["response"]["userHandle"] = word(theirs.owner)
        await enter(thief, json.dumps(forged), status=422)
        assert "__Host-session" not in thief.client.cookies


BROKEN = ["", "{}", "null", "[]", "é", '{"response": {}}', "[" * 15000, "{" + "a" * 20000]
BROKEN += ['{"id": 1, "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": 3}}', '{"response": null}']


@pytest.mark.parametrize("broken", BROKEN)
async def test_an_answer_that_is_none_is_refused(house: House, nurse: Visitor, visitor: Visitor, broken: str) -> None:
    await enter(visitor, broken, status=422)
    assert "__Host-session" not in visitor.client.cookies
    await add(nurse, broken, status=422)
    assert await held(house) == 0


async def test_nobody_touches_the_key_of_another(nurse: Visitor, director: Visitor) -> None:
    await added(nurse)
    (action,) = [form.action for form in nurse.page.forms if form.action.removeprefix(f"{KEYS}/").isdecimal()]
    word_of = (await director.get(HERE)).form(KEYS).values["csrf"]
    assert (await director.client.post(action, data={"csrf": word_of, "name": "à moi"})).status_code == 404
    assert (await director.client.post(f"{action}/retirer", data={"csrf": word_of})).status_code == 404


async def test_a_suspended_account_does_not_open_by_a_key(house: House, nurse: Visitor, visitor: Visitor) -> None:
    device = await added(nurse)
    async with house.site.db.transaction() as tx:
        await accounts.suspend(tx, (await accounts.by_handle(tx, "nuit")).id)
    page = await enter(visitor, device.sign(await challenge(visitor)), status=422)
    assert "suspendu" in page.text


SLEEP, LEAVE = "/reglages/sommeil", "/reglages/partir"


async def test_a_key_confirms_what_cannot_be_undone_once_and_for_its_person(
    house: House, nurse: Visitor, director: Visitor
) -> None:
    assert "data-keyed" not in (await nurse.get(SLEEP)).answer.text, "who has no key is offered none"
    device, theirs = await added(nurse), await added(director)
    assert "data-keyed" in (await nurse.get(LEAVE)).answer.text
    wrong = [
        theirs.sign(await asked(director, f"{KEYS}/preuve", HERE)),
        theirs.sign(await asked(nurse, f"{KEYS}/preuve", HERE)),
        device.sign(await challenge_of_a_stranger(house)),
        device.sign(await asked(director, f"{KEYS}/preuve", HERE)),
        "{}",
    ]
    for credential in wrong:
        await nurse.get(SLEEP)
        page = await nurse.submit(SLEEP, credential=credential, status=422)
        assert "Cette clé n'a rien confirmé." in page.text
        assert page.all("button", id="cle", aria_invalid="true")
    shown = await asked(nurse, f"{KEYS}/preuve", SLEEP)
    assert [one["id"] for one in shown["allowCredentials"]] == [word(device.id)]
    signed = device.sign(shown)
    await nurse.get(LEAVE)
    await nurse.submit(LEAVE, handle="garde", credential=signed, status=422)
    await nurse.get(SLEEP)
    page = await nurse.submit(SLEEP, credential=signed)
    assert "Votre compte dort jusqu'au" in page.text
    page = await enter(nurse, device.sign(await challenge(nurse)))
    await nurse.submit("/reveil")
    await nurse.get(LEAVE)
    await nurse.submit(LEAVE, handle="nuit", credential=signed, status=422)
    signed = device.sign(await asked(nurse, f"{KEYS}/preuve", LEAVE))
    page = await nurse.submit(LEAVE, handle="nuit", credential=signed)
    assert "Votre compte est effacé" in page.text
    await director.get("/@nuit", status=404)


async def challenge_of_a_stranger(house: House) -> dict[str, Any]:
    async with visiting(house) as stranger:
        return await challenge(stranger)


async def test_the_recovery_words_take_every_key_back(house: House, visitor: Visitor) -> None:
    _, words = await house.newcomer("nuit")
    async with visiting(house) as nurse:
        await nurse.sign_in("nuit")
        device = await added(nurse)
    await visitor.get("/recuperation")
    await visitor.submit("/recuperation", handle="nuit", words=" ".join(words), password="autre phrase secrète")
    assert await held(house) == 0
    await enter(visitor, device.sign(await challenge(visitor)), status=422)
