"""Asking for a word by the API: the queue on shift and off shift, answering, advice, the rota by the hour, hosts paged."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salledepause.features import company, notifications, posts, rooms
from salledepause.features.notifications import Notified
from salledepause.features.posts import Audience, Draft
from salledepause.features.rooms import CIRCLE, Entry, Opening, Reads, Rules, Speaks
from salledepause.kernel import clock
from salledepause.kernel.jobs import Jobs
from tests.mastodon.admin import armed, keeper
from tests.support.house import House, Person
from tests.support.push import App, PushService

HERE = "/api/salledepause/v1/company"
AUTUMN, SPRING = datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


class Hands:
    """A clock that a test sets, ahead of the database's, which tells the time of ids: the later of both counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = clock.now().replace(minute=10, second=0, microsecond=0) + timedelta(hours=1)
        monkeypatch.setattr(clock, "now", lambda: self.at)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Give a clock that stands at ten past the hour."""
    return Hands(monkeypatch)


async def on_shift(house: House, *people: Person) -> None:
    """Have some take the hour that it is."""
    for one in people:
        await house.post(f"{HERE}/hours/take", one, starts=[company.hour_of(clock.now()).isoformat()])


async def calls(house: House, who: Person) -> list[str]:
    return [one["status"]["id"] for one in (await house.get(HERE, who))["calls"]]


async def ask(house: House, who: Person, text: str, **more: Any) -> str:
    said = await house.post("/api/v1/statuses", who, status=text, salledepause={"needs_word": True}, **more)
    return str(said["id"])


async def told(house: House, who: Person) -> list[str]:
    found = await house.get("/api/v1/notifications", who, **{"types[]": "mention"})
    return [one["status"]["id"] for one in found]


async def work(house: House) -> None:
    """Do the paging whose hour has come, as the worker would, by its own clock."""
    async with house.site.db.transaction() as tx:
        due = await tx.rows(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'company.page' AND scheduled_at <= %s RETURNING args", [clock.now()]
        )
    for (given_,) in due:
        await company.page(house.site, **given_)
        await company.page(house.site, **given_)


async def test_a_call_is_seen_on_shift_answered_by_one_and_closed(house: House, hands: Hands) -> None:
    author, one, other, idle = [await house.person(name) for name in ("lea", "veille_une", "veille_deux", "au_lit")]
    await on_shift(house, one, other)
    first = await ask(house, author, "Troisième nuit. Besoin d'un mot.")
    hands.at += A_MINUTE
    second = await ask(house, author, "Et puis ceci encore.")
    assert await calls(house, one) == [first, second], "the longest waiting first"
    assert await told(house, one) == [first], "two calls of one person in ten minutes ring once"
    off = await house.get(HERE, idle)
    assert (off["on_shift"], off["calls"], await told(house, idle)) == (False, [], [])
    assert (await house.call("POST", f"{HERE}/calls/{first}/claim", idle)).status_code == 403
    assert (await house.call("POST", f"{HERE}/calls/{first}/claim", author)).status_code == 403
    mine = await house.get(f"{HERE}/calls/{first}", author)
    assert (mine["mine"], mine["told"], mine["answered"], mine["may_claim"]) == (True, True, False, False)
    claimed = await house.post(f"{HERE}/calls/{first}/claim", one)
    assert (claimed["claimed"], claimed["taken"]) == (True, False)
    assert (await house.call("POST", f"{HERE}/calls/{first}/claim", other)).status_code == 409
    assert (await house.get(f"{HERE}/calls/{first}", other))["taken"]
    hands.at += 11 * A_MINUTE
    assert not (await house.get(f"{HERE}/calls/{first}", other))["taken"], "it lapses by itself"
    await house.post(f"{HERE}/calls/{first}/claim", other)
    await house.post(f"{HERE}/calls/{first}/release", other)
    advice = await house.post(
        "/api/v1/statuses", other, status="Fais-toi un thé.", in_reply_to_id=first, salledepause={"gives": "advice"}
    )
    still = await house.get(f"{HERE}/calls/{first}", idle)
    assert (still["answered"], still["advice"]) == (False, [advice["id"]])
    await house.post("/api/v1/statuses", author, status="Je précise.", in_reply_to_id=first)
    assert not (await house.get(f"{HERE}/calls/{first}", idle))["answered"], "one does not answer oneself"
    await house.post("/api/v1/statuses", one, status="Je suis là.", in_reply_to_id=first)
    assert (await house.get(f"{HERE}/calls/{first}", author))["answered"]
    assert await calls(house, other) == [second]
    assert (await house.call("DELETE", f"{HERE}/calls/{second}", one)).status_code == 404
    for _ in range(2):
        assert (await house.call("DELETE", f"{HERE}/calls/{second}", author)).status_code == 200
    assert await calls(house, other) == []
    assert (await house.call("GET", f"{HERE}/calls/{second}", author)).status_code == 404


async def test_who_answers_is_a_person_who_speaks_to_whom_asked(house: House, hands: Hands) -> None:
    del hands
    author, robot, far = await house.person("lea"), await house.person("robot"), await house.person("loin")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET bot = true WHERE id = %s", [robot.id])
        tx.touches_everything()
    assert (await house.call("POST", f"{HERE}/hours/take", robot, json={"starts": ["2026-12-01T02:00:00Z"]})).status_code == 403
    post = await ask(house, author, "Besoin d'un mot.")
    before = await house.post("/api/v1/statuses", robot, status="Message automatique.", in_reply_to_id=post)
    async with house.site.db.transaction() as tx:
        absent = Draft(text="@lea Je suis en congé.", audience=Audience.DIRECT, parent_id=int(post), automated=True)
        await posts.publish(tx, far.id, absent)
    await house.post("/api/v1/statuses", far, status="À moi-même.", in_reply_to_id=post, visibility="direct")
    assert not (await house.get(f"{HERE}/calls/{post}", author))["answered"]
    await house.post("/api/v1/statuses", far, status="@robot Merci !", in_reply_to_id=before["id"])
    assert not (await house.get(f"{HERE}/calls/{post}", author))["answered"]
    await house.post("/api/v1/statuses", far, status="@lea Je t'écris à part.", in_reply_to_id=post, visibility="direct")
    assert (await house.get(f"{HERE}/calls/{post}", author))["answered"]
    wrong = {"status": "Un conseil.", "salledepause": {"gives": "advice"}}
    assert (await house.call("POST", "/api/v1/statuses", far, json=wrong)).status_code == 422
    assert "Un conseil." not in json.dumps(await house.get(f"/api/v1/accounts/{far.id}/statuses", far))


async def test_a_call_is_where_volunteers_may_read_it(house: House, hands: Hands) -> None:
    del hands
    author, one, host = await house.person("lea"), await house.person("veille"), await house.person("hote", role="host")
    await on_shift(house, one)
    for visibility in ("private", "direct"):
        body = {"status": "Tout bas.", "visibility": visibility, "salledepause": {"needs_word": True}}
        assert (await house.call("POST", "/api/v1/statuses", author, json=body)).status_code == 422
    night = Rules(reads=Reads.SIGNED_IN, speaks=Speaks.SIGNED_IN, entry=Entry.FREE, presence=True, quiet_from=0, quiet_to=23)
    async with house.site.db.transaction() as tx:
        open_ = await rooms.create(tx, host.id, Opening(name="La nuit", handle="la_nuit", sort="night", listed=True, rules=night))
        shut = await rooms.create(tx, author.id, Opening(name="Nous", rules=CIRCLE))
    ours = {"needs_word": True, "room": str(shut.id)}
    refused = await house.call("POST", "/api/v1/statuses", author, json={"status": "Entre nous.", "salledepause": ours})
    assert refused.status_code == 422
    said = await house.post("/api/v1/statuses", author, status="Ici.", salledepause=ours | {"room": str(open_.id)})
    assert await calls(house, one) == [said["id"]]
    assert await told(house, one) == [said["id"]]
    await house.post(f"/api/v1/accounts/{author.id}/block", one)
    assert await calls(house, one) == [], "whom one blocks is met nowhere"
    later = {"status": "Demain.", "scheduled_at": "2027-01-01T00:00:00Z", "salledepause": {"needs_word": True}}
    assert (await house.call("POST", "/api/v1/statuses", author, json=later)).status_code == 422


async def test_hosts_are_paged_one_after_the_other_and_once(house: House, hands: Hands) -> None:
    author, first, second = (
        await house.person("lea"),
        await house.person("une", role="host"),
        await house.person("deux", role="admin"),
    )
    post = await ask(house, author, "Personne ?")
    hands.at += 19 * A_MINUTE
    await work(house)
    assert (await told(house, first), await told(house, second)) == ([], [])
    hands.at += 2 * A_MINUTE
    await work(house)
    assert (await told(house, first), await told(house, second)) == ([post], [])
    await house.post(f"{HERE}/calls/{post}/claim", first)
    hands.at += 9 * A_MINUTE + A_MINUTE / 2
    await work(house)
    assert await told(house, second) == [], "who said to be answering is waited for"
    hands.at += 3 * A_MINUTE
    await work(house)
    assert (await told(house, first), await told(house, second)) == ([post], [post])
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM notifications WHERE post_id = %s", [int(post)]) == 2
    hands.at += 60 * A_MINUTE
    await work(house)
    async with house.site.db.reading() as tx:
        assert not await tx.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'company.page'"), (
            "nobody is left to page"
        )
    answered = await ask(house, author, "Encore ?")
    await house.post("/api/v1/statuses", second, status="Oui.", in_reply_to_id=answered)
    hands.at += 30 * A_MINUTE
    await work(house)
    assert await told(house, first) == [post]


async def test_who_comes_on_shift_while_somebody_waits_is_told_too(house: House, hands: Hands) -> None:
    author, relief = await house.person("lea"), await house.person("releve")
    hands.at += 40 * A_MINUTE
    after = (company.hour_of(hands.at) + timedelta(hours=1)).isoformat()
    await house.post(f"{HERE}/hours/take", relief, starts=[after])
    post = await ask(house, author, "Besoin d'un mot.")
    assert (await calls(house, relief), await told(house, relief)) == ([], [])
    hands.at += 21 * A_MINUTE
    await work(house)
    assert (await calls(house, relief), await told(house, relief)) == ([post], [post])


async def test_of_three_who_answer_at_once_one_does(house: House, hands: Hands) -> None:
    del hands
    author, people = await house.person("lea"), [await house.person(f"veille_{place}") for place in range(3)]
    await on_shift(house, *people)
    post = await ask(house, author, "Besoin d'un mot.")
    answers = await asyncio.gather(*(house.call("POST", f"{HERE}/calls/{post}/claim", one) for one in people))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_paging_that_dies_halfway_said_nothing_and_is_done_again_once(
    house: House, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, host = await house.person("lea"), await house.person("hote", role="host")
    post = int(await ask(house, author, "Personne ?"))
    hands.at += 21 * A_MINUTE

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(Jobs, "defer", dies)
        with pytest.raises(ConnectionError):
            await company.page(house.site, post, 1)
    assert await told(house, host) == []
    for _ in range(2):
        await company.page(house.site, post, 1)
    assert await told(house, host) == [str(post)]
    async with house.site.db.reading() as tx:
        query = "SELECT args->>'turn' FROM procrastinate_jobs WHERE task_name = 'company.page' ORDER BY id"
        assert await tx.values(query) == ["1", "2"], "the first of its own, the next one planned once"


async def test_a_host_on_shift_is_rung_again_when_paged(house: House, hands: Hands) -> None:
    author, host = await house.person("lea"), await house.person("hote", role="host")
    await on_shift(house, host)
    post = await ask(house, author, "Besoin d'un mot.")
    heard: list[int] = []
    house.site.bus.on(Notified, lambda event: heard.append(event.notification_id))
    async with house.site.db.reading() as tx:
        before = await tx.value("SELECT id FROM notifications WHERE post_id = %s", [int(post)])
    hands.at += 21 * A_MINUTE
    await work(house)
    async with house.site.db.reading() as tx:
        after = await tx.values("SELECT id FROM notifications WHERE post_id = %s", [int(post)])
    assert len(after) == 1
    assert after[0] > before
    async with house.site.db.transaction() as tx:
        await notifications.rung(tx, company.Rung(int(post), (host.id,)))
        assert await tx.values("SELECT id FROM notifications WHERE post_id = %s", [int(post)]) == after, "twice equals once"


async def test_a_volunteer_is_rung_at_night_without_words(near: House, service: PushService, hands: Hands) -> None:
    author, one, app = await near.person("lea"), await near.person("veille"), App()
    subscription = {"endpoint": f"{service.url}/une", "keys": app.keys, "standard": True}
    await near.post("/api/v1/push/subscription", one, subscription=subscription, data={"alerts": {"mention": True}})
    async with near.site.db.transaction() as tx:
        start = (hands.at.astimezone(clock.PARIS).hour * 60 + 1410) % 1440
        await notifications.keep_quiet(tx, one.id, notifications.Quiet(True, start, (start + 120) % 1440))
        assert await notifications.held_until(tx, one.id) is not None
    await on_shift(near, one)
    await ask(near, author, "Ce que je n'ose pas dire.")
    await near.site.jobs.run(wait=False)
    (arrived,) = service.arrived
    said = app.read(arrived)
    assert (said["title"], said["body"], said["preferred_locale"]) == ("Quelqu'un a besoin d'un mot", "", "fr")
    assert "lea" not in json.dumps(said).lower().replace("please", "")
    assert "n'ose" not in json.dumps(said)


@pytest.mark.parametrize(("around", "number"), [(AUTUMN, 169), (SPRING, 167), (datetime(2026, 6, 1, tzinfo=UTC), 168)])
async def test_the_rota_has_neither_hole_nor_double_when_clocks_change(
    house: House, hands: Hands, around: datetime, number: int
) -> None:
    one, host = await house.person("veille"), await keeper(house, "hote")
    hands.at = around - timedelta(days=3) + 20 * A_MINUTE
    for weekday in range(1, 8):
        await house.post(f"{HERE}/week", one, weekday=weekday, hours=list(range(24)))
    found = await house.get(f"{HERE}/hours", one)
    starts = [datetime.fromisoformat(hour["starts"]) for hour in found]
    assert len(starts) == number
    assert all(after - before == timedelta(hours=1) for before, after in pairwise(starts))
    assert all(hour["mine"] and hour["weekly"] and hour["covered"] for hour in found)
    assert await house.get("/api/salledepause/v1/admin/company/uncovered", host) == []
    await house.post(f"{HERE}/hours/leave", one, starts=[starts[5].isoformat(), starts[6].isoformat()])
    (gap,) = await house.get("/api/salledepause/v1/admin/company/uncovered", host)
    assert (datetime.fromisoformat(gap["starts"]), datetime.fromisoformat(gap["ends"])) == (starts[5], starts[7])
    await house.post(f"{HERE}/hours/take", one, starts=[starts[5].isoformat()])
    assert (await house.get(f"{HERE}/hours", one))[5]["mine"]
    await house.post(f"{HERE}/week", one, weekday=company.wall(starts[0])[0], hours=list(range(24)), there=False)
    assert not (await house.get(f"{HERE}/hours", one))[0]["covered"]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)), st.sets(st.integers(0, 166)))  # noqa: DTZ001 - bounds are naive
def test_gaps_and_what_is_covered_are_the_whole_week(now: datetime, places: set[int]) -> None:
    among = company.hours(now)
    covered = {among[place] for place in places}
    holes = company.gaps(covered, among)
    inside = [starts for starts in among if any(gap.starts <= starts < gap.ends for gap in holes)]
    assert sorted({*covered, *inside}) == among
    assert not covered & set(inside)
    assert all(first.ends < second.starts for first, second in pairwise(holes))


BAD: list[tuple[str, dict[str, Any]]] = [
    ("hours/take", {"starts": []}), ("hours/take", {"starts": ["hier"]}), ("hours/take", {"starts": ["2026-01-01T02:00:00"]}),
    ("hours/take", {"starts": ["2020-01-01T02:00:00Z"]}), ("hours/take", {"starts": ["2099-01-01T02:00:00Z"]}),
    ("hours/take", {"starts": ["0001-01-01T00:00:00+23:00"]}), ("hours/leave", {"starts": ["9999-12-31T23:00:00-10:00"]}),
    ("week", {"weekday": 0, "hours": [3]}), ("week", {"weekday": 8, "hours": [3]}), ("week", {"weekday": 1, "hours": [24]}),
    ("week", {"weekday": 1, "hours": []}), ("week", {"weekday": 1, "hours": [-1]}),
]  # fmt: skip


async def test_bad_hours_are_refused_and_readers_take_none(house: House, hands: Hands) -> None:
    one, reader = await armed(house, await house.person("veille")), await house.person("lit")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET mode = 'reader' WHERE id = %s", [reader.id])
        tx.touches_everything()
    whole = company.hour_of(hands.at)
    odd = (whole + 30 * A_MINUTE).isoformat()
    for path, body in [*BAD, ("hours/take", {"starts": [odd]})]:
        answer = await house.call("POST", f"{HERE}/{path}", one, json=body)
        assert answer.status_code == 422, (path, body, answer.text)
    assert (await house.call("POST", f"{HERE}/hours/take", reader, json={"starts": [whole.isoformat()]})).status_code == 403
    assert (await house.call("GET", "/api/salledepause/v1/admin/company/uncovered", one)).status_code == 403
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM company_hours") == 0
