"""La soupape by its API: how long words last, what they never carry, the words of support that answer them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from salledepause.features import posts, rooms
from salledepause.features.accounts import Family
from salledepause.kernel import clock
from tests.support.house import House, Person
from tests.support.rooms import prove

STATUSES, OURS = "/api/v1/statuses", "/api/salledepause/v1"
NAMES = {"lea": Family.PARAMEDICAL, "noor": Family.MEDICAL, "ines": Family.PARAMEDICAL, "keeper": Family.OTHER}


class Vent:
    """La soupape of a house, and carers in it."""

    def __init__(self, house: House, people: dict[str, Person], handle: str, room_id: int) -> None:
        self.house, self.people, self.handle, self.room_id = house, people, handle, room_id

    async def call(self, method: str, path: str, who: str, **body: Any) -> tuple[int, Any]:
        answer = await self.house.call(method, path, self.people[who], **({"json": body} if body else {}))
        return answer.status_code, answer.json()

    async def say(self, who: str, text: str, hours: int | None = None, **body: Any) -> tuple[int, Any]:
        ours = {"expires_hours": hours} if hours is not None else {}
        return await self.call("POST", STATUSES, who, status=f"@{self.handle} {text}", salledepause=ours, **body)

    async def said(self, who: str, text: str, hours: int | None = None) -> Any:
        status, body = await self.say(who, text, hours)
        assert status == 200, body
        return body


@pytest.fixture
async def vent(house: House) -> Vent:
    people = {name: await house.person(name, family=family) for name, family in NAMES.items()}
    people["host"] = await house.person("host", family=Family.OTHER, role="host")
    people["patient"] = await house.person("patient", family=Family.PATIENT)
    for name in ("lea", "noor", "ines"):
        await prove(house, people[name], NAMES[name])
    async with house.site.db.transaction() as tx:
        opening = rooms.Opening(name="La soupape", handle="la_soupape", sort="vent", listed=True, rules=rooms.VENT)
        made = await rooms.create(tx, None, opening)
    return Vent(house, people, made.handle, made.id)


def lasts(said: Any) -> timedelta:
    return datetime.fromisoformat(said["salledepause"]["expires_at"]) - datetime.fromisoformat(said["created_at"])


async def test_an_author_chooses_how_long_it_lasts(vent: Vent) -> None:
    assert lasts(await vent.said("lea", "Un jour.")) == timedelta(hours=24)
    for hours in (1, 72):
        assert lasts(await vent.said("lea", f"{hours} h", hours)) == timedelta(hours=hours)
    for hours in (0, -1, 73, 10**12):
        assert (await vent.say("lea", "Trop.", hours))[0] == 422
    outside = await vent.call("POST", STATUSES, "lea", status="Dehors", salledepause={"expires_hours": 3})
    assert outside[0] == 422
    assert "Dehors" not in (await vent.house.call("GET", "/api/v1/timelines/public")).text


async def test_words_are_all_that_it_takes(vent: Vent) -> None:
    poll = {"options": ["oui", "non"], "expires_in": 3600}
    status, kept = await vent.call("POST", f"{OURS}/learned/{(await vent.said('noor', 'Rien.'))['id']}", "lea", note="à retenir")
    assert (status, "error" in kept) == (422, True)
    later = (clock.now() + timedelta(hours=2)).isoformat()
    refused: list[dict[str, Any]] = [{"poll": poll}, {"media_ids": [1]}, {"scheduled_at": later}]
    for more in refused:
        status, said = await vent.say("lea", "Avec autre chose", **more)
        assert status == 422, more
        assert "efface" in said["error"] or "ends" in said["error"], said
    root = await vent.said("lea", "Un mot.")
    here = f"{STATUSES}/{root['id']}"
    assert (await vent.call("PUT", here, "lea", status="Deux mots.", poll=poll))[0] == 422
    thanks = {"kind": "thanks", "thanks": ["Le service du troisième"]}
    status, _ = await vent.call("POST", STATUSES, "lea", status=f"@{vent.handle} merci", salledepause=thanks)
    assert status == 422
    async with vent.house.site.db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM posts") == 2
        assert await tx.value("SELECT count(*) FROM scheduled_posts") == 0


async def test_it_goes_nowhere_else(vent: Vent) -> None:
    root = await vent.said("lea", "@noor motvraimentunique https://exemple.test/lien #motdiese", 3)
    here, noor = f"{STATUSES}/{root['id']}", vent.people["noor"]
    assert (root["card"], root["visibility"], root["tags"]) == (None, "private", [])
    assert (await vent.call("POST", f"{here}/reblog", "noor"))[0] == 403
    assert (await vent.call("POST", STATUSES, "noor", status="vu", quoted_status_id=root["id"]))[0] == 403
    for query in ("motvraimentunique", "from:lea", "has:link", "#motdiese"):
        found = (await vent.house.call("GET", "/api/v2/search", noor, params={"q": query})).text
        assert root["id"] not in found, query
    await vent.call("POST", f"{here}/favourite", "noor")
    seen = (await vent.call("GET", here, "lea"))[1]
    assert (seen["favourites_count"], seen["reblogs_count"], seen["quotes_count"]) == (0, 0, 0)
    assert (await vent.call("GET", f"{here}/favourited_by", "lea"))[1] == []
    for who in ("lea", "noor"):
        assert (await vent.call("GET", "/api/v1/notifications", who))[1] == []
    for path in ("/.well-known/webfinger?resource=acct:la_soupape@salle.test", f"/@lea/{root['id']}", "/@la_soupape"):
        answer = await vent.house.call("GET", path, headers={"accept": "application/activity+json"})
        assert answer.status_code == 404, path
    assert (await vent.call("GET", f"/api/oembed?url={root['url']}", "noor"))[0] == 404


async def test_history_filters_and_sources_open_it_again(vent: Vent) -> None:
    root = await vent.said("lea", "Premier jet rugueux", 2)
    here = f"{STATUSES}/{root['id']}"
    status, edited = await vent.call("PUT", here, "lea", status="Second jet", spoiler_text="ça sort")
    assert (status, edited["spoiler_text"], lasts(edited)) == (200, "ça sort", timedelta(hours=2))
    texts = [one["content"] for one in (await vent.call("GET", f"{here}/history", "noor"))[1]]
    assert ["rugueux" in one for one in texts] == [True, False]
    assert (await vent.call("GET", f"{here}/source", "lea"))[1]["text"] == "Second jet"
    wanted = {"title": "secousses", "context": ["home", "public", "thread"], "keywords_attributes": [{"keyword": "jet"}]}
    await vent.call("POST", "/api/v2/filters", "noor", **wanted)
    assert (await vent.call("GET", here, "noor"))[1]["filtered"] != []
    erased = await vent.call("DELETE", here, "lea")
    assert erased[1]["text"] == "@la_soupape Second jet"


async def test_without_its_key_a_post_is_gone_and_nothing_fails(vent: Vent) -> None:
    lost, kept = await vent.said("lea", "Sans clé", 1), await vent.said("lea", "Avec clé", 5)
    for key in vent.house.site.settings.seals.glob("*.key"):
        if key.name == f"{datetime.fromisoformat(lost['salledepause']['expires_at']):%Y-%m-%dT%H}.key":
            key.unlink()
    async with House.opened(vent.house.site.settings, vent.house._recorder) as again:  # noqa: SLF001 - another process
        lea, noor = vent.people["lea"], vent.people["noor"]
        said = await again.get(f"{OURS}/rooms/{vent.room_id}/posts", noor)
        assert [one["id"] for one in said] == [kept["id"]]
        here = f"{STATUSES}/{lost['id']}"
        for path in (here, f"{here}/source", f"{here}/history", f"{OURS}/posts/{lost['id']}/support"):
            assert (await again.call("GET", path, lea)).status_code == 404, path
        assert (await again.call("GET", f"{here}/context", lea)).status_code == 200
        assert (await again.call("PUT", here, lea, json={"status": "encore"})).status_code == 404
        assert (await again.call("GET", f"{STATUSES}?id[]={lost['id']}", noor)).json() == []
        answered = {"status": "réponse", "in_reply_to_id": lost["id"]}
        assert (await again.call("POST", STATUSES, noor, json=answered)).status_code in {200, 404}
        assert (await again.call("DELETE", here, lea)).status_code == 404


async def test_favourites_are_words_of_support(vent: Vent) -> None:
    root = await vent.said("lea", "Onze sonnettes.")
    here, support = f"{STATUSES}/{root['id']}", f"{OURS}/posts/{root['id']}/support"
    assert (await vent.call("POST", f"{here}/favourite", "noor"))[1]["favourited"] is True
    assert (await vent.call("GET", support, "noor"))[1] == {"word": "here", "received": None}
    assert (await vent.call("POST", support, "noor", word="courage"))[1]["word"] == "courage"
    assert (await vent.call("POST", support, "ines", word="courage"))[1]["word"] == "courage"
    assert (await vent.call("GET", here, "ines"))[1]["favourited"] is True
    received = (await vent.call("GET", support, "lea"))[1]["received"]
    assert received == [{"word": "courage", "families": ["soignant-medical", "soignant-paramedical"]}]
    await vent.call("POST", f"{here}/unfavourite", "noor")
    assert (await vent.call("DELETE", support, "ines"))[1] == {"word": None, "received": None}
    assert (await vent.call("DELETE", support, "ines"))[0] == 200
    assert (await vent.call("GET", support, "lea"))[1]["received"] == []
    assert (await vent.call("GET", here, "ines"))[1]["favourited"] is False
    assert (await vent.call("POST", support, "lea", word="here"))[0] == 422
    assert (await vent.call("POST", support, "patient", word="here"))[0] == 404
    assert (await vent.call("POST", support, "noor", word="bravo"))[0] == 422
    elsewhere = (await vent.call("POST", STATUSES, "lea", status="Dehors"))[1]
    assert (await vent.call("POST", f"{OURS}/posts/{elsewhere['id']}/support", "noor", word="here"))[0] == 422
    await vent.call("POST", f"{STATUSES}/{elsewhere['id']}/favourite", "noor")
    async with vent.house.site.db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM supports") == 0


async def test_a_family_that_hides_is_not_told(vent: Vent) -> None:
    root = await vent.said("lea", "Trop.")
    support = f"{OURS}/posts/{root['id']}/support"
    async with vent.house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET shows_family = false WHERE id = %s", [vent.people["noor"].id])
        tx.touches_everything()
    await vent.call("POST", support, "noor", word="listening")
    assert (await vent.call("GET", support, "lea"))[1]["received"] == [{"word": "listening", "families": []}]
    told = (await vent.house.call("GET", support, vent.people["lea"])).text
    assert "noor" not in told


async def test_hosts_change_its_rules_and_read_nothing(vent: Vent) -> None:
    root = await vent.said("lea", "Entre nous.")
    here = f"{OURS}/rooms/{vent.room_id}"
    status, known = await vent.call("GET", here, "host")
    assert (status, known["may_read"], known["may_speak"]) == (200, False, False)
    assert (await vent.call("GET", f"{here}/posts", "host"))[0] == 404
    assert (await vent.call("GET", f"{STATUSES}/{root['id']}", "host"))[0] == 404
    status, changed = await vent.call("PATCH", here, "host", rules={"expires_hours": 6, "searchable": True, "media": True})
    assert (status, changed["rules"]["expires_hours"]) == (200, 6)
    assert (changed["rules"]["searchable"], changed["rules"]["media"]) == (False, False)
    assert lasts(await vent.said("lea", "Plus court.")) == timedelta(hours=6)
    assert (await vent.call("PATCH", here, "host", rules={"expires_hours": 73}))[0] == 422
    for who in ("lea", "patient", "keeper"):
        assert (await vent.call("PATCH", here, who, rules={"expires_hours": 1}))[0] == 404
    await vent.call("PATCH", here, "host", rules={"families": ["soignant-medical"]})
    assert (await vent.call("GET", f"{here}/posts", "ines"))[0] == 404


async def test_hosts_keep_no_room_that_somebody_keeps(vent: Vent) -> None:
    other = await vent.house.person("autre", role="host")
    async with vent.house.site.db.transaction() as tx:
        opening = rooms.Opening(
            name="Tenue", handle="tenue", sort="room", listed=True, rules=rooms.Rules(reads=rooms.Reads.SIGNED_IN)
        )
        kept = await rooms.create(tx, other.id, opening)
    assert (await vent.call("PATCH", f"{OURS}/rooms/{kept.id}", "host", name="Prise"))[0] == 404


async def test_what_is_over_is_erased_with_its_key(vent: Vent, monkeypatch: pytest.MonkeyPatch) -> None:
    site = vent.house.site
    gone, stays = await vent.said("lea", "Bientôt rien", 1), await vent.said("lea", "Encore là", 72)
    await vent.call("POST", f"{STATUSES}/{gone['id']}/favourite", "noor")
    await posts.expire(site)
    assert len(list(site.settings.seals.iterdir())) == 2
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    await posts.expire(site)
    assert len(list(site.settings.seals.iterdir())) == 2, "a key stays while something of its hour is there"
    async with site.db.transaction() as tx:
        await tx.run("UPDATE posts SET expires_at = now() WHERE id = %s", [int(gone["id"])])
        tx.touches_everything()
    await posts.expire(site)
    (left,) = site.settings.seals.iterdir()
    assert left.name == f"{datetime.fromisoformat(stays['salledepause']['expires_at']):%Y-%m-%dT%H}.key"
    assert left.stat().st_mode & 0o777 == 0o600
    async with site.db.transaction() as tx:
        assert await tx.values("SELECT id FROM posts") == [int(stays["id"])]
        assert await tx.value("SELECT count(*) FROM supports") == 0
