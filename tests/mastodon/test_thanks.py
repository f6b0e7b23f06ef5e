"""Thanks and victories through the API: to whom they go, who is told, what a team's page counts, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from salledepause.features import accounts, graph, sources, victories
from tests.support.house import House, Person

REGISTER = """id,hospital_name,site_name,postcode,city
660000092,CENTRE HOSPITALIER SPECIALISE LEON JEAN GREGORY THUIR,,66301,THUIR
660008947,PLATE FORME SAMU SDIS 66,,66962,PERPIGNAN
750100125,HOPITAL DE LA PITIE SALPETRIERE,,75651,PARIS
"""
TEAMS = "/api/salledepause/v1/teams"


@pytest.fixture
async def open_house(house: House) -> House:
    """Give a house that has read a register."""
    async with house.site.db.transaction() as tx:
        await sources.write_register(tx, REGISTER)
    return house


async def thank(house: House, who: Person, *words: str, kind: str = "thanks", **body: Any) -> Any:
    return await house.say(who, body.pop("text", "Merci."), salledepause={"kind": kind, "thanks": list(words)}, **body)


def names(status: Any) -> list[str]:
    return [one["name"] for one in status["salledepause"]["thanks"]]


async def refused(house: House, who: Person, body: dict[str, Any]) -> str:
    answer = await house.call("POST", "/api/v1/statuses", who, json={"status": "Merci."} | body)
    assert answer.status_code == 422, answer.text
    return str(answer.json()["error"])


async def test_one_author_two_organisations_one_newborn_one_victory(open_house: House) -> None:
    house = open_house
    author, visitor = await house.person("docarnica"), None
    text = "Un nouveau-né va bien ce soir. Merci au SAMU et aux pompiers, venus à deux camions dans la neige."
    made = await thank(house, author, "SAMU 66", "Pompiers de Thuir", kind="victory", text=text)
    seen = await house.get(f"/api/v1/statuses/{made['id']}", visitor)
    assert seen["salledepause"]["kind"] == "victory"
    assert names(seen) == names(made) == ["SAMU 66", "Pompiers de Thuir"]
    for one in seen["salledepause"]["thanks"]:
        team = await house.get(f"{TEAMS}/{one['id']}")
        assert (team["type"], team["thanks_count"], team["url"]) == ("team", 1, one["url"])
        (listed,) = await house.get(f"{TEAMS}/{one['id']}/statuses")
        assert listed["id"] == made["id"]


async def test_recipients_are_sites_of_the_register_teams_by_their_words_and_people(open_house: House) -> None:
    house = open_house
    author, friend = await house.person("autrice"), await house.person("Amie")
    made = await thank(house, author, "finess:660000092", "@amie@salle.test", " Équipe  de NUIT ", "equipe de nuit", "@AMIE", "")
    site, person, team = made["salledepause"]["thanks"]
    assert (site["type"], site["finess"], site["town"]) == ("hospital", "660000092", "Thuir")
    assert site["url"].endswith("/equipes/660000092")
    assert (person["type"], person["acct"]) == ("account", "Amie")
    assert team["name"] == "Équipe de NUIT"
    again = await thank(house, author, "ÉQUIPE DE NUIT !", kind="victory")
    assert again["salledepause"]["thanks"][0]["id"] == team["id"]
    (told,) = await house.get("/api/v1/notifications", friend)
    assert (told["type"], told["status"]["id"]) == ("mention", made["id"])
    assert (await house.get(f"{TEAMS}/{team['id']}"))["thanks_count"] == 2
    edited = await house.call(
        "PUT", f"/api/v1/statuses/{made['id']}", author, json={"status": "Oups", "salledepause": {"thanks": ["SAMU"]}}
    )
    assert names(edited.json()) == ["SAMU"]
    plain = await house.call("PUT", f"/api/v1/statuses/{made['id']}", author, json={"status": "Encore"})
    assert names(plain.json()) == ["SAMU"]
    other = await house.call("PUT", f"/api/v1/statuses/{made['id']}", author, json={"salledepause": {"kind": "story"}})
    assert "thanks" not in other.json()["salledepause"]


async def test_apps_that_know_nothing_thank_whom_a_thank_you_names(open_house: House) -> None:
    house = open_house
    author, _, friend = await house.person("autrice"), await house.person("zoe"), await house.person("amie")
    made = await house.say(author, "Merci @amie, merci @zoe, merci @personne.", salledepause={"kind": "thanks"})
    assert names(made) == ["amie", "zoe"]
    assert names(await house.get(f"/api/v1/statuses/{made['id']}")) == ["amie", "zoe"]
    assert len(await house.get("/api/v1/notifications", friend)) == 1
    victory = await house.say(author, "Avec @amie.", salledepause={"kind": "victory"})
    assert names(victory) == []
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, friend.id)
    assert names(await house.get(f"/api/v1/statuses/{made['id']}")) == ["zoe"]


async def test_what_is_not_open_to_all_is_counted_nowhere_and_names_nobody(open_house: House) -> None:
    house = open_house
    author, friend, other = [await house.person(name) for name in ("autrice", "amie", "autre")]
    made = await thank(house, author, "Docteur Martin du 3e", "@amie", "finess:660000092", visibility="private")
    slug = made["salledepause"]["thanks"][0]["id"]
    for path in (f"{TEAMS}/{slug}", f"{TEAMS}/{slug}/statuses"):
        assert (await house.call("GET", path)).status_code == 404
        assert (await house.call("GET", path, other)).status_code == 404
    assert await house.get(TEAMS, other, q="docteur martin") == []
    assert (await house.get(f"{TEAMS}/660000092"))["thanks_count"] == 0
    assert await house.get(f"{TEAMS}/660000092/statuses", other) == []
    assert [one["id"] for one in await house.get(f"{TEAMS}/660000092/statuses", author)] == [made["id"]]
    assert await house.get("/api/v1/notifications", friend) == []
    async with house.site.db.transaction() as tx:
        await graph.block(tx, author.id, other.id)
    shown = await thank(house, author, "Docteur Martin du 3e")
    assert (await house.get(f"{TEAMS}/{slug}"))["thanks_count"] == 1
    assert await house.get(f"{TEAMS}/{slug}/statuses", other) == []
    await house.call("DELETE", f"/api/v1/statuses/{shown['id']}", author)
    assert (await house.call("GET", f"{TEAMS}/{slug}")).status_code == 404
    await house.call("DELETE", f"/api/v1/statuses/{made['id']}", author)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE teams SET id = 1 WHERE key = 'docteur martin du 3e'")  # as if an hour had gone by
    await victories.sweep(house.site)
    async with house.site.db.reading() as tx:
        assert await tx.values("SELECT name FROM teams WHERE name IS NOT NULL") == []


async def test_what_is_too_much_or_means_nobody_is_refused_and_nothing_is_written(open_house: House) -> None:
    house = open_house
    author = await house.person("autrice")
    for words in (
        [f"équipe {number}" for number in range(200)],
        ["x" * 10_000],
        ["é" * 81],
        ["🎉🎉"],
        ["finess:000000000"],
        ["finess:x' OR 1=1"],
        ["@personne"],
        ["@x@ailleurs.example"],
    ):
        assert await refused(house, author, {"salledepause": {"kind": "thanks", "thanks": words}})
    assert await refused(house, author, {"salledepause": {"kind": "rant", "thanks": ["SAMU"]}})
    assert await refused(
        house, author, {"scheduled_at": "2030-01-01T00:00:00Z", "salledepause": {"kind": "thanks", "thanks": ["SAMU"]}}
    )
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM posts") == await tx.value("SELECT count(*) FROM teams") == 0
    odd = await thank(
        house, author, "<script>alert(1)</script>", "\u202eSAMU\u202c", "équipe ' ; DROP TABLE teams --", "فريق الليل"
    )
    assert names(odd)[:2] == ["<script>alert(1)</script>", "SAMU"]
    assert len(names(odd)) == 4


async def test_teams_are_found_as_one_types_and_never_by_how_often_they_were_thanked(open_house: House) -> None:
    house = open_house
    author, host = await house.person("autrice"), await house.person("hote", role="host")
    orders = []
    for turn in ("Pompiers de Thuir", "Pompiers d'Elne"):
        for number in range(4):
            await thank(house, author, turn, text=f"Merci {number} {turn}")
        await thank(house, author, *({"Pompiers de Thuir", "Pompiers d'Elne"} - {turn}), text=f"Une fois {turn}")
        orders.append([one["name"] for one in await house.get(TEAMS, q="pompiers")])
    assert orders[0] == orders[1] == ["Pompiers d'Elne", "Pompiers de Thuir"]
    found = await house.get(TEAMS, author, q="chs thui")
    assert [one["name"] for one in found] == ["Centre hospitalier spécialisé Leon Jean Gregory Thuir"]
    assert [one["acct"] for one in await house.get(TEAMS, author, q="@aut")] == ["autrice"]
    for nothing in ("", "a", "' | & !", "\u202e", "x" * 5000):
        assert await house.get(TEAMS, author, q=nothing) == []
    elne, thuir = await house.get(TEAMS, q="pompiers")
    async with house.site.db.transaction() as tx:
        admin = await accounts.give_token(tx, host.id, ("admin:write",))
    for who, status in ((author, 403), (admin, 200)):
        path = f"{TEAMS}/{thuir['id']}/merge"
        assert (await house.call("POST", path, who, json={"into": elne["id"]})).status_code == status
    assert [one["name"] for one in await house.get(TEAMS, q="pompiers")] == ["Pompiers d'Elne"]
    merged = await house.get(f"{TEAMS}/{thuir['id']}")
    assert (merged["id"], merged["thanks_count"]) == (elne["id"], 10)
    later = await thank(house, author, "pompiers de thuir", text="Encore merci")
    assert names(later) == ["Pompiers d'Elne"]
    for into in (elne["id"], thuir["id"], "1", "660000099"):
        answer = await house.call("POST", f"{TEAMS}/{elne['id']}/merge", admin, json={"into": into})
        assert answer.status_code in {404, 422}


async def test_a_new_name_in_the_register_shows_wherever_the_site_is_thanked(open_house: House) -> None:
    author = await open_house.person("autrice")
    made = await thank(open_house, author, "finess:660000092")
    async with open_house.site.db.transaction() as tx:
        await sources.write_register(tx, REGISTER.replace("CENTRE HOSPITALIER SPECIALISE LEON", "CH LEON"))
    assert names(await open_house.get(f"/api/v1/statuses/{made['id']}")) == ["CH Leon Jean Gregory Thuir"]


async def test_our_own_api_is_described_and_says_what_it_answers(open_house: House) -> None:
    author = await open_house.person("autrice")
    made = await thank(open_house, author, "finess:660000092", "@autrice", "SAMU")
    described = await open_house.get("/api/salledepause/openapi.json")
    assert described["paths"].keys() >= {TEAMS, f"{TEAMS}/{{id}}", f"{TEAMS}/{{id}}/statuses", f"{TEAMS}/{{id}}/merge"}
    shape = described["components"]["schemas"]["TeamEntity"]
    told = await open_house.get(f"{TEAMS}/660000092")
    assert told.keys() <= shape["properties"].keys()
    assert {*shape["required"]} <= told.keys()
    assert all(one.keys() <= shape["properties"].keys() for one in made["salledepause"]["thanks"])


async def test_an_author_may_have_nobody_answer_or_quote_a_victory(open_house: House) -> None:
    house = open_house
    author, other = await house.person("autrice"), await house.person("autre")
    asked = {"kind": "victory", "closed": True}
    made = await house.say(author, "Il a marché.", salledepause=asked, quote_approval_policy="public")
    assert made["salledepause"]["closed"] is True
    answer = {"status": "Bof.", "in_reply_to_id": made["id"]}
    assert (await house.call("POST", "/api/v1/statuses", other, json=answer)).status_code == 403
    quote = {"status": "Bof.", "quoted_status_id": made["id"]}
    assert (await house.call("POST", "/api/v1/statuses", other, json=quote)).status_code == 403
    assert (await house.call("POST", "/api/v1/statuses", author, json=answer)).status_code == 200
    await house.post(f"/api/v1/statuses/{made['id']}/favourite", other)
    body = {"status": "Il a marché !", "salledepause": {"closed": False}}
    opened = (await house.call("PUT", f"/api/v1/statuses/{made['id']}", author, json=body)).json()
    assert "closed" not in opened["salledepause"]
    assert (await house.call("POST", "/api/v1/statuses", other, json=answer)).status_code == 200
