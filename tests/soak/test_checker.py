"""The checker can fail: a right log finds nothing wrong, and each wrong one is told for what it is."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from soak.checker import House, Reading, Status, Told, check
from soak.hearing import hear
from soak.journal import Change, Fact, Journal, Post, Span, possible
from soak.people import Life, Who

ANA, BOB = "1", "2"
FIRST, ANSWER, GONE = "100", "110", "120"


def at(moment: float) -> Span:
    return Span(moment, moment + 0.1)


def journal() -> Journal:
    """Ana followed Bob, who said two things, erased a third and named her; she favoured, boosted and answered the first."""
    made = Journal()
    made.note(Fact("follow", ANA, BOB), at(1), so=True)
    made.publish(Post(FIRST, BOB, "2-1 v0", "public", None, (ANA,), at(2)))
    made.publish(Post(ANSWER, ANA, "1-1 v0", "public", FIRST, (), at(3)))
    made.publish(Post(GONE, BOB, "2-2 v0", "public", None, (), at(4), erased=at(5)))
    made.note(Fact("favourite", ANA, FIRST), at(6), so=True)
    made.note(Fact("boost", ANA, FIRST), at(7), so=True)
    return made


def house() -> House:
    """Return what is to be read after that."""
    told = [Told("mention", BOB, FIRST)]
    ana = Reading([Status(ANSWER, "1-1 v0", 0, 0, 0)], [ANSWER, FIRST], True, told, {BOB}, set(), (2, 0, 1))
    told = [Told("follow", ANA, None), Told("favourite", ANA, FIRST), Told("reblog", ANA, FIRST)]
    bob = Reading([Status(FIRST, "2-1 v0", 1, 1, 1)], [FIRST], True, told, set(), set(), (1, 1, 0))
    return {ANA: ana, BOB: bob}


def test_nothing_is_wrong_where_all_is_right() -> None:
    assert check(journal(), house()) == []


def changed(who: str, **more: Any) -> Callable[[House], House]:
    return lambda found: found | {who: found[who]._replace(**more)}


TWICE = [Status(FIRST, "2-1 v0", 1, 1, 1)] * 2
TOLD = house()[BOB].told
WRONG = {
    "acknowledged post 100 (2-1 v0) is not there": changed(BOB, posts=[]),
    "2 reads 2 times 100": changed(BOB, posts=TWICE),
    "post 120 (2-2 v0) is there, erased": changed(BOB, posts=[*TWICE[:1], Status(GONE, "2-2 v0", 0, 0, 0)]),
    "post 130 (2-3 v0) is there, acknowledged to nobody": changed(BOB, posts=[*TWICE[:1], Status("130", "2-3 v0", 0, 0, 0)]),
    "post 100 says 2-1 v1 instead of 2-1 v0": changed(BOB, posts=[Status(FIRST, "2-1 v1", 1, 1, 1)]),
    "2 posts say 2-1 v0": changed(BOB, posts=[*TWICE[:1], Status("130", "2-1 v0", 0, 0, 0)]),
    "post 100 counts 2 favourites instead of 1 to 1": changed(BOB, posts=[Status(FIRST, "2-1 v0", 2, 1, 1)]),
    "post 100 counts 0 boosts instead of 1 to 1": changed(BOB, posts=[Status(FIRST, "2-1 v0", 1, 0, 1)]),
    "post 100 counts 3 answers instead of 1": changed(BOB, posts=[Status(FIRST, "2-1 v0", 1, 1, 3)]),
    "1 does not follow 2": changed(ANA, following=set()),
    "2 does follow 1": changed(BOB, following={ANA}),
    "2 does block 1": changed(BOB, blocking={ANA}),
    "1 counts 3 statuses instead of 2 to 2": changed(ANA, counts=(3, 0, 1)),
    "2 counts 2 followers, following 0 instead of 1, 0": changed(BOB, counts=(1, 2, 0)),
    "home of 1 lacks 100 of 2": changed(ANA, home=[ANSWER]),
    "home of 1 shows 100 2 times": changed(ANA, home=[ANSWER, FIRST, FIRST]),
    "home of 1 shows 120, erased": changed(ANA, home=[GONE, ANSWER, FIRST]),
    "home of 2 shows 110 of 1, whom it does not follow": changed(BOB, home=[ANSWER, FIRST]),
    f"2 is told 2 times of {TOLD[1]}": changed(BOB, told=[*TOLD, TOLD[1]]),
    "2 is told of 120, erased": changed(BOB, told=[*TOLD, Told("favourite", ANA, GONE)]),
    f"2 is not told of {TOLD[2]}": changed(BOB, told=TOLD[:2]),
    "1 is not told of Told(kind='mention', who='2', post='100')": changed(ANA, told=[]),
}


@pytest.mark.parametrize("problem", WRONG)
def test_what_is_wrong_is_told(problem: str) -> None:
    assert problem in check(journal(), WRONG[problem](house()))


def test_a_gesture_taken_back_may_not_be_told_of() -> None:
    log = journal()
    log.note(Fact("favourite", ANA, FIRST), at(8), so=False)
    found = check(log, house())
    assert "post 100 counts 1 favourites instead of 0 to 0" in found
    assert f"2 is told of {TOLD[1]}, which is not so" in found


def test_what_clients_met_is_told_too() -> None:
    log = journal()
    assert not log.gone(GONE, 5.5)
    assert log.gone(GONE, 6.5)
    assert not log.shunned(ANA, BOB, 9)
    log.note(Fact("block", BOB, ANA), at(8), so=True)
    assert not log.shunned(ANA, BOB, 8.5)
    assert log.shunned(ANA, BOB, 9.5)
    with log.asking(Fact("block", BOB, ANA)):
        assert not log.shunned(ANA, BOB, 9.5)
    assert log.shunned(ANA, BOB, 9.5)
    assert log.ends("follow", ANA, BOB) == {False}
    log.problems.append("met")
    assert "met" in check(log, house())


def test_two_changes_at_one_time_may_end_either_way() -> None:
    follow, block = Change(so=True, span=Span(1, 3)), Change(so=False, span=Span(2, 4))
    assert possible([follow, block]) == {True, False}
    assert possible([follow, block, Change(so=True, span=Span(5, 6))]) == {True}
    assert possible([]) == {False}


def test_a_post_of_unknown_end_may_be_there_or_not() -> None:
    log = journal()
    log.doubtful.add("2-3")
    assert check(log, house()) == []
    found = house()
    found[BOB] = found[BOB]._replace(posts=[*found[BOB].posts, Status("130", "2-3 v0", 0, 0, 0)], counts=(2, 1, 0))
    assert check(log, found) == []


def test_what_a_stream_says_twice_or_too_late_is_told() -> None:
    log, told = journal(), set[tuple[str, str]]()
    life = Life("http://127.0.0.1:1", Who(ANA, "ana", ""), [], log, Random(1))  # noqa: S311 - no secret
    first = f'{{"id":"{FIRST}","account":{{"id":"{BOB}"}}}}'
    for event, payload in (("update", first), ("delete", FIRST), ("delete", FIRST), ("update", first.replace(FIRST, GONE))):
        hear(life, log, told, (event, payload))
    assert log.problems == [f"update in a stream of {ANA} shows {GONE}, erased before"]
    hear(life, log, told, ("update", first))
    assert log.problems[1:] == [f"a stream of {ANA} tells update {FIRST} twice"]
