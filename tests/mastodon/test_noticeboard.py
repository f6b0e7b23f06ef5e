"""Boards of rooms: who may say what became of a rumour, where it shows, and that a denial reaches whoever was shown it, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from salledepause.features import noticeboard, notifications
from salledepause.features.noticeboard import NEXT, ItemDenied, ItemsMet, State
from salledepause.features.rooms import Reads, Rings, Rules, Speaks
from tests.support.house import House, Person
from tests.support.rooms import CAST, gather, room
from tests.support.streams import events

OURS = "/api/salledepause/v1"
HOUSE_ROOM = Rules(reads=Reads.SIGNED_IN, speaks=Speaks.SIGNED_IN, rings=Rings.WORDS)
SOURCE = "La cadre de nuit : https://chu.test/note"


async def rumour(house: House, who: Person, handle: str, text: str = "Le parking ferme lundi.") -> str:
    """Say an info in a room and pin it; return its id."""
    said = await house.say(who, f"@{handle} {text}", salledepause={"kind": "info"})
    seen = await house.post(f"{OURS}/notices/{said['id']}/pin", who)
    assert (seen["state"], seen["pinned"], seen["may_decide"]) == ("rumour", True, True)
    return str(said["id"])


async def say(house: House, who: Person, post: str, state: str, source: str = SOURCE) -> int:
    answer = await house.call("POST", f"{OURS}/notices/{post}/state", who, json={"state": state, "source": source})
    return answer.status_code


async def denials(house: House, who: Person) -> list[str]:
    return [one["status"]["id"] for one in await house.get("/api/v1/notifications", who, types=["update"])]


async def readers(house: House) -> int:
    async with house.site.db.reading() as tx:
        return int(await tx.value("SELECT count(*) FROM notice_readers"))


@pytest.mark.parametrize("reads", [Reads.SIGNED_IN, Reads.MEMBERS])
async def test_who_may_decide(house: House, reads: Reads) -> None:
    """Role × room × action, each tried: the author is the member."""
    cast = await gather(house)
    speaks = Speaks.SIGNED_IN if reads is Reads.SIGNED_IN else Speaks.MEMBERS
    await room(house, cast, "la_piece", Rules(reads=reads, speaks=speaks))
    author = cast["member"]
    assert author
    post = await rumour(house, author, "la_piece")
    here = f"{OURS}/notices/{post}"
    for name, (family, mode, _, standing) in CAST.items():
        reader = name in {"member", "member_reader", "keeper"} or (reads is Reads.SIGNED_IN and family and standing != "out")
        decides = reader and mode == "contributor" and name in {"member", "keeper", "host"}
        hidden = 404 if name != "visitor" else 401
        who = cast[name]
        assert (await house.call("GET", here, who)).status_code == (200 if reader else 404), name
        for action, body in (("unpin", {}), ("pin", {}), ("state", {"state": "rumour"})):
            got = (await house.call("POST", f"{here}/{action}", who, json=body)).status_code
            assert got == (200 if decides else 403 if reader else hidden), (name, action)
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT state FROM notices WHERE post_id = %s", [int(post)]) == "rumour"


async def test_states_follow_each_other_with_their_sources(house: House) -> None:
    cast = await gather(house)
    await room(house, cast, "le_couloir", HOUSE_ROOM)
    author, keeper = cast["member"], cast["keeper"]
    assert author
    assert keeper
    for first in State:
        for then in State:
            post = await rumour(house, author, "le_couloir", f"De {first} à {then}.")
            assert await say(house, keeper, post, first) == 200
            wanted = 200 if then is first or then in NEXT[first] else 422
            assert await say(house, keeper, post, then) == wanted, (first, then)
    for state in ("confirmed", "denied"):
        assert await say(house, keeper, post, state, source=" ") in {200, 422}
    fresh = await rumour(house, author, "le_couloir", "Sans source.")
    assert [await say(house, keeper, fresh, one, source=" ") for one in ("confirmed", "denied")] == [422, 422]
    assert await say(house, keeper, fresh, "checking", source="") == 200
    assert await say(house, keeper, fresh, "denied", source="x" * 301) == 422
    plain = await house.say(author, "@le_couloir Un avis.")
    assert (await house.call("POST", f"{OURS}/notices/{plain['id']}/pin", author)).status_code == 422
    outside = await house.say(author, "Dehors.", salledepause={"kind": "info"})
    assert (await house.call("POST", f"{OURS}/notices/{outside['id']}/pin", author)).status_code == 422
    long = await house.say(author, f"@le_couloir {'mot ' * 80}", salledepause={"kind": "info"})
    assert (await house.call("POST", f"{OURS}/notices/{long['id']}/pin", author)).status_code == 422


async def test_it_shows_wherever_the_post_does(house: House) -> None:
    cast = await gather(house)
    place = await room(house, cast, "la_cour", HOUSE_ROOM)
    author, keeper, other = cast["member"], cast["keeper"], cast["stranger"]
    assert author
    assert keeper
    assert other
    post = await rumour(house, author, "la_cour")
    assert await say(house, keeper, post, "confirmed") == 200
    answer = await house.say(author, "Vu.", in_reply_to_id=post)
    below = (await house.get(f"/api/v1/statuses/{answer['id']}/context", other))["ancestors"][0]
    listed = (await house.get(f"/api/v1/timelines/list/{place.id}", author))[-1]
    pinned = (await house.get(f"{OURS}/rooms/{place.id}/notices", other))[0]
    for one in (await house.get(f"/api/v1/statuses/{post}", other), below, listed, pinned):
        assert (one["salledepause"]["state"], one["salledepause"]["state_source"]) == ("confirmed", SOURCE)
        assert one["content"].startswith("<p>Confirmé. Source : La cadre")
    steps = (await house.get(f"{OURS}/notices/{post}", other))["steps"]
    assert [(one["state"], one["by"]) for one in steps] == [("confirmed", "keeper"), ("rumour", "author")]
    await house.call("PUT", f"/api/v1/statuses/{post}", author, json={"status": "@la_cour Le parking ferme mardi."})
    assert (await house.get(f"/api/v1/statuses/{post}", other))["salledepause"]["state"] == "checking"
    await house.post(f"{OURS}/notices/{post}/unpin", author)
    assert await house.get(f"{OURS}/rooms/{place.id}/notices", other) == []


async def test_a_denial_reaches_each_who_was_shown_it_once(house: House) -> None:
    cast = await gather(house)
    place = await room(house, cast, "le_hall", HOUSE_ROOM)
    author, keeper, listed, named, reader, never, late = [
        cast[name] for name in ("member", "keeper", "invited", "carer", "carer_reader", "patient", "unproven")
    ]
    assert author and keeper and listed and named and reader and never and late  # noqa: PT018 - one cast
    post = await rumour(house, author, "le_hall")
    await house.get(f"{OURS}/rooms/{place.id}/posts", listed)
    await house.get(f"/api/v1/statuses/{post}", named)
    await house.get(f"{OURS}/rooms/{place.id}/notices", reader)
    await house.get(f"/api/v1/statuses/{post}", keeper)
    assert await readers(house) == 4, "the author knows what they said"
    await say(house, keeper, post, "confirmed")
    await house.get(f"/api/v1/statuses/{post}", late)
    assert await readers(house) == 4, "remembered only while nothing is decided"
    assert await say(house, keeper, post, "denied") == 200
    for _ in range(2):
        assert await say(house, keeper, post, "denied") == 200
        async with house.site.db.transaction() as tx:
            event = ItemDenied(int(post))
            await notifications.denied(tx, event)
            await noticeboard.forget(tx, event)
    for who in (listed, named, reader):
        assert await denials(house, who) == [post], who.handle
    for who in (author, keeper, never, late):
        assert await denials(house, who) == [], who.handle
    assert await readers(house) == 0


async def test_what_is_denied_while_one_reads_is_told_all_the_same(house: House) -> None:
    cast = await gather(house)
    await room(house, cast, "le_quai", HOUSE_ROOM)
    author, one, other = cast["member"], cast["carer"], cast["unproven"]
    assert author and one and other  # noqa: PT018 - one cast
    post = await rumour(house, author, "le_quai")
    async with house.site.db.reading() as read:  # the answer is being written, its reader not noted yet
        await noticeboard.owe(read, [int(post)], [one.id])
    await asyncio.gather(
        say(house, author, post, "denied"), *(house.call("GET", f"/api/v1/statuses/{post}", other) for _ in range(5))
    )
    for _ in range(2):
        async with house.site.db.transaction() as tx:
            for event in read.owed:
                assert isinstance(event, ItemsMet)
                await noticeboard.remember(tx, event)
    assert await denials(house, one) == [post]
    state = (await house.get(f"/api/v1/statuses/{post}", other))["salledepause"]["state"]
    assert (state, await readers(house)) == ("denied", 0)
    assert len(await denials(house, other)) <= 1


async def test_interrupted_nothing_is_told_and_nothing_forgotten(house: House) -> None:
    cast = await gather(house)
    await room(house, cast, "la_cave", HOUSE_ROOM)
    author, one = cast["member"], cast["carer"]
    assert author and one  # noqa: PT018 - one cast
    post = await rumour(house, author, "la_cave")
    await house.get(f"/api/v1/statuses/{post}", one)

    async def cut_off() -> None:
        async with house.site.db.transaction() as tx:
            await noticeboard.decide(tx, author.id, int(post), State.DENIED, SOURCE)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await cut_off()
    assert (await denials(house, one), await readers(house)) == ([], 1)
    assert await say(house, author, post, "denied") == 200
    assert (await denials(house, one), await readers(house)) == ([post], 0)


async def test_who_may_read_no_more_is_told_nothing_and_time_forgets(house: House) -> None:
    cast = await gather(house)
    place = await room(house, cast, "la_loge", Rules())
    silent = await room(house, cast, "le_silence", Rules(rings=Rings.NEVER))
    author, keeper, one = cast["member"], cast["keeper"], cast["member_reader"]
    assert author and keeper and one  # noqa: PT018 - one cast
    post, hushed, old = [await rumour(house, author, name) for name in ("la_loge", "le_silence", "la_loge")]
    for each in (post, hushed, old):
        await house.get(f"/api/v1/statuses/{each}", one)
    await say(house, keeper, hushed, "denied")
    await house.post(f"{OURS}/rooms/{place.id}/out", keeper, account_id=str(one.id), reason="Trop de bruit.")
    await say(house, keeper, post, "denied")
    assert await denials(house, one) == []
    assert await readers(house) == 1
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE notice_readers SET met_on = current_date - 31")
    await noticeboard.sweep(house.site)
    assert await readers(house) == 0
    assert silent.rules.rings is Rings.NEVER


async def test_an_open_stream_shows_it_too(house: House) -> None:
    cast = await gather(house)
    place = await room(house, cast, "le_toit", HOUSE_ROOM)
    author, keeper = cast["member"], cast["keeper"]
    assert author and keeper  # noqa: PT018 - one cast
    async with events(house, "list", keeper, list=str(place.id)) as heard:
        post = await rumour(house, author, "le_toit")
        while '"state":"rumour"' not in (await heard.next()).payload:
            pass
        for _ in range(100):
            if await readers(house):
                break
            await asyncio.sleep(0.05)
    assert await readers(house) == 1
    assert await say(house, author, post, "denied") == 200
    assert await denials(house, keeper) == [post]


def test_nothing_else_reads_who_was_shown_what() -> None:
    package = Path(noticeboard.__file__).parents[2]
    naming = {str(one.relative_to(package)) for one in package.rglob("*.py") if "notice_readers" in one.read_text()}
    assert naming == {"features/noticeboard/store.py", "features/notifications/store.py"}
