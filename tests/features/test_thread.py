"""Threads stay whole: pure walks over parents, then real threads with erased and hidden links."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salledepause.features import accounts
from salledepause.features.posts.thread import ancestors, descendants
from tests.support.house import House


@st.composite
def forests(draw: st.DrawFn) -> dict[int, int | None]:
    size = draw(st.integers(1, 60))
    return {one: draw(st.sampled_from([None, *range(1, one)])) if one > 1 else None for one in range(1, size + 1)}


@given(forests(), st.data())
def test_every_post_is_above_or_below_or_elsewhere(parents: dict[int, int | None], data: st.DataObject) -> None:
    post = data.draw(st.sampled_from(sorted(parents)))
    above, below = ancestors(parents, post), list(descendants(parents, post, 10_000))
    assert len(set(above)) == len(above)
    assert len(set(below)) == len(below)
    assert not set(above) & set(below)
    for one in below:
        assert post in ancestors(parents, one)
    for position, one in enumerate(below):
        parent = parents[one]
        assert parent == post or parent in below[:position]


@given(st.dictionaries(st.integers(1, 20), st.one_of(st.none(), st.integers(1, 20)), min_size=1))
def test_cycles_and_gaps_end_the_walk(parents: dict[int, int | None]) -> None:
    post = min(parents)
    assert len(ancestors(parents, post)) <= len(parents)


async def test_two_hundred_deep_is_one_answer(house: House) -> None:
    writer = await house.person("conteuse")
    parent, ids = None, []
    for number in range(200):
        said = await house.say(writer, f"maillon {number}", **({"in_reply_to_id": parent} if parent else {}))
        parent = said["id"]
        ids.append(parent)
    around = await house.get(f"/api/v1/statuses/{ids[0]}/context", writer)
    assert [one["id"] for one in around["descendants"]] == ids[1:]
    around = await house.get(f"/api/v1/statuses/{ids[-1]}/context", writer)
    assert [one["id"] for one in around["ancestors"]] == ids[:-1]
    around = await house.get(f"/api/v1/statuses/{ids[0]}/context")
    assert len(around["descendants"]) == 20


async def test_an_erased_link_leaves_the_thread_whole(house: House) -> None:
    one, other = await house.person("une"), await house.person("autre")
    root = await house.say(one, "racine")
    middle = await house.say(other, "au milieu", in_reply_to_id=root["id"])
    leaf = await house.say(one, "feuille", in_reply_to_id=middle["id"])
    assert (await house.call("DELETE", f"/api/v1/statuses/{middle['id']}", other)).status_code == 200
    around = await house.get(f"/api/v1/statuses/{root['id']}/context")
    assert [post["id"] for post in around["descendants"]] == [leaf["id"]]
    around = await house.get(f"/api/v1/statuses/{leaf['id']}/context")
    assert [post["id"] for post in around["ancestors"]] == [root["id"]]
    async with house.site.db.reading() as tx:
        assert await tx.rows("SELECT * FROM tombstones") == [(int(middle["id"]), int(root["id"]), int(root["id"]))]


async def test_a_hidden_link_hides_itself_alone(house: House) -> None:
    one, other = await house.person("une"), await house.person("autre")
    root = await house.say(one, "racine")
    hidden = await house.say(other, "entre nous", in_reply_to_id=root["id"], visibility="private")
    leaf = await house.say(other, "pour tous", in_reply_to_id=hidden["id"], visibility="public")
    around = await house.get(f"/api/v1/statuses/{root['id']}/context")
    assert [post["id"] for post in around["descendants"]] == [leaf["id"]]


async def test_a_departed_author_leaves_the_thread_whole(house: House) -> None:
    one, other = await house.person("une"), await house.person("autre")
    root = await house.say(one, "racine")
    middle = await house.say(other, "au milieu, avec un secret", in_reply_to_id=root["id"])
    leaf = await house.say(one, "feuille", in_reply_to_id=middle["id"])
    await house.post(f"/api/v1/statuses/{root['id']}/favourite", other)
    await house.post(f"/api/v1/accounts/{one.id}/follow", other)
    async with house.site.db.transaction() as tx:
        await accounts.erase(tx, other.id)
    around = await house.get(f"/api/v1/statuses/{root['id']}/context")
    assert [post["id"] for post in around["descendants"]] == [leaf["id"]]
    seen = await house.get(f"/api/v1/statuses/{root['id']}")
    assert (seen["favourites_count"], seen["replies_count"]) == (0, 0)
    assert (await house.get(f"/api/v1/accounts/{one.id}"))["followers_count"] == 0
    assert (await house.call("GET", f"/api/v1/accounts/{other.id}")).status_code == 404
    async with house.site.db.reading() as tx:
        for table in ("posts", "accounts", "credentials", "tokens", "follows", "gestures", "home", "notifications"):
            rows = await tx.values(f"SELECT t::text FROM {table} t")
            assert not [row for row in rows if "secret" in row or str(other.id) in row], table
