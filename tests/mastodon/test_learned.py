"""The notebook by the API: for its owner alone, through the gate of posts, whole by pages and as files."""

from __future__ import annotations

import pytest

from salledepause.features import accounts
from salledepause.features.notebook import model
from salledepause.kernel.notebook_pdf import Binding, Leaf, bound
from tests.support.house import House

ALL = "/api/salledepause/v1/learned"


async def test_it_is_ones_own(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    said = await house.say(ben, "À lire : https://exemple.org/a")
    share = await house.post(f"/api/v1/statuses/{said['id']}/reblog", ana)
    made = await house.post(f"{ALL}/{share['id']}", ana, note="  Un mot\u202e ")
    assert (made["status_id"], made["note"], made["acct"], made["readable"]) == (said["id"], "Un mot", "ben", True)
    assert (made["sources"], made["edited_at"], made["url"]) == (["https://exemple.org/a"], None, said["url"])
    assert (await house.post(f"{ALL}/{said['id']}", ana)) == made
    changed = await house.post(f"{ALL}/{said['id']}", ana, note="Deux mots")
    assert changed["id"] == made["id"]
    assert changed["edited_at"]
    assert await house.get(f"{ALL}/{said['id']}", ana) == changed
    assert await house.get(ALL, ben) == []
    assert (await house.call("GET", f"{ALL}/{said['id']}", ben)).status_code == 404
    assert (await house.call("DELETE", f"{ALL}/{said['id']}", ben)).status_code == 404
    assert [one["type"] for one in await house.get("/api/v1/notifications", ben)] == ["reblog"]
    assert (await house.call("POST", f"{ALL}/{said['id']}", ana, json={"note": "x" * 2001})).status_code == 422
    assert (await house.call("DELETE", f"{ALL}/{said['id']}", ana)).json() == {}
    assert await house.get(ALL, ana) == []


async def test_what_one_may_not_read_is_neither_marked_nor_shown(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    hidden = await house.say(ben, "Entre abonnés https://exemple.org/secret", visibility="private")
    assert (await house.call("POST", f"{ALL}/{hidden['id']}", ana, json={})).status_code == 404
    await house.post(f"/api/v1/accounts/{ben.id}/follow", ana)
    await house.post(f"{ALL}/{hidden['id']}", ana, note="À retenir")
    assert [one["status_id"] for one in await house.get(ALL, ana, q="abonné")] == [hidden["id"]]
    await house.post(f"/api/v1/accounts/{ana.id}/block", ben)
    (left,) = await house.get(ALL, ana)
    assert (left["readable"], left["sources"], left["note"], left["acct"]) == (False, [], "À retenir", "ben")
    assert await house.get(ALL, ana, q="abonné") == []
    assert b"secret" not in (await house.call("GET", f"{ALL}/export", ana)).content
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, ben.id)
    (left,) = await house.get(ALL, ana)
    assert (left["readable"], left["note"]) == (False, "À retenir")
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, ana.id)
        assert await tx.value("SELECT count(*) FROM learned WHERE account_id = %s", [ana.id]) == 0


async def test_pages_are_exact_and_files_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    said = [await house.say(ben, f"Chose {number}") for number in range(7)]
    for number, one in enumerate(said):
        await house.post(f"{ALL}/{one['id']}", ana, note="pair" if number % 2 == 0 else "")
    for asked in ({}, {"q": "chose"}, {"q": "paires"}):
        newest = [one["id"] for one in await house.get(ALL, ana, limit=80, **asked)]
        assert len(newest) == (4 if asked.get("q") == "paires" else 7)
        down, up = [newest[0]], [newest[-1]]
        while more := await house.get(ALL, ana, limit=2, max_id=down[-1], **asked):
            down += [one["id"] for one in more]
        while more := await house.get(ALL, ana, limit=2, min_id=up[0], **asked):
            up = [one["id"] for one in more] + up
        assert (down, up) == (newest, newest)
    table = (await house.call("GET", f"{ALL}/export?format=csv", ana)).text
    assert table.count("@ben/") == 7
    assert (await house.call("GET", f"{ALL}/export?format=exe", ana)).status_code == 422
    assert (await house.call("GET", f"{ALL}/export?format=pdf", ana)).content.startswith(b"%PDF")
    monkeypatch.setattr("salledepause.features.notebook.actions.MOST_ENTRIES", 7)
    more = await house.say(ben, "De trop")
    assert (await house.call("POST", f"{ALL}/{more['id']}", ana, json={})).status_code == 422
    assert (await house.call("POST", f"{ALL}/{said[0]['id']}", ana, json={"note": "changée"})).status_code == 200


def test_five_hundred_long_notes_are_pages_that_are_numbered() -> None:
    note = "Trois heures du matin, le couloir dort <b>et</b> l'on note. " * 20
    below = (("Message du 2026-01-01 : https://exemple.org/@a/1", "https://exemple.org/@a/1"),)
    leaves = [Leaf(f"2026-01-02, de @a{number}", note[: 40 * (number % 30)], below) for number in range(500)]
    binding = Binding("Mon carnet", "500 entrées", "@a", "La salle", "Carnet de @a", "page {n}", "https://exemple.org/carnet")
    made = bound(binding, leaves)
    assert made.count(b"/Type /Page\n") == 100
    assert bound(binding, leaves) == made
    assert model.LONGEST_NOTE == 2000
