"""« Pas celui-là », said by several for the same words: the house proposes that desk less, until others confirm it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from salledepause.features import accounts, signposts
from salledepause.kernel import clock
from tests.support.house import House, Person
from tests.web.keepers import keeper
from tests.web.visitor import Visitor, visiting

ADMIN, TABLE = "/api/salledepause/v1/admin/signposts", "/maison/qui-fait-quoi"
KEY = "panne-informatique-mot-de-passe"
PASSWORD, SESSION = "Comment retrouver mon mot de passe ?", "Qui peut débloquer ma session ?"


async def proposed(house: House, asker: Person, who: Person, text: str) -> Any:
    """Ask somebody; return what is proposed to them."""
    said = await house.say(asker, f"@{who.handle} {text}")
    return await house.get(f"/api/salledepause/v1/statuses/{said['id']}/signpost", who)


async def keys(house: House, asker: Person, who: Person, text: str = PASSWORD) -> tuple[bool, bool]:
    """Tell whether the desk of passwords is proposed to somebody who is asked, and whether it is among the nearest."""
    found = await proposed(house, asker, who, text)
    return bool(found["proposed"]) and found["proposed"]["key"] == KEY, KEY in {one["key"] for one in found["near"]}


async def gesture(house: House, what: str, post: str, *people: Person) -> None:
    for one in people:
        answer = await house.call("POST", f"/api/salledepause/v1/statuses/{post}/signpost/{what}", one, json={"key": KEY})
        assert answer.status_code == 200, answer.text


async def with_keys(house: House, admin: Person) -> Person:
    """Return an administrator whose app may do what they may."""
    async with house.site.db.transaction() as tx:
        scopes = ["read", "write", "admin:read", "admin:write"]
        return Person(admin.id, admin.handle, await accounts.give_token(tx, admin.id, scopes))


async def test_what_several_refuse_is_proposed_less_until_others_confirm_it(house: House) -> None:
    settled = clock.now() - timedelta(days=30)
    ada = await house.person("ada")
    people = [await house.person(f"cadre_{n}", created_at=settled) for n in range(4)]
    passing, young = await house.person("passant", created_at=settled), await house.person("jeune")
    named = " ".join(f"@{one.handle}" for one in (*people, young))
    lost = (await house.say(ada, f"{named} {PASSWORD}"))["id"]
    again = (await house.say(ada, f"@cadre_0 {PASSWORD}"))["id"]
    await gesture(house, "refuse", again, people[0])
    await gesture(house, "refuse", lost, people[0], people[1], young, passing)
    assert await keys(house, ada, people[3]) == (True, True), (
        "one counts once; a new account and who was not asked count for nothing"
    )
    await gesture(house, "refuse", lost, people[2])
    assert await keys(house, ada, people[3]) == (False, True), "it is found by who looks"
    assert await keys(house, ada, people[3], SESSION) == (True, True), "other words tell as before"
    async with house.site.db.reading() as tx:
        kept = set(await tx.values("SELECT DISTINCT unnest(words) FROM signpost_refusals"))
    assert kept == {"mon mot de passe", "mot de passe"}, "words of the table, and of nobody"
    await gesture(house, "unrefuse", lost, people[2])
    assert await keys(house, ada, people[3]) == (True, True)
    await gesture(house, "refuse", lost, people[2])
    await _answered(house, ada)
    assert await keys(house, ada, people[3]) == (True, True), "an answer sent by its reply confirms it"
    await gesture(house, "refuse", lost, people[3])
    assert await keys(house, ada, people[1]) == (False, True)
    await gesture(house, "confirm", lost, people[3])
    assert await keys(house, ada, people[1]) == (True, True), "who confirms refuses no more"
    await gesture(house, "refuse", again, passing)
    await _forgotten(house, ada, people, lost)


async def _answered(house: House, ada: Person) -> None:
    """Have somebody answer such a message by the reply of its desk, as pages do."""
    async with visiting(house) as ben:
        await ben.sign_up("ben", "direction")
        async with house.site.db.transaction() as tx:
            await tx.run("UPDATE accounts SET created_at = created_at - interval '30 days' WHERE handle = 'ben'")
            tx.touches_everything()
        asked = (await house.say(ada, f"@ben {PASSWORD}"))["id"]
        assert "Cela ressemble à" not in (await ben.get(f"/@ada/{asked}")).text
        assert f"/orienter/{asked}/{KEY}" in (await ben.get(f"/orienter/{asked}")).links
        await ben.get(f"/orienter/{asked}/{KEY}")
        await ben.submit("/ecrire", button=("step", "publish"))
        assert len((await house.get(f"/api/v1/statuses/{asked}/context", ada))["descendants"]) == 1


async def _forgotten(house: House, ada: Person, people: list[Person], lost: str) -> None:
    """Have hosts see what was learned, and an administrator alone forget it: each keeps what they refused for themselves."""
    await gesture(house, "refuse", lost, people[3])
    async with keeper(house, "gardienne") as host, keeper(house, "veilleuse", "admin") as admin:
        page = await host.get(TABLE)
        assert "Ce que la maison a appris" in page.text
        assert "« mot de passe » : refusé par 4 personnes, confirmé par 1" in page.text
        assert not [one for one in page.forms if one.action == f"{TABLE}/oublier"]
        app = await with_keys(house, await _person(house, "veilleuse"))
        learned = await house.get(f"{ADMIN}/lessons", app)
        assert [(one["word"], one["refused"], one["confirmed"]) for one in learned] == [
            ("mon mot de passe", 4, 1),
            ("mot de passe", 4, 1),
        ]
        for path in (f"{ADMIN}/lessons", f"{ADMIN}/forget"):
            method = "GET" if path.endswith("lessons") else "POST"
            assert (await house.call(method, path, ada, json={"key": KEY})).status_code == 403
        assert (await house.call("POST", f"{ADMIN}/forget", app, json={"key": "nulle-part"})).status_code == 404
        assert await keys(house, ada, people[1]) == (False, True)
        await _press(admin)
        assert "ces mots comptent comme avant" in admin.page.text
        assert "Ce que la maison a appris" not in admin.page.text
        assert "a oublié ce que la maison avait appris du guichet" in (await admin.get("/maison/journal")).text
    assert await keys(house, ada, people[1]) == (True, True)
    found = await house.get(f"/api/salledepause/v1/statuses/{lost}/signpost", people[3])
    assert KEY not in {one["key"] for one in found["near"]}, "what one refused for oneself stays"
    assert signposts.SEVERAL == 3


async def _person(house: House, handle: str) -> Person:
    async with house.site.db.reading() as tx:
        account = await accounts.by_handle(tx, handle, house.site.settings.domain)
    return Person(account.id, handle, "")


async def _press(admin: Visitor) -> None:
    await admin.get(TABLE)
    await admin.submit(f"{TABLE}/oublier")
