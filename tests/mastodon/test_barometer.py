"""The barometer of rooms: four people move nothing whatever they do, five do; red slows, alerts, sorts, and lifts by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salledepause.features import barometer
from salledepause.features.barometer import BRAKE, FEWEST, HEAT, REST, WEIGHTS, State
from salledepause.features.barometer.model import RANKS, Gauge, Said, Sign, measured, settled, signs_of
from salledepause.kernel import clock
from tests.support.house import House, Person
from tests.web.keepers import keeper

START = datetime(2026, 3, 2, 20, tzinfo=UTC)
OURS = "/api/salledepause/v1/rooms"
SHARP = "Tu es vraiment un incapable, ferme-la."
THREAT = "Toi tu vas le regretter, je sais où tu gares ta voiture."
SIGNS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(sorted(WEIGHTS)), st.integers(0, 180)), max_size=60)


@settings(max_examples=60)
@given(given_signs=SIGNS, before=st.sampled_from(State))
def test_four_people_move_nothing_and_hold_nothing_up(given_signs: list[tuple[int, str, int]], before: State) -> None:
    signs = [Sign(who, kind, START + timedelta(minutes=minute)) for who, kind, minute in given_signs]
    state = before
    for minute in range(0, 240, 5):
        now = START + timedelta(minutes=minute)
        state = settled(state, START - REST, measured([one for one in signs if one.at <= now], [], now), now)
        assert state is State.CALM


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 40), st.integers(0, 30), st.booleans()), min_size=20, max_size=90))
def test_a_state_rests_before_a_calmer_one_and_rises_at_its_bar_alone(minutes: list[tuple[float, int, bool]]) -> None:
    state, since = State.CALM, START
    for minute, (heat, people, share) in enumerate(minutes):
        now = START + timedelta(minutes=minute)
        after = settled(state, since, Gauge(heat, people, share, ()), now)
        if RANKS[after] > RANKS[state]:
            assert heat >= HEAT[after]
            assert people >= FEWEST
            assert share
        if RANKS[after] < RANKS[state]:
            assert now - since >= REST
        state, since = after, since if after is state else now


def test_what_counts() -> None:
    """One counts up to three; ten are a crowd; the young count nothing; it takes one in four; numbers are fives."""
    one = measured([Sign(1, "grave", START)] * 9, [], START)
    assert (one.heat, one.people, one.reasons) == (3.0, 1, ())

    def at_half_past(speakers: int) -> Gauge:
        said = [Said(who, START - timedelta(minutes=30), None, "vert", counts=True) for who in range(speakers)]
        return measured([Sign(who, "sharp", START - timedelta(minutes=30)) for who in range(7)], said, START)

    seven = at_half_past(28)
    assert (seven.heat, seven.people, seven.share_met) == (3.5, 7, True)
    assert [(one.kind, one.people) for one in seven.reasons] == [("sharp", 5)]
    assert not at_half_past(29).share_met
    chatty = [Said(who % 9, START, None, "vert", counts=True) for who in range(71)]
    assert measured([Sign(who, "sharp", START) for who in range(7)], chatty[1:], START).share_met
    assert not measured([Sign(who, "sharp", START) for who in range(7)], chatty, START).share_met

    def answers(people: int, *, apart: int, counts: bool = True) -> list[Said]:
        return [Said(who, START + timedelta(seconds=who * apart), 99, "vert", counts) for who in range(people)]

    assert [one.kind for one in signs_of(answers(10, apart=60))] == ["crowd"] * 10
    assert signs_of(answers(9, apart=1)) == []
    assert signs_of(answers(10, apart=70)) == []
    assert signs_of(answers(30, apart=1, counts=False)) == []
    assert signs_of([Said(1, START, None, "rouge", counts=False)]) == []


async def people(house: House, prefix: str, number: int, *, days: int) -> list[Person]:
    made = clock.now() - timedelta(days=days)
    return [await house.person(f"{prefix}_{place}", created_at=made) for place in range(number)]


async def opened(house: House, host: Person, **rules: Any) -> str:
    given_rules = {"reads": "signed_in", "speaks": "signed_in", "entry": "free"} | rules
    found = await house.post(OURS, host, name="Le tri", handle="le_tri", sort="room", listed=True, rules=given_rules)
    return str(found["room"]["id"])


async def answer(house: House, who: Person, text: str, room: str, to: str | None = None) -> dict[str, Any]:
    """Say something in the room, where it is let in; return what it became, or the refusal."""
    body = {"status": text, "salledepause": {"room": room}} if to is None else {"status": text, "in_reply_to_id": to}
    sent = await house.call("POST", "/api/v1/statuses", who, json=body)
    found: dict[str, Any] = sent.json()
    return found | {"code": sent.status_code, "retry": sent.headers.get("retry-after")}


async def dial(house: House, who: Person, room: str) -> Any:
    await barometer.gauge(house.site)
    return await house.get(f"{OURS}/{room}/barometer", who)


async def alerts(house: House, who: Person) -> int:
    keys = {"authorization": f"Bearer {who.token}"}
    found = await house.client.get("/api/v1/notifications", params={"types[]": "room_red"}, headers=keys)
    return len(found.json())


async def everything_by_four(house: House, room: str, four: list[Person], fresh: list[Person]) -> str:
    """Have four people, and many accounts made today, do all that counts; return the id of a calm post."""
    calm = (await answer(house, four[0], "Qui est de repos demain ? Café à neuf heures.", room))["id"]
    for who in [*four, *fresh]:
        said = [await answer(house, who, text, room, to) for text, to in ((SHARP, None), (THREAT, calm))]
        assert [one["code"] for one in said] == [200, 200]
        about = {"account_id": str(four[0].id), "status_ids": [calm], "comment": "Encore."}
        for _ in range(2):
            await house.post("/api/v1/reports", who, **about)
    return str(calm)


async def test_five_redden_a_room_that_slows_alerts_sorts_and_lifts_by_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, (*four, fifth, calm_one) = await house.person("hotesse", role="host"), *[await people(house, "ancienne", 6, days=30)]
    room = await opened(house, host)
    calm = await everything_by_four(house, room, four, await people(house, "nouveau", 8, days=2))
    quiet = await dial(house, fifth, room)
    assert (quiet["state"], quiet["people"], quiet["reasons"], quiet["pace_seconds"]) == ("calm", 0, [], 0)
    assert await alerts(house, host) == 0
    assert (await answer(house, fifth, SHARP, room))["code"] == 200
    red = await dial(house, calm_one, room)
    assert (red["state"], red["on"], red["people"], red["pace_seconds"]) == ("red", True, 5, int(BRAKE.total_seconds()))
    assert {one["people"] for one in red["reasons"]} == {5}
    assert not any(who.handle in str(red) or str(who.id) in str(red) for who in (*four, fifth))
    again = await dial(house, fifth, room)
    assert (again["since"], await alerts(house, host), await alerts(house, fifth)) == (red["since"], 1, 0)
    refused = await answer(house, fifth, "Encore un mot.", room)
    assert (refused["code"], 0 < int(refused["retry"]) <= BRAKE.total_seconds()) == (429, True)
    assert [(await answer(house, host, "On respire.", room))["code"] for _ in range(2)] == [200, 200]
    await _is_read_calmest_first(house, host, (room, calm))
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    lifted = await dial(house, fifth, room)
    assert (lifted["state"], lifted["since"], lifted["pace_seconds"]) == ("calm", None, 0)
    assert (await answer(house, fifth, "Encore un mot.", room))["code"] == 200
    monkeypatch.undo()
    assert (await dial(house, fifth, room))["state"] == "red", "what was said an hour ago, for the clock, is said again"
    await _is_kept_by_hosts(house, (host, fifth), room)


async def _is_read_calmest_first(house: House, host: Person, where: tuple[str, str]) -> None:
    room, calm = where
    by_time = await house.get(f"{OURS}/{room}/posts", host, limit=40)
    calmest = await house.get(f"{OURS}/{room}/posts", host, limit=40, order="calm")
    assert [one["id"] for one in by_time] == sorted((one["id"] for one in by_time), key=int, reverse=True)
    assert by_time[-1]["id"] == calm
    assert calmest[2]["id"] == calm, "after what the host said, which is calm and later"
    assert sorted(one["id"] for one in calmest) == sorted(one["id"] for one in by_time)
    assert await _walked(house, host, f"{OURS}/{room}/posts?order=calm&limit=3", "next") == [one["id"] for one in calmest]
    middle = f"{OURS}/{room}/posts?order=calm&limit=3&min_id={calmest[6]['id']}"
    assert await _walked(house, host, middle, "prev") == [one["id"] for one in (*calmest[3:6], *calmest[:3])]
    assert (await house.call("GET", f"{OURS}/{room}/posts", host, params={"order": "anger"})).status_code == 422
    async with keeper(house, "gardienne") as visitor:
        page = await visitor.get("/pieces/le_tri")
        for told in ("Baromètre : rouge", "au moins 5 personnes", "des mots qui blessent", "Revoir dans l'ordre du temps"):
            assert told in page.text, told
        assert "Café à neuf heures" in page.text.partition("ferme-la")[0], "calm posts first"
        assert "Le tri" in (await visitor.get("/barometre")).text
        (after,) = (link for link in page.links if "max_id=" in link)
        rest = await visitor.get(after)
        sought = ("Café à neuf heures", "ferme-la", "Revoir dans l'ordre")
        assert [one in rest.text for one in sought] == [False, True, True]
        by_day = (await visitor.get(f"/pieces/le_tri?ordre=calme&jour={clock.today()}")).text
        assert "Dans l'ordre du temps." in by_day, "a day is looked up in the order of time"
        turned = (await visitor.get("/pieces/le_tri?ordre=temps")).text
        assert "Les messages calmes d" in turned
        assert "Revoir dans l" not in turned
        assert "Voir laquelle" not in (await visitor.get("/notifications")).text, "who became a host since was not alerted"


async def _walked(house: House, who: Person, first: str, rel: str) -> list[str]:
    """Return the ids of all pages from one on, as their Link headers lead."""
    found, url = [], first
    while url:
        answered = await house.call("GET", url, who)
        found += [one["id"] for one in answered.json()]
        links = dict(re.findall(r'<([^>]+)>; rel="(next|prev)"', answered.headers.get("link", "")))
        url = next((link for link, name in links.items() if name == rel), "") if answered.json() else ""
    return found


async def _is_kept_by_hosts(house: House, who: tuple[Person, Person], room: str) -> None:
    host, member = who
    for method, path, body in (("POST", "/lift", {}), ("PATCH", "", {"on": False})):
        assert (await house.call(method, f"{OURS}/{room}/barometer{path}", member, json=body)).status_code == 404
    assert (await house.post(f"{OURS}/{room}/barometer/lift", host))["state"] == "calm"
    assert (await dial(house, member, room))["state"] == "calm", "what was said before counts no more"
    for on in (False, False, True):
        sent = await house.call("PATCH", f"{OURS}/{room}/barometer", host, json={"on": on})
        assert (sent.status_code, sent.json()["on"]) == (200, on)
        assert (await dial(house, member, room))["on"] is on
    async with keeper(house, "surveillante") as visitor:
        await visitor.get("/pieces/le_tri/barometre")
        await visitor.submit("/pieces/le_tri/barometre", button=("gesture", "stop"))
        assert "éteint" in (await visitor.get("/pieces/le_tri")).text
        journal = (await visitor.get("/maison/journal")).text
        for told in ("a levé le baromètre", "a éteint le baromètre", "a rallumé le baromètre"):
            assert told in journal, told


async def test_where_words_end_nothing_is_measured(house: House) -> None:
    host, them = await house.person("hotesse", role="host"), await people(house, "ancienne", 6, days=30)
    room = await opened(house, host, expires_hours=24)
    for who in them:
        assert (await answer(house, who, SHARP, room))["code"] == 200
    await barometer.gauge(house.site)
    for method, path, body in (("GET", "", None), ("POST", "/lift", {}), ("PATCH", "", {"on": True})):
        assert (await house.call(method, f"{OURS}/{room}/barometer{path}", host, json=body)).status_code == 404
    async with house.site.db.reading() as tx:
        assert await tx.row("SELECT (SELECT count(*) FROM room_readings), (SELECT count(*) FROM room_barometers)") == (0, 0)
    async with keeper(house, "gardienne") as visitor:
        assert "Baromètre" not in (await visitor.get("/pieces/le_tri")).text
        await visitor.get("/pieces/le_tri/barometre", status=404)
