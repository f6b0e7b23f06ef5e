"""What goes too far waits for a host: its author's alone at every door, told with reasons, published with its date or refused."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, NamedTuple

from salledepause.features import accounts, moderation
from salledepause.features.language import ground_of
from tests.mastodon.pictures import png, sent
from tests.support.house import House, Person
from tests.support.streams import events

HELD, ADMIN = "/api/salledepause/v1/held", "/api/salledepause/v1/admin"
PREVIEW = b64encode(png()).decode()
THREAT = "@ben Je vais te retrouver et je vais te tuer, toi et ta zorglubine. #zorglub"


async def keys(house: House, person: Person) -> Person:
    async with house.site.db.transaction() as tx:
        token = await accounts.give_token(tx, person.id, ["read", "write", "admin:read", "admin:write"])
    return Person(person.id, person.handle, token)


async def people(house: House) -> tuple[Person, Person, Person]:
    """Return an author, a follower with alerts who is named, and a host."""
    ada, ben = await house.person("ada"), await house.person("ben")
    host = await keys(house, await house.person("veilleuse", role="admin"))
    await house.post(f"/api/v1/accounts/{ada.id}/follow", ben, notify=True)
    return ada, ben, host


async def met(house: House, who: Person | None, ada: Person, post_id: str) -> str:
    """Return all that somebody may find of a post, at every door."""
    paths = [
        *("timelines/public", "timelines/public?local=true", "timelines/tag/zorglub", f"accounts/{ada.id}/statuses"),
        *((("timelines/home", "notifications", "conversations", "search?q=zorglubine")) if who else ()),
    ]
    found = [await house.call("GET", f"/api/{'v2' if path.startswith('search') else 'v1'}/{path}", who) for path in paths]
    alone = [await house.call("GET", f"/api/v1/statuses/{post_id}{more}", who) for more in ("", "/context", "/history")]
    pages = [await house.client.get(path) for path in ("/local", "/@ada", f"/@ada/{post_id}", "/@ada.rss")] if who is None else []
    return json.dumps([one.text for one in (*found, *alone, *pages) if one.status_code == 200])


async def test_a_threat_is_its_authors_alone_until_a_host_publishes_it_with_its_date(house: House) -> None:
    ada, ben, host = await people(house)
    first = await house.say(ada, "Bonsoir.")
    async with events(house, "public", ben) as room:
        said = await house.say(ada, THREAT)
        assert said["salledepause"]["held"] is True
        assert (said["visibility"], said["mentions"], said["tags"]) == ("direct", [], [])
        later = await house.say(ada, "Bonne nuit.")
        assert json.loads((await room.next()).payload)["id"] == later["id"]
        for who in (ben, host, None):
            assert "zorglubine" not in await met(house, who, ada, said["id"])
        assert (await house.get(f"/api/v1/accounts/{ada.id}", ben))["statuses_count"] == 2
        assert (await house.get(f"/api/v1/statuses/{said['id']}", ada))["salledepause"]["held"] is True
        assert await house.get("/api/v1/conversations", ada) == []
        refused = await house.call("PUT", f"/api/v1/statuses/{said['id']}", ada, json={"status": "@ben doux"})
        assert refused.status_code == 403
        told = (await house.get("/api/v1/notifications", ada))[0]
        assert told["type"] == "moderation_warning"
        assert "une menace" in told["moderation_warning"]["text"]
        (case,) = await house.get(f"{ADMIN}/held", host)
        assert case["texts"] == [THREAT]
        assert (case["visibility"], case["statement"]["ground"]) == ("public", "threat")
        assert await house.post(f"{ADMIN}/held/{said['id']}/publish", host) == []
        shown = json.loads((await room.next()).payload)
        assert (shown["id"], shown["created_at"]) == (said["id"], said["created_at"])
    assert [one["id"] for one in await house.get("/api/v1/timelines/home", ben)] == [later["id"], said["id"], first["id"]]
    seen = await house.get(f"/api/v1/statuses/{said['id']}", ben)
    assert (seen["visibility"], [one["username"] for one in seen["mentions"]], len(seen["tags"])) == ("public", ["ben"], 1)
    assert "held" not in seen["salledepause"]
    assert "zorglubine" in await met(house, None, ada, said["id"])
    assert (await house.get(f"/api/v1/accounts/{ada.id}", ben))["statuses_count"] == 3
    again = await house.call("POST", f"{ADMIN}/held/{said['id']}/refuse", host, json={"reason": "Non."})
    assert again.status_code == 409


async def test_what_is_refused_may_be_contested_once_and_is_then_erased(house: House) -> None:
    ada, ben, host = await people(house)
    said = await house.say(ada, THREAT)
    path, decide = f"{HELD}/{said['id']}", f"{ADMIN}/held/{said['id']}"
    for who in (ben, host):
        assert (await house.call("GET", path, who)).status_code == 404
    assert (await house.call("POST", f"{decide}/publish", ada, json={})).status_code == 403
    assert (await house.call("POST", f"{decide}/refuse", host, json={})).status_code == 422
    await house.post(f"{decide}/refuse", host, reason="Une menace reste une menace.")
    mine = await house.get(path, ada)
    assert (mine["verdict"], mine["may_contest"]) == ("refused", True)
    assert (await house.get(f"/api/v1/statuses/{said['id']}", ada))["id"] == said["id"]
    assert (await house.call("POST", f"{path}/contest", ada, json={"words": " "})).status_code == 422
    await house.post(f"{path}/contest", ada, words="C'était pour rire.")
    (case,) = await house.get(f"{ADMIN}/held", host)
    assert case["statement"]["contest"] == "C'était pour rire."
    await house.post(f"{decide}/refuse", host, reason="Non.")
    assert (await house.call("GET", f"/api/v1/statuses/{said['id']}", ada)).status_code == 404
    assert (await house.call("POST", f"{path}/contest", ada, json={"words": "Si."})).status_code == 409
    assert (await house.get(HELD, ada))[0]["reason"] == "Non."
    assert (await house.get(f"/api/v1/accounts/{ada.id}", ben))["statuses_count"] == 0
    other = await house.say(ada, THREAT)
    await house.call("DELETE", f"/api/v1/statuses/{other['id']}", ada)
    assert await house.get(f"{ADMIN}/held", host) == []
    assert (await house.get(f"/api/v1/accounts/{ada.id}", ben))["statuses_count"] == 0
    await moderation.holds.sweep(house.site)


async def test_swearing_what_is_quoted_and_what_is_between_people_never_wait_and_the_house_may_turn_it_off(house: House) -> None:
    ada, ben, host = await people(house)
    for text, more in (
        ("Putain de garde de merde, fait chier !", {}),
        ("Il m'a dit « je vais te tuer » et personne n'a bougé.", {}),
        (THREAT, {"visibility": "direct"}),
        (THREAT, {"visibility": "private"}),
    ):
        said: dict[str, Any] = await house.say(ada, text, **more)
        assert "held" not in said["salledepause"]
    answered = await house.say(ben, "Le calme.", quote_approval_policy="public")
    for text, ground in (
        ("Mme Odile Vasseur, IPP 8004512, est rentrée cette nuit en psychiatrie.", "secret"),
        ("Retourne dans ton pays, sale arabe.", "discrimination"),
        ("Montre tes seins.", "sexual"),
    ):
        assert ground_of(text) == ground
        said = await house.say(ada, text, in_reply_to_id=answered["id"], quoted_status_id=answered["id"])
        assert said["salledepause"]["held"] is True
        assert (await house.get(f"/api/v1/statuses/{answered['id']}", ben))["replies_count"] == 0
    await house.post(f"{ADMIN}/held/{said['id']}/publish", host)
    shown = await house.get(f"/api/v1/statuses/{answered['id']}", ben)
    assert (shown["replies_count"], shown["quotes_count"]) == (1, 1)
    assert (await house.call("PUT", f"{ADMIN}/limits", ben, json={"holds": False, "asks": True})).status_code == 403
    off = await house.call("PUT", f"{ADMIN}/limits", host, json={"holds": False, "asks": True})
    assert off.json() == {"holds": False, "asks": True}
    assert "held" not in (await house.say(ada, THREAT))["salledepause"]


async def test_an_edit_that_goes_too_far_waits_and_what_was_said_stays(house: House) -> None:
    """Found by nobody until a host publishes it as any edit; the next takes its place."""
    ada, ben, host = await people(house)
    said = await house.say(ada, "Bonne garde à toutes.", language="fr")
    path, held = f"/api/v1/statuses/{said['id']}", f"{HELD}/{said['id']}"
    answer = await house.call("PUT", path, ada, json={"status": THREAT, "language": "fr", "spoiler_text": "Fatigue"})
    assert (answer.json()["content"], answer.json()["edited_at"]) == (said["content"], None)
    assert answer.json()["salledepause"]["edit_held"] is True
    for who in (ben, host, None, ada):
        assert "zorglubine" not in await met(house, who, ada, said["id"])
    assert "garde" in (await house.get(f"{path}/source", ada))["text"]
    told = (await house.get("/api/v1/notifications", ada))[0]["moderation_warning"]["text"]
    assert ("une menace" in told, "le texte d'avant reste" in told, f"/retenus/{said['id']}" in told) == (True, True, True)
    mine = await house.get(held, ada)
    assert (mine["edit"], mine["ground"], mine["verdict"]) == (True, "threat", None)
    for who in (ben, host):
        assert (await house.call("GET", held, who)).status_code == 404
    (case,) = await house.get(f"{ADMIN}/held", host)
    assert (case["texts"], case["former"], case["visibility"]) == ([f"Fatigue\n{THREAT}"], "Bonne garde à toutes.", "public")
    assert (await house.call("PUT", path, ada, json={"status": THREAT, "media_ids": ["1"]})).status_code == 422
    again = await house.call("PUT", path, ada, json={"status": THREAT + " Encore."})
    assert again.json()["salledepause"]["edit_held"] is True
    (case,) = await house.get(f"{ADMIN}/held", host)
    assert case["texts"] == [THREAT + " Encore."]
    calm = await house.call("PUT", path, ada, json={"status": "Bonne garde à tous.", "spoiler_text": ""})
    assert "edit_held" not in calm.json()["salledepause"]
    assert await house.get(f"{ADMIN}/held", host) == []
    await house.call("PUT", path, ada, json={"status": THREAT})
    unread = await house.call("POST", f"{ADMIN}/held/{said['id']}/publish", host, json={"held_at": case["statement"]["held_at"]})
    assert unread.status_code == 409, "nobody publishes what they have not read"
    assert await house.post(f"{ADMIN}/held/{said['id']}/publish", host, held_at=(await house.get(held, ada))["held_at"]) == []
    assert "zorglubine" in await met(house, None, ada, said["id"])
    shown = await house.get(path, ben)
    assert ([one["username"] for one in shown["mentions"]], shown["created_at"]) == (["ben"], said["created_at"])
    assert [one["content"] for one in (await house.get(f"{path}/history", ben))][-1] == shown["content"]


async def test_the_words_of_an_edit_that_is_refused_for_good_are_gone(house: House) -> None:
    ada, _, host = await people(house)
    said = await house.say(ada, "Bonne garde à toutes.", language="fr")
    path, held = f"/api/v1/statuses/{said['id']}", f"{HELD}/{said['id']}"
    for contested in (False, True):
        await (
            house.post(f"{held}/contest", ada, words="Pour rire.")
            if contested
            else house.call("PUT", path, ada, json={"status": THREAT + " Grr."})
        )
        now = (await house.get(held, ada))["held_at"]
        await house.post(f"{ADMIN}/held/{said['id']}/refuse", host, reason="Non.", held_at=now)
        assert (await house.get(held, ada))["may_contest"] is not contested
    async with house.site.db.reading() as tx:
        assert await tx.value("SELECT edit::text FROM held_posts WHERE post_id = %s", [int(said["id"])]) == "{}"
    assert "Grr" not in await met(house, ada, ada, said["id"])
    await house.call("PUT", path, ada, json={"status": THREAT + " Brr."})
    await house.call("DELETE", path, ada)
    assert await house.get(f"{ADMIN}/held", host) == []
    assert (await house.call("GET", held, ada)).status_code == 404
    await moderation.holds.sweep(house.site)


async def loose(house: House, who: Person, media_id: str) -> bool:
    """Tell whether a picture may be attached to a new post of its author; if so, it is."""
    said = await house.call("POST", "/api/v1/statuses", who, json={"status": "Une aube.", "media_ids": [media_id]})
    return said.status_code == 200


class Scene(NamedTuple):
    """A message of Ada's that she edits again and again, and the host who decides."""

    house: House
    ada: Person
    host: Person
    post_id: str

    @property
    def path(self) -> str:
        return f"/api/v1/statuses/{self.post_id}"

    async def edited(self, *media: str, text: str = THREAT, **more: Any) -> Any:
        """Ask for an edit with these pictures; return what the app is shown."""
        answer = await self.house.call("PUT", self.path, self.ada, json={"status": text, "media_ids": media, **more})
        return answer.json()

    async def decided(self, what: str, **more: str) -> None:
        """Have the host decide about the edit as it stands."""
        now = (await self.house.get(f"{HELD}/{self.post_id}", self.ada))["held_at"]
        await self.house.post(f"{ADMIN}/held/{self.post_id}/{what}", self.host, held_at=now, **more)

    async def shown(self, who: Person | None = None) -> list[str]:
        """Return the pictures that somebody sees at the message."""
        return [one["id"] for one in (await self.house.get(self.path, who))["media_attachments"]]


async def scene(house: House) -> Scene:
    ada, _, host = await people(house)
    said = await house.say(ada, "Bonne garde à toutes.", language="fr")
    return Scene(house, ada, host, said["id"])


async def test_new_pictures_wait_with_the_edit_that_brings_them(house: House) -> None:
    here = await scene(house)
    ada, host = here.ada, here.host
    one, two = [(await sent(house, ada, description="Une aube"))["id"] for _ in range(2)]
    assert (await here.edited(one, media_attributes=[{"id": one, "description": "L'aube"}]))["media_attachments"] == []
    for who in (ada, host, None):
        assert await here.shown(who) == []
        assert one not in await met(house, who, ada, here.post_id)
    (case,) = await house.get(f"{ADMIN}/held", host)
    assert [(each["id"], each["description"]) for each in case["media"]] == [(one, "L'aube")]
    assert (await house.call("PUT", f"/api/v1/media/{one}", ada, json={"description": "Autre chose"})).status_code == 404
    blur = {"zones": [{"x": 0, "y": 0, "width": 1, "height": 1}]}
    assert (await house.call("POST", f"/api/salledepause/v1/media/{one}/blur", ada, json=blur)).status_code == 422
    assert await loose(house, ada, one) is False
    await here.edited(two)
    seen = {"held_at": case["statement"]["held_at"]}
    stale = await house.call("POST", f"{ADMIN}/held/{here.post_id}/publish", host, json=seen)
    assert stale.status_code == 409, "nobody publishes what they have not seen"
    assert (await loose(house, ada, one), await loose(house, ada, two)) == (True, False)
    await here.decided("publish")
    assert await here.shown() == [two]
    still = {"status": THREAT + " Non.", "media_attributes": [{"id": two, "thumbnail": f"data:image/png;base64,{PREVIEW}"}]}
    assert (await house.call("PUT", here.path, ada, json=still)).status_code == 422, "a preview cannot wait"


async def test_new_pictures_are_free_where_the_edit_that_brought_them_goes(house: House) -> None:
    here = await scene(house)
    ada = here.ada
    two, three, four = [(await sent(house, ada, description="Une aube"))["id"] for _ in range(3)]
    await here.edited(two)
    await here.decided("publish")
    await here.edited(two, three, text=THREAT + " Grr.")
    assert await here.shown() == [two]
    await here.decided("refuse", reason="Non.")
    assert await loose(house, ada, three) is False, "it may still be contested"
    await house.post(f"{HELD}/{here.post_id}/contest", ada, words="Pour rire.")
    await here.decided("refuse", reason="Non.")
    assert await loose(house, ada, three) is True
    await here.edited(two, four, text=THREAT + " Brr.")
    await here.decided("refuse", reason="Non.")
    async with house.site.db.transaction() as tx:
        past = "UPDATE held_posts SET decided_at = now() - interval '15 days' WHERE post_id = %s"
        await tx.run(past, [int(here.post_id)])
    await moderation.holds.sweep(house.site)
    assert await loose(house, ada, four) is True
    assert await here.shown() == [two]
