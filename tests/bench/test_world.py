"""The community that is measured must be what the figures say: 150 follows, 50 answers, 0, 50 and 5 000 followers."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from bench.french import sentence, text
from bench.measures import NAMES, entries, reads
from bench.seed import Seeded, post_id
from bench.world import AUDIENCES, END, FOLLOWS, LIKES, READER, THREAD, World, accounts, homes, posts, world


@pytest.fixture(scope="module")
def made() -> World:
    return world()


def test_it_is_always_the_same() -> None:
    assert posts(500, accounts(20)) == posts(500, accounts(20))
    assert sentence(12) == sentence(12)


def test_texts_vary() -> None:
    assert len({text(number) for number in range(10_000)}) > 9_900


def test_handles_and_post_identifiers_are_unique_and_in_order(made: World) -> None:
    assert len({one.handle for one in made.accounts}) == len(made.accounts)
    identifiers = [post_id(made, number) for number in range(len(made.posts))]
    assert all(before < after for before, after in pairwise(identifiers))
    assert made.posts[-1].at < END


def test_readers_follow_others_once(made: World) -> None:
    assert len(set(made.follows)) == len(made.follows)
    assert all(who != whom for who, whom in made.follows)
    assert Counter(who for who, _ in made.follows)[READER] == FOLLOWS


def test_each_writer_has_its_audience(made: World) -> None:
    counts = Counter(whom for _, whom in made.follows)
    assert [counts[made.writers[followers]] for followers in AUDIENCES] == list(AUDIENCES)


def test_one_thread_holds_fifty_answers(made: World) -> None:
    below = {made.root}
    for number, post in enumerate(made.posts):
        if post.parent is not None:
            assert post.parent in below
            below.add(number)
    assert len(below) == THREAD + 1


def test_the_reader_is_told_of_favourites_of_own_posts_by_others(made: World) -> None:
    assert len(set(made.likes)) == LIKES
    assert all(made.posts[post].author == READER != who for who, post in made.likes)


def test_a_home_holds_the_newest_posts_of_the_followed() -> None:
    people = accounts(6)
    written = posts(200, people)
    pairs = [(0, 1), (0, 2)]
    home = [post for reader, post in homes(written, pairs, 10) if reader == 0]
    expected = [n for n, post in enumerate(written) if post.author in {0, 1, 2} and post.parent is None]
    assert home == expected[::-1][:10]


def test_every_read_has_a_path_of_its_own_and_a_known_name() -> None:
    measures = reads(Seeded("key", "cookie", "1", "2", "blouse_0", ()), "127.0.0.1:1")
    assert tuple(one.name for one in measures) == NAMES
    assert len({one.path for one in measures}) == len(measures)
    assert b"\r\nAuthorization: Bearer key\r\n" in measures[0].requests(1)[0]
    home = next(one for one in measures if one.name == "pages, home")
    assert b"\r\nCookie: session=cookie\r\n" in home.requests(1)[0]


@pytest.mark.parametrize(
    ("body", "count"),
    [(b"[1,2]", 2), (b'{"ancestors":[1],"descendants":[2,3]}', 3), (b'{"id":"1"}', 1), (b"<!doctype html>\n<article >", 1)],
)
def test_entries_are_counted(body: bytes, count: int) -> None:
    assert entries(body) == count
