"""The automatic answer of who is away: once to each who writes in private, marked everywhere, never to an automaton."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from salledepause.features import accounts, graph, notifications, posts
from salledepause.features.archives import activities
from salledepause.features.archives.activities import Around
from salledepause.features.notifications import away_store
from salledepause.kernel import clock
from tests.support.house import House, Person
from tests.web.visitor import Visitor

AIR = "/prendre-l-air"
WORDS = "De retour en mars.\nPrenez soin de vous."
Direct = list[dict[str, Any]]


async def gone(nurse: Visitor, **more: Any) -> None:
    await nurse.get(AIR)
    await nurse.submit(AIR, **({"reply": WORDS} | more))


async def wrote(house: House, who: Person, text: str = "Tu es là, @nuit ?", visibility: str = "direct") -> Any:
    said = await house.say(who, text, visibility=visibility)
    await house.site.jobs.run(wait=False)
    return said


async def answers(house: House, who: Person) -> Direct:
    """Return what somebody was told of by `nuit`, the newest first."""
    told = await house.get("/api/v1/notifications", who)
    return [one["status"] for one in told if one["account"]["acct"] == "nuit"]


async def test_who_writes_in_private_gets_it_once_marked_as_sent_by_no_hand(house: House, nurse: Visitor) -> None:
    friend, other = await house.person("garde"), await house.person("cadre")
    await gone(nurse)
    form = nurse.page.form(AIR)
    assert (form.values["reply"], form.values["until"]) == (WORDS, "")
    said = await wrote(house, friend)
    await wrote(house, friend, "Et maintenant, @nuit ?")
    await wrote(house, other, "Bonjour @nuit", "public")
    (sent,) = await answers(house, friend)
    assert await answers(house, other) == []
    assert (sent["visibility"], sent["in_reply_to_id"]) == ("direct", said["id"])
    assert [one["acct"] for one in sent["mentions"]] == ["garde"]
    assert "Prenez soin de vous." in sent["content"]
    assert sent["salledepause"]["automated"] is True
    assert sent["application"]["name"] == "Réponse automatique"
    assert "automate" in (await nurse.get(f"/@nuit/{sent['id']}")).text
    async with house.site.db.reading() as tx:
        post = (await posts.load(tx, [int(sent["id"])]))[int(sent["id"])]
    assert (
        activities.create(house.site, post, Around(None, None, None, pinned=False))["object"]["salledepause"]["automated"] is True
    )
    await nurse.get(AIR)
    await nurse.submit(f"{AIR}/retour")
    await wrote(house, friend, "Contente de te revoir, @nuit")
    assert len(await answers(house, friend)) == 1
    await gone(nurse)
    await wrote(house, friend, "Repartie, @nuit ?")
    assert len(await answers(house, friend)) == 2, "another absence answers each once more"
    plain = await wrote(house, friend, "Une main, @nuit")
    assert "automated" not in plain["salledepause"]


async def test_two_who_are_away_never_answer_each_other(house: House, nurse: Visitor, director: Visitor) -> None:
    await gone(nurse)
    await gone(director, reply="Absente aussi.")
    await nurse.get("/ecrire")
    await nurse.write("Tu es là, @garde ?", audience="direct")
    for _ in range(3):
        await house.site.jobs.run(wait=False)
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM posts WHERE automated") == 1


async def make_bot(house: House, nurse: Visitor, who: Person) -> None:
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET bot = true WHERE id = %s", [who.id])
        tx.touches_everything()
    del nurse


async def mute(house: House, nurse: Visitor, who: Person) -> None:
    del nurse
    async with house.site.db.transaction() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
        token = await accounts.give_token(tx, me, ["write"])
    await house.post(f"/api/v1/accounts/{who.id}/mute", token, notifications=False)


async def limit(house: House, nurse: Visitor, who: Person) -> None:
    del nurse
    async with house.site.db.transaction() as tx:
        await graph.limit(tx, (await accounts.by_handle(tx, "nuit")).id, who.id)


async def last_day_past(house: House, nurse: Visitor, who: Person) -> None:
    del nurse, who
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE notification_policies SET away_until = %s", [clock.today() - timedelta(days=1)])


async def too_many(house: House, nurse: Visitor, who: Person) -> None:
    del nurse, who
    others = [(await house.person(f"p{number}")).id for number in range(2)]
    async with house.site.db.transaction() as tx:
        query = "INSERT INTO away_replies (account_id, to_id) SELECT id, unnest(%s::bigint[]) FROM accounts WHERE handle = 'nuit'"
        await tx.run(query, [others])


@pytest.mark.parametrize("why", [make_bot, mute, limit, last_day_past, too_many])
async def test_who_gets_no_answer(
    house: House,
    nurse: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    why: Callable[[House, Visitor, Person], Coroutine[Any, Any, None]],
) -> None:
    monkeypatch.setattr(away_store, "MOST_A_DAY", 2)
    friend, control = await house.person("garde"), await house.person("cadre")
    await gone(nurse)
    if why in {make_bot, mute, limit}:
        await wrote(house, control)
        assert len(await answers(house, control)) == 1
    await why(house, nurse, friend)
    await wrote(house, friend)
    assert await answers(house, friend) == []


async def test_an_answer_that_cannot_be_is_refused(house: House, nurse: Visitor) -> None:
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    refused: list[dict[str, Any]] = [{"reply": "a" * 501}, {"reply": "Voyez @garde."}]
    refused += [{"until": day} for day in (yesterday, "demain", "2027-02-30")]
    for wrong in refused:
        await nurse.get(AIR)
        await nurse.submit(AIR, **wrong, status=422)
    async with house.site.db.reading() as tx:
        rest = await notifications.rest(tx, (await accounts.by_handle(tx, "nuit")).id)
    assert rest == notifications.Rest(rest.quiet), "nothing was written"
    await gone(nurse, until=(clock.today() + timedelta(days=40)).isoformat())
    friend = await house.person("garde")
    await wrote(house, friend)
    assert len(await answers(house, friend)) == 1


async def test_a_job_that_comes_twice_or_late_sends_nothing_more(house: House, nurse: Visitor) -> None:
    friend = await house.person("garde")
    await gone(nurse)
    said = await wrote(house, friend)
    async with house.site.db.reading() as tx:
        me = (await accounts.by_handle(tx, "nuit")).id
    await notifications.answer(house.site, me, int(said["id"]))
    other = await house.person("cadre")
    late = await house.say(other, "Tu es là, @nuit ?", visibility="direct")
    assert (await house.call("DELETE", f"/api/v1/statuses/{late['id']}", other)).status_code == 200
    await house.site.jobs.run(wait=False)
    assert len(await answers(house, friend)) == 1
    assert await answers(house, other) == []
