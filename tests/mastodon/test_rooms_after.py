"""Once a room's rules changed, its words ended, or somebody left: nothing of it is told, shown, counted or kept any more."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from salledepause.features import posts, rooms, supports
from salledepause.features.accounts import Family
from salledepause.features.rooms import In, Reads, Rings, Rules, Speaks, Who, may_read, opens_wider
from tests.mastodon.admin import keeper as host_of
from tests.mastodon.test_admin_figures import measured
from tests.mastodon.test_rooms_leaks import exported
from tests.support.house import House, Person
from tests.support.rooms import gather, prove, room
from tests.support.streams import events

STATUSES, OURS = "/api/v1/statuses", "/api/salledepause/v1"
ROOMS = f"{OURS}/rooms"
FAMILIES = (Family.MEDICAL, Family.DIRECTION)


async def people_of(house: House) -> dict[str, Person]:
    return {name: person for name, person in (await gather(house)).items() if person}


async def vent(house: House) -> tuple[str, Person, Person]:
    """Open la soupape for two verified carers; return its address, and them."""
    lea, noor = [await house.person(name, family=Family.PARAMEDICAL) for name in ("lea", "noor")]
    for one in (lea, noor):
        await prove(house, one, Family.PARAMEDICAL)
    async with house.site.db.transaction() as tx:
        opening = rooms.Opening(name="La soupape", handle="la_soupape", sort="vent", listed=True, rules=rooms.VENT)
        made = await rooms.create(tx, None, opening)
    return f"{ROOMS}/{made.id}", lea, noor


async def ended(house: House, *said: Any) -> None:
    """Let some words be over, and nobody be told: the job that erases them comes within a minute."""
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE posts SET expires_at = now() WHERE id = ANY(%s)", [[int(one["id"]) for one in said]])


def test_rules_that_let_nobody_else_read_are_told_from_those_that_do() -> None:
    everybody = [
        Who(signed_in=True, family=family, verified=family if proven else None, standing=standing)
        for family, proven, standing in product((*FAMILIES, Family.OTHER), (False, True), (None, In.MEMBER, In.INVITED, In.OUT))
    ]
    everybody.append(Who())
    rules = [Rules(reads=reads, families=some) for reads in Reads for some in (FAMILIES[:1], FAMILIES)]
    for before, after in product(rules, rules):
        more = [who for who in everybody if may_read(after, who) and not may_read(before, who)]
        assert opens_wider(before, after) is bool(more), (before, after, more[:1])


async def test_what_was_said_to_few_is_opened_to_nobody_else(house: House) -> None:
    here, lea, noor = await vent(house)
    host = await house.person("hotesse", family=Family.DIRECTION, role="host")
    await prove(house, host, Family.DIRECTION)
    said = await house.say(lea, "@la_soupape Entre soignantes.")
    carers, with_direction = ["soignant-medical", "soignant-paramedical"], ["soignant-paramedical", "direction"]
    wider: list[dict[str, Any]] = [{"families": with_direction}, {"reads": "families"}, {"reads": "signed_in"}]
    wider += [{"reads": "everyone"}, {"reads": "members"}]
    for rules in wider:
        answer = await house.call("PATCH", here, host, json={"rules": rules})
        assert answer.status_code == 409, rules
        assert (await house.call("GET", f"{STATUSES}/{said['id']}", host)).status_code == 404
    for rules in ({"expires_hours": 6}, {"families": carers[1:]}):
        assert (await house.call("PATCH", here, host, json={"rules": rules})).status_code == 200
    assert (await house.get(f"{STATUSES}/{said['id']}", noor))["id"] == said["id"]
    await house.call("DELETE", f"{STATUSES}/{said['id']}", lea)
    opened = await house.call("PATCH", here, host, json={"rules": {"families": with_direction}})
    assert (opened.status_code, opened.json()["may_read"]) == (200, True)


async def test_words_that_end_are_kept_by_no_memory_and_no_device(house: House) -> None:
    here, lea, noor = await vent(house)
    said = await house.say(lea, "@la_soupape unmotpasse")
    answer = await house.post(STATUSES, noor, status="unereponse", in_reply_to_id=said["id"])
    plain = await house.say(lea, "Dehors")
    for gesture in ("bookmark", "favourite"):
        await house.post(f"{STATUSES}/{said['id']}/{gesture}", noor)
    one = f"{STATUSES}/{said['id']}"
    paths = [one, f"{one}/context", f"{one}/history", f"{one}/source", "/api/v1/bookmarks", "/api/v1/favourites"]
    paths += [f"{here}/posts", f"{STATUSES}/{answer['id']}/context", f"{STATUSES}?id[]={said['id']}"]
    for path in [*paths, *paths]:
        shown = await house.call("GET", path, noor)
        assert shown.headers.get("cache-control") == "no-store", path
    assert "cache-control" not in (await house.call("GET", f"{STATUSES}/{plain['id']}", noor)).headers
    await ended(house, said)
    for path, who in product(paths, (noor, lea)):
        after = await house.call("GET", path, who)
        assert "unmotpasse" not in after.text, (path, who.handle)
        assert after.status_code == (404 if path.startswith(f"{one}") else 200), (path, who.handle)


async def test_ones_own_words_end_for_oneself_too(house: House) -> None:
    _, lea, noor = await vent(house)
    first = await house.say(lea, "@la_soupape unmotbref", salledepause={"expires_hours": 1})
    other = await house.post(STATUSES, noor, status="Je t'écoute.", in_reply_to_id=first["id"])
    last = await house.post(STATUSES, lea, status="Merci.", in_reply_to_id=other["id"])
    await ended(house, first)
    around = await house.get(f"{STATUSES}/{last['id']}/context", lea)
    assert [one["id"] for one in around["ancestors"]] == [other["id"]]


async def test_nothing_of_what_ends_is_written_on_a_board(house: House) -> None:
    here, lea, noor = await vent(house)
    said = await house.say(lea, "@la_soupape On ferme la 4.", salledepause={"kind": "info"})
    path = f"{OURS}/notices/{said['id']}"
    assert (await house.call("POST", f"{path}/pin", lea)).status_code == 422
    assert (await house.call("GET", path, lea)).status_code == 404
    assert (await house.call("POST", f"{path}/state", lea, json={"state": "denied", "source": "le cadre"})).status_code == 404
    assert await house.get(f"{here}/notices", noor) == []
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM notice_steps") == 0


async def test_who_was_put_out_hears_nothing_not_even_that_something_is_erased(house: House) -> None:
    people = await people_of(house)
    keeper, member = people["keeper"], people["member"]
    one = await room(house, people, "la_une", Rules(rings=Rings.WORDS))
    async with events(house, "list", member, list=str(one.id)) as stream, events(house, "user", member) as own:
        await house.post(f"{ROOMS}/{one.id}/out", keeper, account_id=str(member.id), reason="Trop de bruit.")
        assert (await own.next()).body["type"] == "moderation_warning"
        said = await house.say(keeper, "@la_une @member Entre nous")
        await house.call("PUT", f"{STATUSES}/{said['id']}", keeper, json={"status": "Encore entre nous"})
        await house.call("DELETE", f"{STATUSES}/{said['id']}", keeper)
        public = await house.say(keeper, "@member Dehors")
        assert (await own.next()).body["status"]["id"] == public["id"]
        assert await stream.quiet()


async def test_a_word_at_a_victory_of_a_room_tells_nothing_to_who_left(house: House) -> None:
    people = await people_of(house)
    keeper, member, host = people["keeper"], people["member"], people["host"]
    one = await room(house, people, "la_une", Rules())
    won = await house.say(keeper, "@la_une On a dîné.", salledepause={"kind": "victory"})
    wave = f"{OURS}/statuses/{won['id']}/wave"
    for who in (member, people["member_reader"]):
        await house.call("POST", wave, who, json={"word": f"Bravo de {who.handle}"})
    (said,) = (await house.get(wave, keeper))["words"]
    assert (await house.call("DELETE", f"{OURS}/waves/words/{said['id']}", host)).status_code == 404
    await house.post(f"{ROOMS}/{one.id}/leave", member)
    gone = await house.call("DELETE", f"{OURS}/waves/words/{said['id']}", member)
    assert (gone.status_code, gone.json()["count"], gone.json()["state"]) == (200, 0, "none")
    (left,) = (await house.get(wave, keeper))["words"]
    assert left["word"] == ""


async def test_figures_of_the_hosts_count_nothing_that_is_said_in_rooms(house: House) -> None:
    people = await people_of(house)
    await room(house, people, "la_grande", Rules(reads=Reads.EVERYONE, speaks=Speaks.SIGNED_IN))
    host = await host_of(house, "chiffres")
    speakers = [people[name] for name in ("stranger", "patient", "carer", "member", "keeper", "host")]
    first = await house.say(speakers[0], "@la_grande Bonsoir", language="fr")
    for one in speakers[1:]:
        await house.say(one, "Aussi", in_reply_to_id=first["id"], language="fr")
        await house.post(f"{STATUSES}/{first['id']}/favourite", one)
    nothing = {key: ["0", "0"] for key in ("active_users", "interactions")}
    assert await measured(house, host, *nothing) == nothing
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM posts WHERE room_id IS NOT NULL") == len(speakers)


async def test_ones_archive_says_how_one_is_verified_where_one_shows_it(house: House, tmp_path: Path) -> None:
    _, lea, _ = await vent(house)
    assert '"verified":{"method":"code"' in await exported(house, lea, tmp_path, "shown")
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET shows_family = false WHERE id = %s", [lea.id])
        tx.touches_everything()
    assert "verified" not in await exported(house, lea, tmp_path, "hidden")


async def test_who_may_read_a_room_no_more_is_told_of_no_support_there(house: House) -> None:
    _, lea, noor = await vent(house)
    said = await house.say(lea, "@la_soupape Onze sonnettes.")
    await house.post(f"{OURS}/posts/{said['id']}/support", noor, word="courage")
    async with house.site.db.reading() as tx:
        assert await supports.waiting(tx, lea.id) == [("la_soupape", "La soupape")]
    await house.call("DELETE", f"{OURS}/verification", lea)
    async with house.site.db.reading() as tx:
        assert await supports.waiting(tx, lea.id) == []


async def test_what_waited_in_the_open_is_not_said_where_words_end_by_now(house: House) -> None:
    people = await people_of(house)
    keeper = people["keeper"]
    one = await room(house, people, "la_une", Rules(), listed=True)
    plans = [await house.say(keeper, f"@la_une Plus tard {number}", scheduled_at="2099-01-01T00:00:00Z") for number in range(2)]
    for plan, hours in zip(plans, (None, 3), strict=True):
        async with house.site.db.transaction() as tx:
            await rooms.change(tx, people["keeper"].id, one.id, rooms.Change(rules=Rules(expires_hours=hours, most_members=25)))
            await tx.run("UPDATE scheduled_posts SET at = now() WHERE id = %s", [int(plan["id"])])
        await posts.scheduled.publish(house.site, int(plan["id"]))
    said = await house.get(f"{ROOMS}/{one.id}/posts", keeper)
    assert ["Plus tard 0" in each["content"] for each in said] == [True]
    assert await house.get("/api/v1/scheduled_statuses", keeper) == []
