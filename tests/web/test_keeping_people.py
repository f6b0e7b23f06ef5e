"""Hosts let people in, invite, find accounts and decide about them, by the forms of their pages."""

from __future__ import annotations

import re
from typing import Any

from tests.mastodon.admin import journal
from tests.support.house import House
from tests.web.keepers import change, keeper, press, undo, wait_at_the_door
from tests.web.visitor import Visitor, visiting

CODE = re.compile(r"[\w-]{30,}")


async def state(house: House, account_id: int) -> str | None:
    async with house.site.db.reading() as tx:
        found: str | None = await tx.value("SELECT state FROM accounts WHERE id = %s", [account_id])
    return found


async def test_several_come_in_at_once_and_others_stay_at_the_door(house: House) -> None:
    first, second, third = [await wait_at_the_door(house, name) for name in ("une", "deux", "trois")]
    async with keeper(house, "veilleuse") as host:
        page = await host.get("/maison/entrees")
        assert "Je suis aide-soignant, de nuit." in page.text
        assert "3" in (await host.get("/plus")).text
        page = await press(host, "/maison/entrees", **{"gesture": "approve", "ids[0]": str(first), "ids[1]": str(second)})
        assert page.answer.status_code == 303
        page = await host.get("/maison/entrees")
        assert "Entrées acceptées : 2." in page.text
        assert "@trois" in page.text
        assert "@une" not in page.text
    assert [await state(house, one) for one in (first, second, third)] == ["active", "active", "pending"]
    assert [(act, who) for _, act, who, _ in await journal(house)] == [("approve", "une"), ("approve", "deux")]


async def test_who_is_turned_away_is_asked_about_first_and_is_gone(house: House) -> None:
    one = await wait_at_the_door(house, "refusee")
    async with keeper(house, "veilleuse") as host:
        await host.get("/maison/entrees")
        ticked: dict[str, Any] = {"ids[]": str(one)}
        page = await host.submit("/maison/entrees", button=("gesture", "reject"), **ticked)
        assert "Cela ne se défait pas" in page.text
        assert await state(house, one) == "pending"
        page = await host.submit("/maison/entrees")
        assert "Demandes refusées et effacées : 1." in page.text
        assert await state(house, one) is None
        page = await press(host, "/maison/entrees", **{"gesture": "approve", "ids[]": str(one)})
        assert "Entrées acceptées : 0." in (await host.get("/maison/entrees")).text


async def test_nobody_ticked_is_told_and_nothing_is_done(house: House) -> None:
    await wait_at_the_door(house, "patiente")
    await wait_at_the_door(house, "patient")
    async with keeper(house, "veilleuse") as host:
        await host.get("/maison/entrees")
        page = await host.submit("/maison/entrees", button=("gesture", "approve"))
        assert "Cochez d'abord quelqu'un." in page.text
        assert "@patiente" in page.text


async def test_an_invitation_is_shown_once_opens_and_is_taken_back(house: House) -> None:
    async with keeper(house, "veilleuse") as host:
        await host.get("/maison/entrees")
        page = await host.submit("/maison/entrees/invitations", uses="3", days="30")
        assert "montré cette seule fois" in page.text
        code = next(word for word in page.text.split() if CODE.fullmatch(word))
        assert page.answer.headers["cache-control"] == "no-store"
        page = await host.get("/maison/entrees")
        assert code not in page.answer.text
        assert "3 entrées" in page.text
        action = next(form.action for form in page.forms if form.action.startswith("/maison/entrees/invitations/"))
        page = await host.submit(action)
        assert "n'ouvre plus rien" in page.text
        assert "Aucune invitation n'ouvre" in page.text
        page = await press(host, "/maison/entrees/invitations", uses="0", days="7")
        assert page.answer.status_code == 422
        assert "de 1 à 1000 entrées" in page.text


async def test_accounts_are_found_by_standing_role_and_beginning(house: House) -> None:
    for number in range(3):
        await house.person(f"bruit{number}", silenced=True)
    await house.person("calme")
    async with keeper(house, "veilleuse") as host:
        page = await host.get("/maison/comptes?standing=silenced&handle=BRUIT")
        assert [f"@bruit{number}" in page.text for number in range(3)] == [True] * 3
        assert "@calme" not in page.text
        page = await host.get("/maison/comptes?role=host")
        assert "@veilleuse" in page.text
        assert "@calme" not in page.text
        page = await host.get("/maison/comptes?limit=2&standing=silenced")
        older = next(link for link in page.links if "max_id" in link)
        assert "standing=silenced" in older
        assert "@bruit0" in (await host.get(older)).text
        await host.get("/maison/comptes?standing=dragon", 422)


async def test_an_account_shows_days_only_and_never_when_somebody_reads(house: House) -> None:
    reader = await house.person("lectrice", mode="reader", shows_family=False)
    async with keeper(house, "veilleuse") as host:
        page = await host.get(f"/maison/comptes/{reader.id}")
        assert "quand, cela ne se voit pas" in page.text
        assert "A écrit la dernière fois" not in page.text
        assert not re.search(r"\d\d:\d\d", page.text)


async def _decide(host: Visitor, account_id: int, measure: str, reason: str = "Règle 2.", status: int = 200) -> str:
    await host.get(f"/maison/comptes/{account_id}")
    return (await host.submit(f"/maison/comptes/{account_id}", measure=measure, reason=reason, status=status)).text


async def test_each_measure_is_told_and_undone_by_its_button(house: House) -> None:
    one = await house.person("tapageur")
    columns = {"sensitive": "sensitized", "silence": "silenced", "disable": "disabled", "suspend": "state = 'suspended' AND true"}
    async with keeper(house, "veilleuse") as host:
        for measure, column in columns.items():
            assert "C'est décidé, et @tapageur en lira la raison." in await _decide(host, one.id, measure)
            assert await _holds(house, one.id, column)
            page = await undo(host)
            assert "La mesure est levée." in page.text
            assert not await _holds(house, one.id, column)
        assert "Règle 2." in (await host.get(f"/maison/comptes/{one.id}")).text


async def _holds(house: House, account_id: int, column: str) -> bool:
    async with house.site.db.reading() as tx:
        return bool(await tx.value(f"SELECT {column} FROM accounts WHERE id = %s", [account_id]))


async def test_a_word_needs_words_and_the_person_reads_them(house: House) -> None:
    one = await house.person("tapageur")
    async with keeper(house, "veilleuse") as host:
        assert "Écrivez le mot que la personne lira." in await _decide(host, one.id, "none", " ", 422)
        assert "Commentaire trop long" in await _decide(host, one.id, "silence", "a" * 1001, 422)
        assert await journal(house) == []
        await _decide(host, one.id, "none", "Baissez d'un ton, merci.")
    (told,) = await house.get("/api/v1/notifications", one)
    assert told["moderation_warning"]["text"] == "Baissez d'un ton, merci."
    assert "veilleuse" not in str(told)


async def test_sessions_are_closed_and_the_person_comes_in_again(house: House) -> None:
    async with visiting(house) as person, keeper(house, "veilleuse") as host:
        await person.sign_up("egaree")
        one = await change(house, "egaree", silenced=False)
        await host.get(f"/maison/comptes/{one}")
        page = await host.submit(f"/maison/comptes/{one}/sessions")
        assert "sont fermées" in page.text
        assert (await person.client.get("/reglages")).headers["location"].startswith("/connexion")
        await person.sign_in("egaree")
        await person.get("/reglages")


async def test_an_admin_makes_hosts_and_asks_twice_before_another_admin(house: House) -> None:
    one = await house.person("montante")
    at = f"/maison/comptes/{one.id}"
    async with keeper(house, "cheffe", "admin") as admin:
        await admin.get(at)
        page = await admin.submit(f"{at}/role", button=("role", "host"))
        assert "Le rôle est changé." in page.text
        page = await undo(admin)
        await admin.get(at)
        page = await admin.submit(f"{at}/role", button=("role", "admin"))
        assert "seule la machine" in page.text
        await admin.submit(f"{at}/role")
        assert await _holds(house, one.id, "role = 'admin'")
    assert [act for _, act, _, _ in await journal(house)] == ["role_host", "role_member", "role_admin"]


async def test_a_suspended_account_is_erased_once_it_is_sure(house: House) -> None:
    one = await house.person("partante")
    at = f"/maison/comptes/{one.id}"
    async with keeper(house, "cheffe", "admin") as admin:
        answer = await press(admin, f"{at}/effacer", sure="1")
        assert answer.answer.status_code == 403
        await _decide(admin, one.id, "suspend")
        await admin.get(at)
        page = await admin.submit(f"{at}/effacer")
        assert "Cela ne se défait pas" in page.text
        assert await state(house, one.id) == "suspended"
        page = await admin.submit(f"{at}/effacer")
        assert "Le compte de @partante est effacé." in page.text
        assert await state(house, one.id) is None
