"""Filters: one's own only, bounded, written in both versions of the API; what they catch is decided by a pure rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import Caught, Filter, Keyword, matches
from tests.support.house import House, Person

V1, V2 = "/api/v1/filters", "/api/v2/filters"


async def make(house: House, who: Person, **more: Any) -> Any:
    return await house.post(V2, who, **({"title": "Repos", "context": ["home"]} | more))


async def test_a_filter_is_made_changed_and_erased(house: House) -> None:
    ana = await house.person("ana")
    words = [{"keyword": "EPRD", "whole_word": True}, {"keyword": "budget"}]
    made = await make(house, ana, context=["home", "public"], filter_action="hide", keywords_attributes=words, expires_in=3600)
    assert (made["title"], made["context"], made["filter_action"]) == ("Repos", ["home", "public"], "hide")
    assert [(one["keyword"], one["whole_word"]) for one in made["keywords"]] == [("EPRD", True), ("budget", False)]
    assert made["expires_at"].endswith("Z")
    assert await house.get(f"{V2}/{made['id']}", ana) == made
    first, second = (one["id"] for one in made["keywords"])
    changes = [{"id": first, "keyword": "EPRDs"}, {"id": second, "_destroy": True}, {"keyword": "paye"}]
    asked = {"title": "Vraiment", "filter_action": "blur", "expires_in": "", "keywords_attributes": changes}
    changed = (await house.call("PUT", f"{V2}/{made['id']}", ana, json=asked)).json()
    assert (changed["title"], changed["filter_action"], changed["expires_at"]) == ("Vraiment", "blur", None)
    assert changed["context"] == ["home", "public"]
    assert [one["keyword"] for one in changed["keywords"]] == ["EPRDs", "paye"]
    assert await house.get(V2, ana) == [changed]
    assert (await house.call("DELETE", f"{V2}/{made['id']}", ana)).json() == {}
    assert await house.get(V2, ana) == []


async def test_keywords_one_by_one(house: House) -> None:
    ana = await house.person("ana")
    made = await make(house, ana)
    one = await house.post(f"{V2}/{made['id']}/keywords", ana, keyword="garde", whole_word=True)
    assert await house.get(f"{V2}/keywords/{one['id']}", ana) == one
    changed = (await house.call("PUT", f"{V2}/keywords/{one['id']}", ana, json={"keyword": "gardes"})).json()
    assert changed == one | {"keyword": "gardes"}
    assert await house.get(f"{V2}/{made['id']}/keywords", ana) == [changed]
    assert (await house.call("DELETE", f"{V2}/keywords/{one['id']}", ana)).json() == {}
    assert await house.get(f"{V2}/{made['id']}/keywords", ana) == []


async def test_posts_one_by_one(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    made = await make(house, ana)
    post = await house.say(bob, "Encore la paye")
    one = await house.post(f"{V2}/{made['id']}/statuses", ana, status_id=post["id"])
    assert one["status_id"] == post["id"]
    assert await house.post(f"{V2}/{made['id']}/statuses", ana, status_id=post["id"]) == one, "twice equals once"
    assert await house.get(f"{V2}/{made['id']}/statuses", ana) == [one]
    assert await house.get(f"{V2}/statuses/{one['id']}", ana) == one
    secret = await house.say(bob, "Privé", visibility="private")
    answer = await house.call("POST", f"{V2}/{made['id']}/statuses", ana, json={"status_id": secret["id"]})
    assert answer.status_code == 404
    assert (await house.call("DELETE", f"{V2}/statuses/{one['id']}", ana)).json() == one
    assert await house.get(f"{V2}/{made['id']}/statuses", ana) == []


async def test_filters_are_ones_own(house: House) -> None:
    ana, eve = await house.person("ana"), await house.person("eve")
    made = await make(house, ana, keywords_attributes=[{"keyword": "garde"}])
    post = await house.say(ana, "Moi")
    caught = await house.post(f"{V2}/{made['id']}/statuses", ana, status_id=post["id"])
    word = made["keywords"][0]["id"]
    whole = [f"{V2}/{made['id']}", f"{V2}/keywords/{word}", f"{V1}/{word}"]
    for path in (*whole, f"{V2}/{made['id']}/keywords", f"{V2}/{made['id']}/statuses", f"{V2}/statuses/{caught['id']}"):
        assert (await house.call("GET", path, eve)).status_code == 404, path
    for method, path in [(verb, path) for path in whole for verb in ("PUT", "DELETE")]:
        assert (await house.call(method, path, eve, json={})).status_code == 404, (method, path)
    other = await make(house, eve)
    stolen = {"keywords_attributes": [{"id": word, "_destroy": True}]}
    assert (await house.call("PUT", f"{V2}/{other['id']}", eve, json=stolen)).status_code == 404
    assert len((await house.get(f"{V2}/{made['id']}", ana))["keywords"]) == 1
    assert (await house.call("GET", V2)).status_code == 401


BAD: list[dict[str, Any]] = [
    {"title": ""},
    {"title": "x" * 256},
    {"context": []},
    {"context": ["kitchen"]},
    {"filter_action": "burn"},
    {"expires_in": "soon"},
    {"keywords_attributes": [{"keyword": " "}]},
    {"keywords_attributes": [{"keyword": "x" * 256}]},
    {"keywords_attributes": [{"keyword": f"mot{number}"} for number in range(101)]},
]


@pytest.mark.parametrize("wrong", BAD)
async def test_what_is_not_allowed_leaves_nothing(house: House, wrong: dict[str, Any]) -> None:
    ana = await house.person("ana")
    answer = await house.call("POST", V2, ana, json={"title": "Repos", "context": ["home"]} | wrong)
    assert answer.status_code == 422
    assert await house.get(V2, ana) == []


async def test_the_first_version_is_one_keyword_a_filter(house: House) -> None:
    ana = await house.person("ana")
    made = await house.post(V1, ana, phrase="anime", context=["home"], irreversible=True, whole_word=True)
    assert (made["phrase"], made["irreversible"], made["whole_word"], made["expires_at"]) == ("anime", True, True, None)
    assert await house.get(V1, ana) == [made]
    (newer,) = await house.get(V2, ana)
    assert (newer["title"], newer["filter_action"], newer["keywords"][0]["id"]) == ("anime", "hide", made["id"])
    asked = {"phrase": "japanimation", "context": ["public"], "irreversible": False, "expires_in": 60}
    changed = (await house.call("PUT", f"{V1}/{made['id']}", ana, json=asked)).json()
    assert (changed["phrase"], changed["context"], changed["irreversible"]) == ("japanimation", ["public"], False)
    assert changed["expires_at"]
    await house.post(f"{V2}/{newer['id']}/keywords", ana, keyword="manga")
    assert (await house.call("PUT", f"{V1}/{made['id']}", ana, json={"irreversible": True})).status_code == 422
    for one in await house.get(V1, ana):
        assert (await house.call("DELETE", f"{V1}/{one['id']}", ana)).json() == {}
    assert await house.get(V2, ana) == []


async def test_only_filters_that_have_not_expired_apply(house: House) -> None:
    ana = await house.person("ana")
    kept = await make(house, ana)
    public = await make(house, ana, context=["public"])
    ended = await make(house, ana, expires_in=60)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE filters SET expires_at = now() - interval '1 second' WHERE id = %s", [int(ended["id"])])
    async with house.site.db.reading() as tx:
        assert [str(one.id) for one in await filters.active(tx, ana.id)] == [kept["id"], public["id"]]
    assert len(await house.get(V2, ana)) == 3


def one(*words: tuple[str, bool], posts: tuple[int, ...] = ()) -> Filter:
    keywords = tuple(Keyword(number, 1, text, whole) for number, (text, whole) in enumerate(words))
    return Filter(1, "Repos", ("home",), "warn", None, keywords, tuple(Caught(number, 1, number) for number in posts))


MATCHES = [
    ("garde", True, "La garde est finie", True),
    ("garde", True, "Les gardes sont finies", False),
    ("garde", False, "Les gardes sont finies", True),
    ("GARDE", True, "une garde.", True),
    ("été", True, "l'été dernier", True),
    ("été", True, "étés", False),
    ("c++", True, "du c++ ?", True),
    (".*", True, "rien", False),
    ("#paye", True, "la #paye", True),
    ("paye", True, "la #paye", True),
]


@pytest.mark.parametrize(("word", "whole", "text", "caught"), MATCHES)
def test_words_are_caught(word: str, whole: bool, text: str, caught: bool) -> None:
    found = matches([one((word, whole))], text, 5)
    assert [each.keywords for each in found] == ([(word,)] if caught else [])


def test_posts_are_caught_whatever_they_say() -> None:
    (found,) = matches([one(("x", True), posts=(5, 6))], "rien", 5)
    assert (found.keywords, found.post_ids) == ((), (5,))
    assert matches([one(posts=(6,))], "rien", 5) == []


@given(st.text(min_size=1, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_part_of_a_text_is_always_found(word: str, before: str, after: str) -> None:
    assert matches([one((word, False))], before + word + after, 1)
