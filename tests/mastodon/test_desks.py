"""Desks by the API: cards, one answer for many, the counter, what a desk says by itself and when it is silent, stop, dates."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from salledepause.features import accounts, archives, desks
from salledepause.features.desks import Judged, Near, Step
from salledepause.features.desks.thinking import Taught
from salledepause.features.notifications import Notified
from salledepause.kernel import clock
from tests.support.house import House, Person

HERE = "/api/salledepause/v1"
REMARK = "Le logement de fonction des directeurs est un odieux privilège"
CARD = {
    "remark": REMARK,
    "answer": "C'est la contrepartie des gardes de direction.",
    "nuance": "Et ce n'est pas toujours un cadeau.",
    "sources": ["Décret n° 2010-30 du 8 janvier 2010 (Légifrance)"],
}


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an engine that is sure of what is a known wording, word for word, and of nothing else; the real one is apart."""

    def judged(known: Taught, texts: list[str]) -> list[Judged]:
        fits = {text: card for card, text in known.fits} | {remark: card for card, remark, _ in known.cards}
        first = known.cards[0][0] if known.cards else None
        return [Judged([Near(fits.get(text, first), 0.9, text)] if first else [], fits.get(text), "comme lui") for text in texts]

    monkeypatch.setattr("salledepause.features.desks.thinking.judged", judged)


async def opened(house: House, owner: Person, **more: Any) -> tuple[str, str]:
    """Open a desk with one card; return both ids."""
    desk = (await house.post(f"{HERE}/desks", owner, name="Direction", purpose="Mille fois posées"))["id"]
    made = await house.post(f"{HERE}/desks/{desk}/cards", owner, **CARD | more)
    return desk, made["card"]["id"]


async def told(house: House, who: Person, sort: str = "mention") -> list[Any]:
    found: list[Any] = await house.get("/api/v1/notifications", who, **{"types[]": sort})
    return found


async def patch(house: House, path: str, who: Person, status: int = 200, **body: Any) -> Any:
    answer = await house.call("PATCH", path, who, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def refused(house: House, path: str, who: Person, **body: Any) -> int:
    return (await house.call("POST", path, who, json=body)).status_code


def written(folder: Path, lines: list[str], name: str = "passees.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


async def brought(house: House, owner: Person, ids: tuple[str, str | None], file: Path) -> list[Step]:
    desk, card = ids
    return [one async for one in desks.bring(house.site, owner.id, int(desk), file, int(card) if card else None)]


async def said_before(house: House, owner: Person, ids: tuple[str, str], folder: Path) -> None:
    """Bring 3 984 answers in, twice: each counts once, and what cannot be read is told by number."""
    lines = [json.dumps({"remark": f"{REMARK} {n % 40}", "answer": "Les gardes.", "date": "2024-05-01"}) for n in range(3984)]
    file = written(folder, [*lines[:10], "pas du JSON", *lines[10:], '{"remark": "", "answer": "x", "date": "2024-05-01"}'])
    steps = await brought(house, owner, ids, file)
    assert [step.number for step in steps if step.why] == [11, 3986]
    assert sum(not step.known and not step.why for step in steps) == 3984
    assert all(step.known or step.why for step in await brought(house, owner, ids, file)), "again is not twice"
    assert (await house.get(f"{HERE}/cards/{ids[1]}", owner))["card"]["said"] == 3984


async def kept_by_two(house: House, one: Person, two: Person, ids: tuple[str, str]) -> None:
    """Have a second person own a desk, who read nothing of it before; what is said to them in the open arrives there."""
    desk, card = ids
    await house.post(f"{HERE}/desks/{desk}/invitations", one, handle=two.handle)
    assert (await house.get(f"{HERE}/desks", two))["invited"][0]["id"] == desk
    assert (await house.call("GET", f"{HERE}/cards/{card}", two)).status_code == 404
    assert (await house.post(f"{HERE}/desks/{desk}/join", two))["owners"] == [one.handle, two.handle]
    await patch(house, f"{HERE}/desks/{desk}", two, takes_in=True)


async def test_one_answer_serves_many_and_the_counter_goes_from_3984_to_3985(house: House, sure: None, tmp_path: Path) -> None:
    one, two, asker, other, idle = [await house.person(name) for name in ("dir_une", "dir_deux", "lea", "noe", "passant")]
    desk, card = await opened(house, one)
    await said_before(house, one, (desk, card), tmp_path)
    await kept_by_two(house, one, two, (desk, card))
    said = await house.say(asker, f"@dir_deux {REMARK}")
    private = await house.say(asker, f"@dir_deux {REMARK}, entre nous", visibility="direct")
    await house.say(two, f"@dir_deux {REMARK}, dis-je à moi-même")
    await house.post(f"{HERE}/desks/{desk}/remarks", other, text="Logés gratis !")
    await desks.consider(house.site)
    (pile,) = await house.get(f"{HERE}/desks/{desk}/remarks", one)
    assert [(found["account"], found["status_id"]) for found in pile["remarks"]] == [("lea", said["id"]), ("noe", None)]
    assert private["id"] not in json.dumps(pile)
    assert pile["remarks"][1]["candidates"][0]["card_id"] == card
    assert [len(await told(house, who, "desk")) for who in (one, two, idle)] == [1, 1, 0]
    first, second = [found["id"] for found in pile["remarks"]]
    drafted = await house.post(f"{HERE}/remarks/{second}/draft", one, text="J'écris…")
    assert (drafted["writing"], drafted["draft"]) == ("dir_une", "J'écris…")
    assert await refused(house, f"{HERE}/remarks/{second}/draft", two, text="Moi aussi") == 409
    assert await refused(house, f"{HERE}/cards/{card}/answer", idle, remark_ids=[first]) == 404
    sent = await house.post(f"{HERE}/cards/{card}/answer", two, remark_ids=[first, second])
    assert sent == {"sent": 2}
    assert await house.post(f"{HERE}/cards/{card}/answer", one, remark_ids=[first, second]) == {"sent": 0}
    for _ in range(2):
        await desks.deliver(house.site, int(desk))
    for who, number in ((asker, "3\u202f985"), (other, "3\u202f986")):
        (got,) = [status["status"] for status in await told(house, who)]
        assert got["visibility"] == "direct"
        assert f"Dit {number} fois." in got["content"]
        assert "Légifrance" in got["content"]
        assert got["account"]["acct"] == "dir_deux"
        assert "automated" not in got["salledepause"], "a person chose it"
    whole = await house.get(f"{HERE}/cards/{card}", one)
    assert (whole["card"]["said"], whole["card"]["minutes_saved"]) == (3986, 3986 * 4)
    assert {"text": "Logés gratis !", "fits": True} in whole["wordings"]
    assert await house.get(f"{HERE}/desks/{desk}/remarks", one) == []


async def let_be(house: House, owner: Person, asker: Person) -> tuple[str, str]:
    """Open a desk that answers by itself once its owner, then the card's, wants it, and not before; return both ids."""
    desk, card = await opened(house, owner)
    await patch(house, f"{HERE}/desks/{desk}", owner, takes_in=True)
    await house.say(asker, f"@{owner.handle} {REMARK}")
    await desks.consider(house.site)
    assert await told(house, asker) == [], "off by default"
    await patch(house, f"{HERE}/desks/{desk}", owner, answers=True)
    await desks.consider(house.site)
    assert await told(house, asker) == [], "its owner did not let the card be"
    await patch(house, f"{HERE}/cards/{card}", owner, automatic=True, public=True)
    return desk, card


async def test_a_desk_answers_by_itself_only_what_is_sure_once_and_until_stop(house: House, sure: None) -> None:
    owner, asker, other, third = [await house.person(name) for name in ("dir_bot", "ines", "hugo", "zoe")]
    desk, card = await let_be(house, owner, asker)
    for text in (REMARK, f"{REMARK}, ou pas"):
        await house.say(asker, f"@dir_bot {text}")
    await desks.consider(house.site)
    private = next(one["status"] for one in await told(house, asker) if one["status"]["visibility"] == "direct")
    assert private["visibility"] == "direct"
    assert private["salledepause"]["automated"]
    assert "stop" in private["content"]
    assert (await house.get(f"{HERE}/cards/{card}", owner))["card"]["said"] == 1, "never twice to the same person"
    thread = await house.get(f"/api/v1/statuses/{private['in_reply_to_id']}/context")
    (open_one,) = thread["descendants"]
    assert (open_one["visibility"], open_one["salledepause"]["automated"]) == ("public", True)
    assert open_one["spoiler_text"].startswith("Réponse automatique")
    await house.post("/api/v1/statuses", third, status="@dir_bot STOP !", in_reply_to_id=open_one["id"])
    await house.post("/api/v1/statuses", other, status=f"@dir_bot {REMARK}", in_reply_to_id=open_one["id"])
    await desks.consider(house.site)
    assert await told(house, other) == [], "anybody's stop holds in the thread"
    await house.post("/api/v1/statuses", asker, status="@dir_bot stop", in_reply_to_id=private["id"], visibility="direct")
    await house.post(f"{HERE}/desks/{desk}/cards", owner, **CARD | {"remark": "Une autre remarque", "automatic": True})
    before = await told(house, asker)
    await house.say(asker, "@dir_bot Une autre remarque")
    await desks.consider(house.site)
    assert await told(house, asker) == before, "one's own stop holds everywhere"
    assert await refused(house, f"{HERE}/automated/{open_one['id']}/stop", other) == 200
    fresh = await house.person("nina")
    await house.say(fresh, f"@dir_bot {REMARK}")
    await patch(house, f"{HERE}/desks/{desk}", owner, pace=1)
    await desks.consider(house.site)
    assert await told(house, fresh) == [], "not more often than its pace"
    await patch(house, f"{HERE}/desks/{desk}", owner, pace=20)
    await house.post(f"{HERE}/cards/{card}/wordings", owner, text="encore autrement", fits=True)
    await desks.consider(house.site)
    assert len(await told(house, fresh)) == 1
    assert not (await house.post(f"{HERE}/desks/{desk}/stop", owner))["answers"]


async def answered(house: House, asker: Person, text: str, **below: Any) -> bool:
    """Say something to the director; tell whether the desk answered by itself, in private."""
    before = len(await told(house, asker))
    await house.say(asker, f"@dir_repris {text}", **below)
    await desks.consider(house.site)
    return len(await told(house, asker)) > before


async def along(house: House, handle: str, folder: Path) -> Any:
    """Return what somebody takes along of desks in their archive."""
    async for _ in archives.export(house.site, handle, folder / "a.zip"):
        pass
    with zipfile.ZipFile(folder / "a.zip") as taken:
        return json.loads(taken.read("guichets.json"))


async def stopped(house: House, who: Person) -> list[tuple[bool, list[str]]]:
    """Return what somebody told desks to stop: everywhere, in which conversations."""
    return [(one["everywhere"], one["conversations"]) for one in await house.get(f"{HERE}/automated/stopped", who)]


async def test_who_said_stop_takes_it_back_and_nobody_elses(house: House, sure: None, tmp_path: Path) -> None:
    owner, asker, other = [await house.person(name) for name in ("dir_repris", "inna", "hugues")]
    fresh = [await house.person(f"nouvelle_{n}") for n in range(3)]
    desk, _ = await let_be(house, owner, asker)
    await house.post(f"{HERE}/desks/{desk}/cards", owner, **CARD | {"remark": "Et le parking ?", "automatic": True})
    await desks.consider(house.site)
    (private,) = [one["status"] for one in await told(house, asker) if one["status"]["visibility"] == "direct"]
    (open_one,) = (await house.get(f"/api/v1/statuses/{private['in_reply_to_id']}/context"))["descendants"]
    around = f"{HERE}/automated/{open_one['id']}"
    below = {"in_reply_to_id": open_one["id"]}
    assert await refused(house, f"{around}/stop", other) == 200
    await house.say(asker, "@dir_repris stop", in_reply_to_id=private["id"], visibility="direct")
    assert await stopped(house, other) == [(False, [private["in_reply_to_id"]])]
    assert await stopped(house, asker) == [(True, [private["in_reply_to_id"]])]
    assert not await answered(house, asker, "Et le parking ?")
    for _ in range(2):
        assert await refused(house, f"{around}/unstop", asker) == 200
    assert await stopped(house, asker) == []
    assert await answered(house, asker, "Et le parking ?"), "elsewhere it may answer again"
    assert not await answered(house, fresh[0], REMARK, **below), "somebody else said stop there"
    assert await refused(house, f"{around}/unstop", fresh[0]) == 200
    assert not await answered(house, fresh[0], REMARK, **below), "what others said is theirs"
    assert await refused(house, f"{around}/unstop", other) == 200
    assert await answered(house, fresh[1], REMARK, **below)
    await _everything_at_once(house, desk, (asker, other), around)
    assert (await along(house, "hugues", tmp_path))["stopped"] == [{"desk": "Direction", "everywhere": False, "conversations": 1}]
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, other.id)
        kept = await tx.values("SELECT by_id FROM desk_stops WHERE desk_id = %s", [int(desk)])
    assert kept == [None], "whose it was went with them"
    assert not await answered(house, fresh[2], REMARK, **below)


async def _everything_at_once(house: House, desk: str, people: tuple[Person, Person], around: str) -> None:
    """Have one person take all back at once, from no thread, and the other leave it said."""
    asker, other = people
    assert await refused(house, f"{around}/stop", asker) == 200
    assert await refused(house, f"{around}/stop", other) == 200
    taking = [await house.call("DELETE", f"{HERE}/automated/stopped/{desk}", asker) for _ in range(2)]
    assert [one.status_code for one in taking] == [200, 404]
    assert await stopped(house, asker) == []
    assert len(await stopped(house, other)) == 1


async def test_a_stop_tells_nobody_what_was_answered_in_private(house: House, sure: None) -> None:
    owner, asker, other = [await house.person(name) for name in ("dir_repris", "isa", "hector")]
    _, card = await let_be(house, owner, asker)
    await patch(house, f"{HERE}/cards/{card}", owner, public=False)
    await desks.consider(house.site)
    (private,) = [one["status"] for one in await told(house, asker)]
    said = private["in_reply_to_id"]
    assert await refused(house, f"{HERE}/automated/{said}/stop", other) == 404
    await house.say(other, "stop", in_reply_to_id=said)
    assert await stopped(house, other) == []
    fresh = await house.person("nouvelle")
    assert not await answered(house, fresh, REMARK, in_reply_to_id=said), "and yet it is heeded"
    assert await refused(house, f"{HERE}/automated/{said}/stop", owner) == 200, "who keeps the desk knows"
    assert await stopped(house, owner) == [(False, [said])]


async def test_a_card_past_its_date_is_not_sent_and_its_owner_is_told(
    house: House, sure: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, asker = await house.person("dir_date"), await house.person("tom")
    desk, card = await opened(house, owner, automatic=True)
    await patch(house, f"{HERE}/desks/{desk}", owner, answers=True)
    later = clock.today() + timedelta(days=400)
    monkeypatch.setattr(clock, "today", lambda: later)
    await house.post(f"{HERE}/desks/{desk}/remarks", asker, text=REMARK)
    await desks.consider(house.site)
    for _ in range(2):
        await desks.lapse(house.site)
    assert len(await told(house, owner, "desk")) == 1
    assert await told(house, asker) == []
    (pile,) = await house.get(f"{HERE}/desks/{desk}/remarks", owner)
    remark = pile["remarks"][0]["id"]
    assert await refused(house, f"{HERE}/cards/{card}/answer", owner, remark_ids=[remark]) == 422
    await house.post(f"{HERE}/remarks/{remark}/answer", owner, text="Je vous réponds moi-même.")
    assert "moi-même" in (await told(house, asker))[0]["status"]["content"]
    assert await refused(house, f"{HERE}/remarks/{remark}/answer", owner, text="Encore") == 409
    whole = await patch(house, f"{HERE}/cards/{card}", owner, expires_on=str(later + timedelta(days=9)))
    assert whole["card"]["sendable"]
    assert [one["version"] for one in whole["versions"]] == [2, 1]


WRONGS: tuple[dict[str, Any], ...] = (
    {"sources": []},
    {"answer": "x" * 501},
    {"remark": " "},
    {"expires_on": "2020-01-01"},
    {"as_of": "2999-01-01"},
    {"as_of": "0001-01-01", "expires_on": "0001-01-01"},
    {"minutes": -1},
    {"sources": ["x" * 301]},
)
"""What no card may say."""


async def test_what_a_card_may_not_say_and_who_may_not_say_it(house: House, tmp_path: Path) -> None:
    owner, other, reader = [await house.person(name) for name in ("dir_regle", "collegue", "passant")]
    desk, card = await opened(house, owner)
    for wrong in WRONGS:
        assert await refused(house, f"{HERE}/desks/{desk}/cards", owner, **CARD | wrong) == 422, wrong
    heavy = CARD | {"answer": "\U0001f469\u200d" * 3000}
    assert "too many signs" in (await house.call("POST", f"{HERE}/desks/{desk}/cards", owner, json=heavy)).text
    for path in (f"cards/{card}", f"desks/{desk}/cards", f"desks/{desk}/remarks", f"desks/{desk}/hours"):
        assert (await house.call("GET", f"{HERE}/{path}", other)).status_code == 404, path
    await house.post(f"{HERE}/desks/{desk}/invitations", owner, handle="collegue")
    await house.post(f"{HERE}/desks/{desk}/join", other)
    await patch(house, f"{HERE}/cards/{card}", other, 403, automatic=True)
    assert (await patch(house, f"{HERE}/cards/{card}", other, answer="Mieux dit."))["versions"][0]["by"] == "collegue"
    assert (await house.call("DELETE", f"{HERE}/desks/{desk}", other)).status_code == 409
    there = await house.post(f"{HERE}/desks/{desk}/hours", other, weekday=1, hours=[9, 10])
    assert [(one["account"], one["hour"]) for one in there] == [("collegue", 9), ("collegue", 10)]
    await house.post(f"{HERE}/desks/{desk}/leave", owner)
    assert (await house.get(f"{HERE}/cards/{card}", other))["card"]["owner"] == "collegue"
    assert await refused(house, f"{HERE}/desks/{desk}/leave", other) == 409
    for number in range(11):
        status = await refused(house, f"{HERE}/desks/{desk}/remarks", reader, text=f"Question {number}")
        assert status == (200 if number < 10 else 429)
    file = written(
        tmp_path, ["remark,answer,date,to", 'Une autre,"Oui, mais",2024-02-30,x', "Une autre,Oui,2024-02-29,x"], "x.csv"
    )
    steps = await brought(house, other, (desk, None), file)
    assert [(step.number, bool(step.why)) for step in steps] == [(2, True), (3, False)]
    made = next(one for one in await house.get(f"{HERE}/desks/{desk}/cards", other) if one["remark"] == "Une autre")
    assert (made["said"], made["sendable"], made["sources"]) == (1, False, [])
    kept = await along(house, "collegue", tmp_path)
    assert [one["answer"] for one in kept["cards"]] == ["Mieux dit.", "Oui"]
    assert (await house.call("DELETE", f"{HERE}/cards/{card}", other)).status_code == 200
    assert (await house.call("DELETE", f"{HERE}/desks/{desk}", other)).status_code == 200
    assert (await house.get(f"{HERE}/desks", other))["mine"] == []


async def test_what_goes_to_a_desk_rings_a_few_times_an_hour_and_a_private_word_always(house: House) -> None:
    owner, asker = await house.person("dir_sonne"), await house.person("foule")
    desk, _ = await opened(house, owner)
    await patch(house, f"{HERE}/desks/{desk}", owner, takes_in=True)
    rang: list[int] = []
    house.site.bus.on(Notified, lambda event: rang.append(event.account_id))
    for number in range(desks.MENTIONS + 3):
        await house.say(asker, f"@dir_sonne Encore une fois, la {number}")
    await house.say(asker, "@dir_sonne Entre nous", visibility="direct")
    await house.heard()
    assert rang == [owner.id] * (desks.MENTIONS + 1)
    assert len(await told(house, owner)) == desks.MENTIONS + 4, "nothing is lost"
