"""Search shows what one may see and nothing more: the public of who agrees, one's library through the gate, never the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.support.house import House, Person

SEARCH = "/api/v2/search"
WORD = "ornithorynque"


async def found(house: House, who: Person, q: str = WORD) -> list[str]:
    """Return the ids of the posts that a query finds."""
    return [one["id"] for one in (await house.get(SEARCH, who, q=q, type="statuses"))["statuses"]]


async def test_the_library_holds_what_one_wrote_touched_or_was_told(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob", indexable=False)
    await house.post(f"/api/v1/accounts/{bob.id}/follow", ana)
    texts = {name: f"{WORD} {name}" for name in ("favourite", "bookmark", "reblog")}
    touched = [await house.say(bob, text) for text in texts.values()]
    private = await house.say(bob, f"{WORD} entre nous", visibility="private")
    poll = await house.say(bob, WORD, poll={"options": ["un", "deux"], "expires_in": 3600})
    assert await found(house, ana) == []
    for post, gesture in zip(touched, texts, strict=True):
        await house.post(f"/api/v1/statuses/{post['id']}/{gesture}", ana)
    await house.post(f"/api/v1/statuses/{private['id']}/favourite", ana)
    await house.post(f"/api/v1/polls/{poll['poll']['id']}/votes", ana, choices=[0])
    told = await house.say(bob, f"@ana {WORD}", visibility="direct")
    mine = await house.say(ana, WORD, visibility="direct")
    library = [one["id"] for one in (mine, told, poll, private, *reversed(touched))]
    assert await found(house, ana) == await found(house, ana, f"{WORD} in:library") == library
    assert await found(house, ana, "dans:bibliothèque") == library
    assert await found(house, ana, f"{WORD} in:public") == []
    assert await found(house, bob, f"{WORD} from:ana") == []


async def test_the_library_loses_what_one_may_see_no_more(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    await house.post(f"/api/v1/accounts/{bob.id}/follow", ana)
    private = await house.say(bob, WORD, visibility="private")
    await house.post(f"/api/v1/statuses/{private['id']}/bookmark", ana)
    assert await found(house, ana) == [private["id"]]
    await house.post(f"/api/v1/accounts/{ana.id}/remove_from_followers", bob)
    assert await found(house, ana) == await found(house, ana, "from:bob") == await found(house, ana, "in:library") == []


async def erased(house: House, ana: Person, bob: Person, post: str) -> None:
    del ana
    assert (await house.call("DELETE", f"/api/v1/statuses/{post}", bob)).status_code == 200


async def muted(house: House, ana: Person, bob: Person, post: str) -> None:
    del post
    await house.post(f"/api/v1/accounts/{bob.id}/mute", ana)


async def blocked(house: House, ana: Person, bob: Person, post: str) -> None:
    del post
    await house.post(f"/api/v1/accounts/{bob.id}/block", ana)


async def blocks(house: House, ana: Person, bob: Person, post: str) -> None:
    del post
    await house.post(f"/api/v1/accounts/{ana.id}/block", bob)


async def suspended(house: House, ana: Person, bob: Person, post: str) -> None:
    del ana, post
    await _set(house, bob, "state = 'suspended'")


async def limited(house: House, ana: Person, bob: Person, post: str) -> None:
    del ana, post
    await _set(house, bob, "silenced = true")


async def _set(house: House, who: Person, change: str) -> None:
    async with house.site.db.transaction() as tx:
        await tx.run(f"UPDATE accounts SET {change} WHERE id = %s", [who.id])


Hiding = Callable[[House, Person, Person, str], Awaitable[None]]


@pytest.mark.parametrize("hide", [erased, muted, blocked, blocks, suspended, limited])
async def test_what_is_hidden_is_not_found_however_it_is_asked_for(house: House, hide: Hiding) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(bob, f"{WORD} #castor")
    asked = (WORD, "#castor", "from:bob", f'"{WORD}"', "-nuit from:bob", f"{WORD} in:public", "genre:opinion", "langue:fr")
    for q in asked:
        assert await found(house, ana, q) == [post["id"]], q
    await hide(house, ana, bob, post["id"])
    for q in asked:
        assert await found(house, ana, q) == [], q
