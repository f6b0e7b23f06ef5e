"""The shield by the API: what hurts waits without a sign, is told in numbers, and is let through, kept or taken away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from salledepause.features import language, notifications, shield
from salledepause.features.language import Mention, MentionVerdict
from salledepause.features.notifications import Quiet, quiet
from salledepause.features.shield import Shield, insults
from salledepause.features.shield.model import Case, week_of
from salledepause.kernel import clock
from tests.support.house import House, Person
from tests.support.streams import listening

HERE = "/api/salledepause/v1/shield"
DUELS = "/api/salledepause/v1/duels"
PARIS = ZoneInfo("Europe/Paris")
INSULT = "Espèce de collabo, vous n'êtes qu'un dictateur incompétent, dégagez !"
TRADE = "Vous êtes tous des incapables, les administratifs ne servent à rien, bande de c0llab0s"
KIND = "Bonjour, à quelle heure ferme le self ce soir ?"


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody have quiet hours who chose none: tests run at night too."""
    monkeypatch.setattr(quiet, "NIGHT", Quiet(on=False))


@pytest.fixture(autouse=True)
def first_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the first pass alone judge, read before the clock of a job runs: the encoder's own tests are elsewhere."""
    monkeypatch.setattr(language, "full", language.quick)
    language.mentions([Mention(KIND)], language.quick())


async def verdicts(house: House) -> None:
    """Have what waits judged."""
    await house.site.jobs.run(wait=False)


async def told(house: House, who: Person, **asked: Any) -> list[str]:
    return [one["status"]["id"] for one in await house.get("/api/v1/notifications", who, **asked) if one.get("status")]


async def sas(house: House, who: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await house.get(f"{HERE}/sas", who)
    return found


async def friends(house: House, one: Person, other: Person) -> None:
    await house.post(f"/api/v1/accounts/{other.id}/follow", one)
    await house.post(f"/api/v1/accounts/{one.id}/follow", other)


async def test_what_hurts_waits_without_a_sign_and_what_does_not_is_told_after_its_verdict(house: House) -> None:
    wearer, rude, mild = await house.person("directrice"), await house.person("grossier"), await house.person("aimable")
    assert (await house.get(HERE, wearer))["worn"] is False
    worn = await house.post(HERE, wearer, worn=True)
    assert (worn["worn"], worn["words"], worn["digest"]) == (True, ["collabo", "dictateur", "incompétent"], "none")
    async with listening(house, "/api/v1/streaming/user", {"authorization": f"Bearer {wearer.token}"}) as stream:
        hurting = await house.say(rude, f"@directrice {INSULT}", visibility="direct")
        trade = await house.say(rude, f"@directrice {TRADE}")
        kind = await house.say(mild, f"@directrice {KIND}")
        assert await told(house, wearer) == [], "nothing rings before the verdict"
        await verdicts(house)
        heard = await stream.next()
        assert (heard.event, json.loads(heard.payload)["status"]["id"]) == ("notification", kind["id"])
    assert await told(house, wearer) == await told(house, wearer, include_filtered="true") == [kind["id"]]
    assert (await house.get("/api/v1/notifications/unread_count", wearer))["count"] == 1
    assert await house.get("/api/v1/notifications/requests", wearer) == await house.get("/api/v1/conversations", wearer) == []
    waiting = await sas(house, wearer)
    assert [(one["kind"], one["tie"]) for one in waiting] == [
        ("attack_on_profession", "newcomer"),
        ("attack_on_person", "newcomer"),
    ]
    spoken = {"fr": "1 attaque contre vous, 1 attaque contre la profession", "en": "1 attack on you, 1 attack on the profession"}
    for language_of, text in spoken.items():
        entity = (await house.call("GET", HERE, wearer, headers={"accept-language": language_of})).json()
        assert entity["summary"]["text"].startswith(f"{text}, ")
    assert not any(word in json.dumps([waiting, entity["summary"]]) for word in ("dictateur", "grossier", "incapables"))
    opened = await house.get(f"{HERE}/sas/{waiting[1]['id']}", wearer)
    assert (opened["status"]["id"], opened["status"]["account"]["acct"]) == (hurting["id"], "grossier")
    for one in (hurting, trade):  # its author meets it everywhere, as before
        assert (await house.get(f"/api/v1/statuses/{one['id']}", rude))["id"] == one["id"]
    assert [one["id"] for one in await house.get(f"/api/v1/accounts/{rude.id}/statuses", rude)] == [trade["id"], hurting["id"]]
    assert (await house.call("GET", f"{HERE}/sas/{waiting[0]['id']}", rude)).status_code == 404
    (week,) = await house.get(f"{HERE}/weeks", wearer)
    assert (week["begins"], week["count"], week["kinds"]) == (
        week_of(clock.now()).isoformat(),
        2,
        {"attack_on_person": 1, "attack_on_profession": 1},
    )
    assert week["words"] == {"collabo": 2, "dictateur": 1, "incompétent": 1}
    assert (await house.get(f"{HERE}/weeks", rude))[0]["count"] == 0


async def test_weeks_begin_on_monday_in_paris_and_none_is_left_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for told, monday in (
        ("2026-03-29T21:59:59+00:00", "2026-03-23"),  # the night when clocks go forward
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-25T22:59:59+00:00", "2026-10-19"),  # when they go back
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
        ("2026-01-01T12:00:00+00:00", "2025-12-29"),
    ):
        assert week_of(datetime.fromisoformat(told)).isoformat() == monday
    wearer, rude = await house.person("compteuse"), await house.person("brutal")
    await house.post(HERE, wearer, worn=True)
    for text in (INSULT, TRADE):
        await house.say(rude, f"@compteuse {text}")
    later = clock.now() + timedelta(weeks=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    await verdicts(house)
    weeks = await house.get(f"{HERE}/weeks", wearer)
    assert [one["count"] for one in weeks] == [0, 0, 0, 2], "those without any are told too, and what came then stays there"
    assert [one["begins"] for one in weeks] == [(week_of(later) - timedelta(weeks=back)).isoformat() for back in range(4)]
    await house.post(f"{HERE}/sas/{(await sas(house, wearer))[0]['id']}/release", wearer)
    assert [one["count"] for one in await house.get(f"{HERE}/weeks", wearer)] == [0, 0, 0, 1]
    much_later = later + timedelta(weeks=8)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    assert len(await house.get(f"{HERE}/weeks", wearer)) == 12
    after_all = much_later + timedelta(weeks=1)
    monkeypatch.setattr(clock, "now", lambda: after_all)
    assert [one["count"] for one in await house.get(f"{HERE}/weeks", wearer)] == [0], "twelve weeks are told"


async def test_what_was_not_hostile_is_let_through_and_learned_for_its_wearer(house: House) -> None:
    wearer, rude = await house.person("chef"), await house.person("bourru")
    await house.post(HERE, wearer, worn=True)
    mine = await house.say(wearer, "Le budget est voté.")
    said = await house.say(rude, f"@chef {INSULT}", in_reply_to_id=mine["id"])
    other = await house.say(rude, f"@chef {TRADE}")
    await verdicts(house)
    context = f"/api/v1/statuses/{mine['id']}/context"
    assert (await house.get(context, wearer))["descendants"] == []
    assert [one["id"] for one in (await house.get(context, rude))["descendants"]] == [said["id"]]
    second, first = await sas(house, wearer)
    await house.post(f"{HERE}/sas/{first['id']}/release", wearer)
    assert await told(house, wearer) == [said["id"]]
    assert [one["id"] for one in (await house.get(context, wearer))["descendants"]] == [said["id"]]
    assert (await house.get(f"{HERE}/weeks", wearer))[0]["kinds"] == {"attack_on_profession": 1}
    again = await house.say(rude, f"@chef {INSULT.upper()}")
    await verdicts(house)
    assert await told(house, wearer) == [again["id"], said["id"]], "the same words never wait again"
    await house.post(f"{HERE}/sas/{second['id']}/keep", wearer)
    assert [(one["id"], one["kept"]) for one in await sas(house, wearer)] == [(second["id"], True)]
    assert (await house.get(HERE, wearer))["summary"]["count"] == 1
    await house.post(f"{HERE}/sas/{second['id']}/discard", wearer)
    assert await sas(house, wearer) == []
    assert other["id"] not in await told(house, wearer, include_filtered="true")
    for gesture in ("release", "keep", "discard"):
        assert (await house.call("POST", f"{HERE}/sas/{second['id']}/{gesture}", wearer)).status_code == 404
    assert (await house.call("POST", f"{HERE}/sas/{second['id']}/restore", rude)).status_code == 404
    await house.post(f"{HERE}/sas/{second['id']}/restore", wearer)
    assert [(one["id"], one["kept"]) for one in await sas(house, wearer)] == [(second["id"], False)]
    assert (await house.call("POST", f"{HERE}/sas/{first['id']}/restore", wearer)).status_code == 404, "let through"
    await house.post(HERE, wearer, worn=False)
    last = await house.say(rude, f"@chef {TRADE} !")
    assert (await told(house, wearer))[0] == last["id"], "taken off, all is heard at once"


async def test_no_mention_is_lost_when_the_engine_fails_and_hosts_are_always_heard(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    wearer, rude = await house.person("cadre"), await house.person("sec")
    host = await house.person("hote", role="host")
    await house.post(HERE, wearer, worn=True)
    first = await house.say(host, f"@cadre {INSULT}")
    assert await told(house, wearer) == [first["id"]]
    said = await house.say(rude, f"@cadre {INSULT}")

    def fails(*_: object) -> list[MentionVerdict]:
        raise MemoryError

    monkeypatch.setattr(language, "mentions", fails)
    with pytest.raises(MemoryError):
        await shield.judge(house.site, int(said["id"]))
    assert await told(house, wearer) == [first["id"]]
    later = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    for _ in range(2):
        await shield.sweep(house.site)
        assert await told(house, wearer) == [said["id"], first["id"]]
    assert await sas(house, wearer) == []


async def test_an_edit_that_hurts_waits_and_one_that_does_not_rings_nobody_again(house: House) -> None:
    wearer, rude = await house.person("infirmiere"), await house.person("changeant")
    await house.post(HERE, wearer, worn=True)
    kind = await house.say(rude, f"@infirmiere {KIND}")
    await verdicts(house)
    (before,) = await house.get("/api/v1/notifications", wearer)
    for text, expected in ((f"{KIND} Merci.", [before["id"]]), (INSULT, [])):
        answer = await house.call("PUT", f"/api/v1/statuses/{kind['id']}", rude, json={"status": f"@infirmiere {text}"})
        assert answer.status_code == 200
        await verdicts(house)
        assert [one["id"] for one in await house.get("/api/v1/notifications", wearer)] == expected
    assert len(await sas(house, wearer)) == 1


async def test_friends_who_agreed_may_tease_and_nobody_else_may(house: House) -> None:
    one, other, third = [await house.person(name) for name in ("tic", "tac", "toc")]
    for who in (one, other, third):
        await house.post(HERE, who, worn=True)
    assert (await house.call("POST", f"{DUELS}/{other.id}", one)).status_code == 422
    await friends(house, one, other)
    await friends(house, one, third)
    await house.post(f"{DUELS}/{other.id}", one)
    assert (await house.get(DUELS, other)) == [{"account_id": str(one.id), "acct": "tic", "agreed": False, "mine": False}]
    assert (await house.post(f"{DUELS}/{other.id}", one))[0]["agreed"] is False, "asking twice is not agreeing"

    async def said(who: Person, text: str) -> str:
        made = await house.say(who, text)
        await verdicts(house)
        return str(made["id"])

    await said(one, f"@tac {INSULT}")
    assert len(await sas(house, other)) == 1
    assert (await house.post(f"{DUELS}/{one.id}", other))[0]["agreed"] is True
    teased = await said(one, f"@tac @toc {TRADE}")
    assert teased in await told(house, other)
    assert teased not in await told(house, third), "a third person reads it as before"
    from_third = await said(third, f"@tac {TRADE}")
    assert from_third not in await told(house, other)
    answer = await house.call("DELETE", f"{DUELS}/{one.id}", other)
    assert answer.status_code == 200
    assert await house.get(DUELS, one) == []
    assert await said(one, f"@tac {INSULT} !!") not in await told(house, other)
    await house.post(f"{DUELS}/{other.id}", one)
    await house.post(f"/api/v1/accounts/{one.id}/unfollow", other)
    assert await house.get(DUELS, one) == [], "friends no more, no duel"


async def test_a_trusted_person_sorts_but_reads_nothing_private(house: House) -> None:
    wearer, helper, rude = [await house.person(name) for name in ("visee", "alliee", "rude")]
    await house.post(HERE, wearer, worn=True)
    await house.say(rude, f"@visee {INSULT}", visibility="direct")
    await house.say(rude, f"@visee {TRADE}")
    await verdicts(house)
    theirs = f"{HERE}/helping/{wearer.id}"
    body = {"account_id": str(helper.id)}
    assert (await house.call("POST", f"{HERE}/helper", wearer, json=body)).status_code == 422
    await friends(house, wearer, helper)
    await house.post(f"{HERE}/helper", wearer, **body)
    assert (await house.call("GET", f"{theirs}/sas", helper)).status_code == 404, "not before accepting"
    await house.post(theirs, helper)
    open_one, private = await sas(house, wearer)
    assert [one["id"] for one in await house.get(f"{theirs}/sas", helper)] == [open_one["id"]]
    for method, path in (("GET", ""), ("POST", "/release"), ("POST", "/keep"), ("POST", "/discard"), ("POST", "/restore")):
        assert (await house.call(method, f"{HERE}/sas/{private['id']}{path}", helper)).status_code == 404
    assert (await house.get(f"{HERE}/sas/{open_one['id']}", helper))["status"] is not None
    await house.post(f"{HERE}/sas/{open_one['id']}/discard", helper)
    assert [one["id"] for one in await sas(house, wearer)] == [private["id"]]
    await house.post(f"{HERE}/sas/{open_one['id']}/restore", helper)
    assert [one["id"] for one in await sas(house, wearer)] == [open_one["id"], private["id"]]
    assert (await house.get(HERE, wearer))["helper"]["accepted"] is True
    assert (await house.call("DELETE", f"{HERE}/helper", wearer)).status_code == 200
    assert (await house.call("GET", f"{theirs}/sas", helper)).status_code == 404
    assert await house.get(f"{HERE}/helping", helper) == []


async def test_the_digest_comes_at_its_hour_once_and_only_when_something_came(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    wearer, rude = await house.person("lectrice"), await house.person("hargneux")
    assert (await house.call("POST", HERE, wearer, json={"digest": "hour"})).status_code == 422
    await house.post(HERE, wearer, worn=True, digest="hour", digest_at="18:00")
    await house.say(rude, f"@lectrice {INSULT}")
    await verdicts(house)

    async def digests() -> int:
        await shield.tell(house.site)
        asked = {"types[]": "shield_digest"}  # a kind of ours: the published description does not know it
        keys = {"authorization": f"Bearer {wearer.token}"}
        return len((await house.client.get("/api/v1/notifications", params=asked, headers=keys)).json())

    day = clock.now().astimezone(PARIS).replace(hour=18, minute=1) + timedelta(days=1)
    for at, expected in ((day - timedelta(minutes=5), None), (day, 1), (day + timedelta(hours=1), 1)):
        monkeypatch.setattr(clock, "now", lambda at=at: at.astimezone(UTC))
        if expected is not None:
            assert await digests() == expected
    assert (await house.post("/api/v1/notifications/clear", wearer)) == {}
    monkeypatch.setattr(clock, "now", lambda: (day + timedelta(days=1)).astimezone(UTC))
    assert await digests() == 0, "nothing new, nothing told"


def test_an_hour_that_clocks_leap_over_or_show_twice_comes_once() -> None:
    shield_at = Shield(worn=True, digest="hour", digest_at=150)
    never, night = Quiet(on=False), Quiet(on=True, start=22 * 60, end=6 * 60)
    for month, day in ((3, 29), (10, 25)):
        start = datetime(2026, month, day, tzinfo=PARIS).astimezone(UTC) - timedelta(hours=6)
        for hours, first in ((never, None), (night, 6)):
            last, heard = start, []
            for minutes in range(0, 24 * 60, 5):
                now = start + timedelta(minutes=minutes)
                if shield.digest_due(shield_at, hours, last, now):
                    last = now
                    heard.append(now.astimezone(PARIS))
            assert len(heard) == 1, heard
            assert heard[0].date().day == day
            assert heard[0].hour == (first or heard[0].hour)
    assert not shield.digest_due(Shield(worn=True), never, start, start + timedelta(days=2))


def test_words_are_found_however_they_are_spelt_and_only_as_words() -> None:
    listed = ["collabo", "dictateur", "incompétent"]
    spelt = {
        "c0llab0": "collabo",
        "COLLABOS": "collabo",
        "col.la.bo": "collabo",
        "dict4teur": "dictateur",
        "D I C T A T E U R": "dictateur",
        "1nc0mp3t3nte": "incompétent",
        "incompeteeeent": "incompétent",
    }
    for text, word in spelt.items():
        assert insults.found(listed, f"Espèce de {text} !") == [word], text
    for text in ("collaboration", "la dictature", "le collaborateur", "une compétence", "@collabo bonjour", "https://collabo.fr"):
        assert insults.found(listed, text) == [], text


def case(**more: Any) -> Case:
    facts: dict[str, Any] = dict.fromkeys(("duels", "followed", "met", "limited", "newcomer", "learned", "thanks"), False)
    facts |= {"id": 1, "account_id": 1, "handle": "x", "from_id": 2, "lately": 0, "let_through": 0} | more
    return Case(**facts)


def test_the_rules_weigh_ties_volume_words_and_lessons() -> None:
    def verdict(chance: float, kind: str = "attack_on_person") -> MentionVerdict:
        return MentionVerdict(kind, chance >= 0.85, "person", "orange", "", chance)

    unsure, sure = verdict(0.65), verdict(0.9)
    assert [shield.waits(case(**{tie: True}), unsure, []) for tie in ("followed", "met", "limited", "newcomer")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert (shield.waits(case(), unsure, []), shield.waits(case(lately=5), unsure, [])) == (False, True)
    assert shield.waits(case(), verdict(0.45), ["collabo"])
    assert not shield.waits(case(newcomer=True), verdict(0.65, "criticism_of_idea"), ["collabo"])
    assert not shield.waits(case(learned=True), verdict(0.99, "threat"), [])
    assert (shield.waits(case(thanks=True), sure, []), shield.waits(case(thanks=True), sure, ["collabo"])) == (False, True)
    assert (shield.waits(case(let_through=2), sure, []), shield.waits(case(let_through=2), verdict(0.9, "threat"), [])) == (
        False,
        True,
    )
    assert (shield.waits(case(duels=True), sure, []), shield.waits(case(duels=True), verdict(0.9, "threat"), [])) == (False, True)
    same = [
        language.mentions([Mention(INSULT, "@tac", relation)], language.quick())[0].zone for relation in ("stranger", "friend")
    ]
    assert same == ["orange", "vert"]


async def test_hosts_and_wearers_hear_of_nothing_private(house: House) -> None:
    wearer, host = await house.person("seule"), await house.person("veille", role="admin")
    await house.post(HERE, wearer, worn=True)
    for path in ("", "/sas", "/weeks", "/evidence", "/helping"):
        assert (await house.call("GET", f"{HERE}{path}", host)).status_code == 200
    for word in ("ab", "c0llabo", "x" * 31):
        assert (await house.call("POST", f"{HERE}/words", wearer, json={"word": word})).status_code == 422
    assert "planqué" in await house.post(f"{HERE}/words", wearer, word=" Planqué ")
    assert "planqué" not in await house.post(f"{HERE}/words/remove", wearer, word="planqué")
    async with house.site.db.reading() as tx:
        assert not await notifications.hushed(tx, wearer.id)
