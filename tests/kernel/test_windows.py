"""What is remembered: never after it changed, never more than a bound, never longer than a minute; whichever process wrote."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.kernel import windows
from salledepause.kernel.marks import EVERYTHING, SLOTS, Marks, Subject, slot
from salledepause.kernel.windows import Stood, Windows


def remember(held: Windows, key: str, value: Any, slots: Iterable[int] = (), weight: int = 10) -> None:
    held.keep(key, value, weight, Stood(slots, held.marks.tick()))


def test_what_it_stands_on_changes_and_it_is_forgotten() -> None:
    marks = Marks()
    held = Windows(marks)
    post, other = slot(Subject.POST, 7), slot(Subject.POST, 8)
    remember(held, "page", "dit", [post])
    assert held.recall("page") == "dit"
    marks.touch([other], marks.stamp())
    assert held.recall("page") == "dit"
    marks.touch([post], marks.stamp())
    assert held.recall("page") is None


def test_everything_makes_everything_stale() -> None:
    marks = Marks()
    held = Windows(marks)
    remember(held, "page", "dit")
    marks.touch_all()
    assert held.recall("page") is None


def test_what_changed_while_it_was_read_is_not_kept() -> None:
    marks = Marks()
    held = Windows(marks)
    tick = marks.tick()
    marks.touch([slot(Subject.POST, 7)], marks.stamp())
    held.keep("page", "vieux", 10, Stood([slot(Subject.POST, 7)], tick))
    assert held.recall("page") is None


def test_what_the_bus_says_again_changes_nothing() -> None:
    marks = Marks()
    held = Windows(marks)
    post, stamp = slot(Subject.POST, 7), marks.stamp()
    marks.touch([post], stamp)
    remember(held, "page", "dit", [post])
    marks.heed([post], stamp)
    assert held.recall("page") == "dit"


def test_a_late_bus_brings_nothing_back() -> None:
    marks, far = Marks(), Marks()
    near, elsewhere = Windows(marks), Windows(far)
    post, first, second = slot(Subject.POST, 7), marks.stamp(), marks.stamp()
    marks.touch([post], first)
    far.heed([post], first)
    remember(near, "page", "vieux", [post])
    remember(elsewhere, "page", "vieux", [post])
    marks.touch([post], second)
    far.heed([post], second)
    for stamp in (first, second, first):
        marks.heed([post], stamp)
        assert not marks.unchanged(near._kept["page"].state)  # noqa: SLF001 - looking at it by `recall` would forget it
        far.heed([post], stamp)
        assert not far.unchanged(elsewhere._kept["page"].state)  # noqa: SLF001


def test_all_parts_of_a_large_change_are_heeded_elsewhere() -> None:
    marks, far = Marks(), Marks()
    held = Windows(far)
    stamp = marks.stamp()
    for one in (slot(Subject.POST, 7), slot(Subject.POST, 8)):
        remember(held, "page", "dit", [one])
        far.heed([one], stamp)
        assert held.recall("page") is None


def test_the_oldest_leaves_when_there_is_too_much() -> None:
    held = Windows(Marks(), most=3 * windows.ENTRY)
    for name in ("a", "b", "c"):
        remember(held, name, name, weight=100)
    assert [held.recall(name) for name in ("a", "b", "c")] == [None, "b", "c"]
    remember(held, "d", "d", weight=10_000)
    assert [held.recall(name) for name in ("b", "c", "d")] == [None, None, None]


def test_nothing_is_remembered_longer_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    held = Windows(Marks())
    remember(held, "page", "dit")
    now += windows.SECONDS - 1
    assert held.recall("page") == "dit"
    now += 2
    assert held.recall("page") is None


def test_a_forked_process_shares_the_table_and_never_stamps_alike() -> None:
    marks = Marks()
    held = Windows(marks)
    post = slot(Subject.POST, 7)
    remember(held, "page", "dit", [post])
    mine = marks.stamp()
    child = os.fork()
    if not child:
        marks.touch([post], marks.stamp())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert held.recall("page") is None
    assert marks.tick() not in {mine, mine + 1}


@given(st.sampled_from(Subject), st.integers(0, 2**63 - 1))
def test_a_subject_has_one_slot_that_is_nobodys_own(subject: Subject, identifier: int) -> None:
    found = slot(subject, identifier)
    assert EVERYTHING < found < SLOTS
    assert found == slot(subject, identifier)


def test_slots_are_spread() -> None:
    ids = [(1_700_000_000_000 + number) << 16 | number for number in range(10_000)]
    assert len({slot(Subject.POST, one) for one in ids}) > 9_700
