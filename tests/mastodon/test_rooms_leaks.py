"""What is said in a room stays there beside the lists too: in archives, on pages of teams, at the hosts' desk, in cards."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from salledepause.features import accounts, archives, moderation, posts, rooms, safety_net
from salledepause.features.archives import What
from salledepause.features.rooms import Reads, Rules, Speaks, may_read
from salledepause.kernel import clock
from salledepause.kernel.errors import Missing
from tests.kernel.media_samples import drawing, saved
from tests.mastodon.pictures import sent, served
from tests.support.house import EVERYTHING, House, Person
from tests.support.rooms import gather, room
from tests.support.rooms import who as cast_of
from tests.support.streams import events

STATUSES, OURS = "/api/v1/statuses", "/api/salledepause/v1"
ROOMS, TEAMS = f"{OURS}/rooms", f"{OURS}/teams"
FOR_ALL = Rules(reads=Reads.EVERYONE, speaks=Speaks.SIGNED_IN)


async def people_of(house: House) -> dict[str, Person]:
    return {name: person for name, person in (await gather(house)).items() if person}


async def exported(house: House, who: Person, folder: Path, name: str) -> str:
    """Return all that somebody's archive and their table of bookmarks say."""
    async for step in archives.export(house.site, who.handle, folder / f"{name}.zip"):
        assert step.why is None
    async for _ in archives.export_table(house.site, who.handle, What.BOOKMARKS, folder / f"{name}.csv"):
        pass
    with zipfile.ZipFile(folder / f"{name}.zip") as archive:
        said = [archive.read(one).decode() for one in archive.namelist() if one.endswith((".json", ".csv"))]
    return "\n".join([*said, (folder / f"{name}.csv").read_text()])


async def test_an_archive_says_what_its_person_may_read_now(house: House, tmp_path: Path) -> None:
    people = await people_of(house)
    keeper, member = people["keeper"], people["member"]
    one = await room(house, people, "la_une", Rules())
    said = await house.say(keeper, "@la_une unmotgarde")
    mine = await house.say(member, "@la_une unmotamoi")
    info = await house.say(member, "@la_une Le parking ferme.", salledepause={"kind": "info"})
    await house.post(f"{OURS}/notices/{info['id']}/pin", member)
    await house.post(f"{OURS}/notices/{info['id']}/state", keeper, state="denied", source="Le service technique")
    for gesture in ("favourite", "bookmark"):
        await house.post(f"{STATUSES}/{said['id']}/{gesture}", member)
    await room(house, people, "breve", Rules(expires_hours=3))
    ended = await house.say(member, "@breve unmotquifinit")
    within = await exported(house, member, tmp_path, "within")
    assert within.count("unmotamoi") == 1
    assert (mine["id"] in within, ended["id"] in within, "unmotquifinit" in within) == (True, False, False)
    assert within.count(said["id"]) == 4, "a like, a bookmark twice written, and the table by itself"
    assert "unmotgarde" not in within
    with zipfile.ZipFile(tmp_path / "within.zip") as archive:
        outbox, rooms_of_mine = archive.read("outbox.json").decode(), json.loads(archive.read("rooms.json"))
    assert mine["id"] not in outbox, "what one said in a room is not in one's outbox: elsewhere it would be read by all"
    assert [one["text"] for one in rooms_of_mine["said"]] == ["@la_une unmotamoi", "@la_une Le parking ferme."]
    plain, rumour = [one.get("notice") for one in rooms_of_mine["said"]]
    assert (plain, rumour["state"], rumour["source"], rumour["pinned"]) == (None, "denied", "Le service technique", True)
    assert [(step["state"], step["by"]) for step in rumour["steps"]] == [("denied", "keeper"), ("rumour", "author")]
    assert {one["handle"] for one in rooms_of_mine["rooms"]} == {"la_une", "breve"}
    assert (await exported(house, keeper, tmp_path, "keeper")).count("unmotgarde") == 1
    await house.post(f"{ROOMS}/{one.id}/leave", member)
    after = await exported(house, member, tmp_path, "after")
    assert said["id"] not in after
    assert "la_une" not in after
    assert "unmotamoi" not in after
    async with house.site.db.transaction() as tx:
        for name in ("keeper", "carer"):
            draft = posts.Draft(text=f"@la_une un mot d'ailleurs, {name}", at=clock.now() - timedelta(days=400))
            await posts.publish(tx, people[name].id, draft)
    inside = await house.get(f"{ROOMS}/{one.id}/posts", keeper)
    assert {each["id"] for each in inside} == {said["id"], mine["id"], info["id"]}, "what an archive brings named no room of here"


async def test_a_thank_you_of_a_room_is_on_no_page_and_in_no_total(house: House) -> None:
    people = await people_of(house)
    keeper, member, visitor = people["keeper"], people["member"], None
    for one in (await room(house, people, "la_une", Rules()), await room(house, people, "la_grande", FOR_ALL)):
        ours = {"kind": "victory", "thanks": [f"Équipe {one.handle}", "La lingerie", "@carer"], "room": str(one.id)}
        inside = await house.say(keeper, f"Merci à {one.handle}", salledepause=ours)
        assert inside["salledepause"]["room"]["id"] == str(one.id)
        secret, shared, _ = inside["salledepause"]["thanks"]
        for who in (member, keeper, people["stranger"], visitor):
            assert (await house.call("GET", f"{TEAMS}/{secret['id']}", who)).status_code == 404
            assert (await house.call("GET", f"{TEAMS}/{secret['id']}/statuses", who)).status_code == 404
            found = await house.get(f"{TEAMS}?q={one.handle}", people["stranger"])
            assert secret["id"] not in {team["id"] for team in found}
        await house.say(people["stranger"], "Merci.", salledepause={"kind": "thanks", "thanks": ["La lingerie"]})
        for who in (member, keeper, visitor):
            listed = await house.get(f"{TEAMS}/{shared['id']}/statuses", who)
            assert inside["id"] not in {status["id"] for status in listed}
            page = await house.client.get(f"/equipes/{shared['id']}", headers={"accept": "text/html"})
            assert inside["id"] not in page.text
    assert (await house.get(f"{TEAMS}/{shared['id']}"))["thanks_count"] == 2, "one each time by the stranger"
    assert await house.get("/api/v1/notifications", people["carer"]) == []


async def test_a_report_opens_a_room_to_no_host_and_a_held_picture_to_nobody_else(house: House) -> None:
    people = await people_of(house)
    keeper, member, host = people["keeper"], people["member"], people["host"]
    async with house.site.db.transaction() as tx:
        desk = Person(host.id, host.handle, await accounts.give_token(tx, host.id, [*EVERYTHING, "admin:read", "admin:write"]))
    await room(house, people, "la_une", Rules())
    picture = await sent(house, keeper, saved(drawing((320, 240)), "PNG"), description="une fresque")
    said = await house.say(keeper, "@la_une unmotdedans", media_ids=[picture["id"]])
    here = f"{STATUSES}/{said['id']}"
    about = {"account_id": str(keeper.id), "status_ids": [said["id"]], "rule_ids": ["5"], "comment": "Voyez l'image."}
    assert (await house.call("POST", "/api/v1/reports", people["stranger"], json=about)).status_code == 404
    await house.post("/api/v1/reports", member, **about)
    (report,) = await house.get("/api/v1/admin/reports", desk)
    assert (report["comment"], report["statuses"]) == ("Voyez l'image.", [])
    (case,) = await house.get(f"{OURS}/admin/images", desk)
    assert (case["media_id"], case["said"]) == (picture["id"], "Voyez l'image.")
    for told in (report, case, await house.get("/api/v1/notifications", desk)):
        assert "unmotdedans" not in json.dumps(told)
    assert (await house.call("GET", here, desk)).status_code == 404
    assert (await served(house, picture["url"])).status_code == 404
    (held,) = (await house.get(here, member))["media_attachments"]
    assert held["url"] is None
    async with house.site.db.reading() as tx:
        for who in (keeper, host):
            assert (await moderation.images.look(tx, house.site, who.id, int(picture["id"]))).is_file()
        for who in (member, people["stranger"], people["carer"]):
            with pytest.raises(Missing):
                await moderation.images.look(tx, house.site, who.id, int(picture["id"]))
    assert (await house.call("GET", f"{OURS}/images/{picture['id']}", member)).status_code == 404
    assert {one["type"] for one in await house.get("/api/v1/notifications", keeper)} == {"moderation_warning"}
    await house.post(f"{OURS}/admin/images/{picture['id']}/restore", desk)
    (shown,) = (await house.get(here, member))["media_attachments"]
    assert (await served(house, shown["url"])).status_code == 200
    for anybody in (people["stranger"], desk, None):
        assert (await house.call("GET", here, anybody)).status_code == 404


async def test_the_card_of_help_is_for_who_writes_in_a_room_alone(house: House) -> None:
    people = await people_of(house)
    carer = people["carer"]
    one = await room(house, people, "soupape", rooms.VENT)
    said = await house.say(carer, "@soupape Je n'en peux plus, j'ai envie de mourir.")
    assert said["salledepause"]["room"]["id"] == str(one.id)
    assert {line["number"] for line in said["salledepause"]["help"]["lines"]} >= {"3114"}
    for who in people.values():
        answer = await house.call("GET", f"{ROOMS}/{one.id}/posts", who)
        assert "3114" not in answer.text
        assert (said["id"] in answer.text) == (may_read(one.rules, cast_of(who.handle)))
        assert await house.get("/api/v1/notifications", who) == [], "nobody is called, nothing is told"
    async with house.site.db.reading() as tx:
        assert not await safety_net.calls(tx, people["host"].id)


def shows(answer: httpx.Response) -> bool:
    """Tell whether an answer shows the mark of a proven family, or the family."""
    if answer.headers["content-type"].startswith("text/html"):
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        return 'class="proven"' in main or 'class="family"' in main
    return '"verified":true' in answer.text.replace(" ", "")


async def places(house: House, post: Any, author: Person, viewer: Person) -> list[str]:
    """Return where the mark of a post shows: what the API gives, pages, an archive."""
    here = f"{STATUSES}/{post['id']}"
    api = [here, f"{here}/context", f"{here}/history", f"{STATUSES}?id[]={post['id']}", f"/api/v1/accounts/{author.id}/statuses"]
    api += ["/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v1/timelines/tag/motdelamarque", "/api/v1/bookmarks"]
    api += ["/api/v2/search?q=unmotdemarque&type=statuses", "/api/v1/favourites", "/api/v1/notifications"]
    api += ["/api/v2/notifications", f"/api/oembed?url={post['url']}", "/api/v1/conversations"]
    found = [path for path in api if shows(await house.call("GET", path, viewer))]
    found += [path for path in api if shows(await house.call("GET", path, author)) and path not in found]
    pages = [f"/@{author.handle}/{post['id']}", f"/@{author.handle}/{post['id']}/lire", f"/@{author.handle}", "/local", "/"]
    pages += ["/tags/motdelamarque", "/recherche?q=unmotdemarque"]
    found += [path for path in pages if shows(await house.client.get(path, headers={"accept": "text/html"}))]
    return found


async def test_hiding_the_mark_removes_it_everywhere(house: House, tmp_path: Path) -> None:
    people = await people_of(house)
    carer, member = people["carer"], people["member"]
    one = await room(house, people, "la_grande", FOR_ALL)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET shows_family = false WHERE id = %s", [carer.id])
        tx.touches_everything()
    await house.post(f"/api/v1/accounts/{carer.id}/follow", member)
    shown = {"shows_family": True}
    post = await house.say(carer, "@member unmotdemarque #motdelamarque", salledepause=shown)
    inside = await house.say(carer, "@la_grande @member encore", salledepause=shown)
    for gesture in ("favourite", "bookmark"):
        await house.post(f"{STATUSES}/{post['id']}/{gesture}", member)
    seen = await places(house, post, carer, member)
    assert len(seen) >= 15, seen
    assert shows(await house.call("GET", f"{ROOMS}/{one.id}/posts", member))
    hidden = {"salledepause": {"shows_family": False}}
    async with events(house, "user", member) as stream:
        for said in (post, inside):
            await house.call("PUT", f"{STATUSES}/{said['id']}", carer, json=hidden)
        heard = (await stream.next()).payload
    assert json.loads(heard)["salledepause"]["verified"] is False
    assert await places(house, post, carer, member) == []
    for path in (f"{ROOMS}/{one.id}/posts", f"{STATUSES}/{inside['id']}"):
        assert not shows(await house.call("GET", path, member))
    for path in ("/pieces/la_grande", f"/@carer/{inside['id']}"):
        assert not shows(await house.client.get(path, headers={"accept": "text/html"}))
    for who in (carer, member):
        written = await exported(house, who, tmp_path, who.handle)
        assert "verified" not in written
        assert who is member or '"shows_family":true' not in written
    again = {"salledepause": {"shows_family": True}}
    await house.call("PUT", f"{STATUSES}/{post['id']}", carer, json=again)
    assert len(await places(house, post, carer, member)) >= 15
    await house.call("DELETE", f"{OURS}/verification", carer)
    proven = [path for path in await places(house, post, carer, member) if path.startswith("/api")]
    assert proven == [], "one who is verified no more shows it nowhere"
