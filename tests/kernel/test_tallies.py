"""Counting together in shared memory: exact for few, never less than what was counted, the same in every process."""

from __future__ import annotations

import multiprocessing

from hypothesis import given
from hypothesis import strategies as st

from salledepause.kernel import tallies
from salledepause.kernel.tallies import Tallies


def test_a_key_counts_up_and_begins_anew() -> None:
    table = Tallies()
    assert [table.add("ada", 100, 100).times for _ in range(3)] == [1, 2, 3]
    assert table.add("bob", 100, 100).times == 1
    assert table.add("ada", 100, 150) == (4, 100), "it counts since its first"
    assert table.add("ada", 101, 160) == (1, 160), "what is older than asked for is over"
    table.forget("ada")
    assert table.add("ada", 101, 170) == (1, 170)


def test_processes_count_together() -> None:
    table, fork = Tallies(), multiprocessing.get_context("fork")
    for number in range(3):
        child = fork.Process(target=lambda: table.add("ada", 0, 1))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert table.add("ada", 0, 1).times == 2 * number + 2


def test_a_count_never_passes_its_word() -> None:
    table = Tallies()
    place = table._places("ada")  # noqa: SLF001 - sixteen million calls would take a minute
    for one in place:
        table._table[one] = 7 << 24 | tallies.MOST  # noqa: SLF001
    assert table.add("ada", 7, 9) == (tallies.MOST, 7)


@given(st.lists(st.text(max_size=3), max_size=60))
def test_it_never_counts_less_than_what_was_done(keys: list[str]) -> None:
    table, done = ONE, dict.fromkeys(keys, 0)
    for key in done:
        table.forget(key)
    for key in keys:
        done[key] += 1
        assert table.add(key, 1, 1).times >= done[key]


ONE = Tallies()
