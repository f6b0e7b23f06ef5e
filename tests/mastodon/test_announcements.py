"""Announcements: who sees them and when, what they carry, what people may do with them, what streams hear."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from salledepause.features import accounts, announcements, emojis
from salledepause.features.announcements import Draft
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from tests.mastodon.admin import journal, keeper
from tests.mastodon.test_emojis import added, known
from tests.support.house import House
from tests.support.streams import events

PATH = "/api/v1/announcements"


async def announced(house: House, text: str = "Travaux ce soir", *, published: bool = True, **given: Any) -> str:
    async with house.site.db.transaction() as tx:
        return str(await announcements.announce(tx, None, Draft(text=text, **given), published=published))


async def test_everybody_reads_what_is_announced_now(house: House) -> None:
    one = await house.person("une")
    now = clock.now()
    first = await announced(house, "Bientôt", starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=3), all_day=True)
    second = await announced(house, "Déjà")
    draft = await announced(house, "Brouillon", published=False)
    await announced(house, "Fini", ends_at=now - timedelta(seconds=1))
    found = await house.get(PATH, one)
    assert [said["id"] for said in found] == [second, first], "in time order"
    assert (found[1]["all_day"], found[1]["content"]) == (True, "<p>Bientôt</p>")
    assert found[1]["starts_at"] == clock.iso(now + timedelta(days=2))
    assert (found[0]["starts_at"], found[0]["ends_at"], found[0]["read"]) == (None, None, False)
    async with house.site.db.transaction() as tx:
        await announcements.publish(tx, None, int(draft))
        await announcements.publish(tx, None, int(draft))
        with pytest.raises(Missing):
            await announcements.publish(tx, None, 404)
    assert draft in [said["id"] for said in await house.get(PATH, one)]
    assert (await house.call("GET", PATH)).status_code == 401


async def test_a_text_links_people_tags_posts_and_emojis(house: House, tmp_path: Path) -> None:
    await added(house, tmp_path, "cafe")
    one, two = await house.person("une"), await house.person("deux")
    await house.person("partie", state="suspended")
    post = await house.say(two, "ici")
    hidden = await house.say(two, "entre nous", visibility="direct")
    text = f"@deux @Deux@salle.test @partie @jamais :cafe: #Fête <b>x</b> {post['url']} {hidden['url']} https://salle.test/@a/x"
    await announced(house, text)
    (said,) = await house.get(PATH, one)
    assert said["mentions"] == [{"id": str(two.id), "username": "deux", "acct": "deux", "url": "https://salle.test/@deux"}]
    assert said["tags"] == [{"name": "fete", "url": "https://salle.test/tags/fete"}]
    assert said["statuses"] == [{"id": post["id"], "url": post["url"]}]
    assert [emoji["shortcode"] for emoji in said["emojis"]] == ["cafe"]
    assert "&lt;b&gt;x&lt;/b&gt;" in said["content"]
    assert said["content"].count('class="u-url mention"') == 2
    (own,) = await house.get(PATH, two)
    assert [linked["id"] for linked in own["statuses"]] == [post["id"], hidden["id"]], "each through the gate"


async def test_one_puts_away_for_oneself(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    said = await announced(house)
    for _ in range(2):
        assert await house.post(f"{PATH}/{said}/dismiss", one) == {}
    assert (await house.get(PATH, one))[0]["read"] is True
    assert (await house.get(PATH, two))[0]["read"] is False
    draft = await announced(house, published=False)
    for gone in ("404", draft, "x"):
        assert (await house.call("POST", f"{PATH}/{gone}/dismiss", one)).status_code == 404


def reactions(said: Any) -> list[tuple[str, int, bool]]:
    return [(one["name"], one["count"], one["me"]) for one in said["reactions"]]


async def test_people_react_with_emojis_counted_and_never_named(house: House, tmp_path: Path) -> None:
    picture = await added(house, tmp_path, "cafe")
    one, two = await house.person("une"), await house.person("deux", mode="reader")
    said = await announced(house)

    async def react(who: Any, name: str, method: str = "PUT") -> int:
        return (await house.call(method, f"{PATH}/{said}/reactions/{quote(name)}", who)).status_code

    assert [await react(one, "👍"), await react(one, "👍"), await react(two, "👍"), await react(two, "cafe")] == [200] * 4
    (found,) = await house.get(PATH, one)
    assert reactions(found) == [("👍", 2, True), ("cafe", 1, False)]
    assert "url" not in found["reactions"][0]
    assert found["reactions"][1]["static_url"] == f"https://salle.test/media/{picture.still}"
    assert await react(one, "cafe", "DELETE") == 404, "it was somebody else's"
    assert await react(one, "👍", "DELETE") == 200
    assert await react(one, "👍", "DELETE") == 404
    async with house.site.db.transaction() as tx:
        await emojis.remove(tx, "cafe")
    await known(house, "cafe", there=False)
    assert reactions((await house.get(PATH, one))[0]) == [("👍", 1, False)], "an emoji that is gone is not shown"


@pytest.mark.parametrize("name", ["a", "jamais", "👍👍", "<b>", "%00", "x" * 3000, " ", "..%2f", "{}"])
async def test_what_is_no_emoji_is_refused(house: House, name: str) -> None:
    one = await house.person("une")
    said = await announced(house)
    raw = name if name.startswith(("%", "..")) else quote(name)
    answer = await house.call("PUT", f"{PATH}/{said}/reactions/{raw}", one)
    assert answer.status_code in {404, 422}
    if answer.status_code == 422:
        assert answer.json() == {"error": "Validation failed: Name is not a recognized emoji"}
    assert (await house.get(PATH, one))[0]["reactions"] == []


async def test_eight_emojis_and_no_more(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    said = await announced(house)
    many = "🌑🌒🌓🌔🌕🌖🌗🌘🌙"
    calls = [house.call("PUT", f"{PATH}/{said}/reactions/{quote(name)}", one) for name in many]
    found = [answer.status_code for answer in await asyncio.gather(*calls)]
    assert sorted(found) == [200] * 8 + [422]
    taken = many[found.index(200)]
    assert (await house.call("PUT", f"{PATH}/{said}/reactions/{quote(taken)}", two)).status_code == 200


async def test_scopes_of_announcements(house: House) -> None:
    one = await house.person("une")
    said = await announced(house)
    async with house.site.db.transaction() as tx:
        token = await accounts.give_token(tx, one.id, ["read", "write:statuses"])
    assert (await house.call("GET", PATH, token)).status_code == 200
    assert (await house.call("POST", f"{PATH}/{said}/dismiss", token)).status_code == 403
    for method in ("PUT", "DELETE"):
        assert (await house.call(method, f"{PATH}/{said}/reactions/{quote('👍')}", token)).status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {"text": " \n"},
        {"text": "x" * 5001},
        {"text": "x", "starts_at": clock.now(), "ends_at": clock.now() - timedelta(hours=1)},
    ],
)
async def test_what_is_no_announcement_is_refused(house: House, given: dict[str, Any]) -> None:
    async with house.site.db.transaction() as tx:
        with pytest.raises(BadInput):
            await announcements.announce(tx, None, Draft(**given))
        assert await announcements.drafts_too(tx, None) == []


async def test_only_hosts_announce_and_it_is_written_down(house: House) -> None:
    host, one = await keeper(house, "hote"), await house.person("une")
    async with house.site.db.transaction() as tx:
        said = await announcements.announce(tx, host.id, Draft(text="Un"))
        await announcements.rewrite(tx, host.id, said, Draft(text="Deux"))
        for act in (
            announcements.announce(tx, one.id, Draft(text="x")),
            announcements.publish(tx, one.id, said),
            announcements.rewrite(tx, one.id, said, Draft(text="x")),
            announcements.withdraw(tx, one.id, said),
            announcements.drafts_too(tx, one.id),
        ):
            with pytest.raises(Forbidden):
                await act
    assert (await house.get(PATH, one))[0]["content"] == "<p>Deux</p>"
    async with house.site.db.transaction() as tx:
        await announcements.withdraw(tx, host.id, said)
        with pytest.raises(Missing):
            await announcements.withdraw(tx, host.id, said)
    assert await house.get(PATH, one) == []
    acts = [(who, what, whom) for who, what, whom, _ in await journal(house)]
    assert acts == [("hote", f"{verb}", str(said)) for verb in ("announce", "rewrite_announcement", "withdraw_announcement")]


async def test_open_streams_hear_of_it(house: House) -> None:
    one, two = await house.person("une"), await house.person("deux")
    async with events(house, "user", one) as stream, events(house, "public", two) as public:
        await announced(house, "Brouillon", published=False)
        said = await announced(house, "Réunion #fête")
        heard = await stream.next()
        assert (heard.event, heard.body["id"], heard.body["content"][:11]) == ("announcement", said, "<p>Réunion ")
        (found,) = await house.get(PATH, two)
        assert heard.body == {key: value for key, value in found.items() if key != "read"}
        for method, count in (("PUT", 1), ("DELETE", 0)):
            await house.call(method, f"{PATH}/{said}/reactions/{quote('👍')}", two)
            heard = await stream.next()
            assert heard.event == "announcement.reaction"
            assert heard.body == {"name": "👍", "count": count, "announcement_id": said}
        async with house.site.db.transaction() as tx:
            await announcements.withdraw(tx, None, int(said))
        heard = await stream.next()
        assert (heard.event, heard.payload) == ("announcement.delete", said)
        assert await public.quiet(), "only the streams of people hear of announcements"
