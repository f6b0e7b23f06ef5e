"""What the database is asked, trip by trip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from salledepause.kernel.trips import Line, Statement


def watched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the trips made from now on, each the list of its statements, those sent ahead included."""
    trips: list[list[str]] = []
    ahead: list[Statement] = []
    travel, depart = Line.travel, Line.depart

    async def seen(line: Line, statements: Sequence[Statement], meanwhile: Callable[[], None] | None = None) -> None:
        trips.append([one.key[0].decode() for one in (*ahead, *statements)])
        ahead.clear()
        await travel(line, statements, meanwhile)

    def gone(line: Line, statements: Sequence[Statement]) -> None:
        ahead.extend(statements)
        depart(line, statements)

    monkeypatch.setattr(Line, "travel", seen)
    monkeypatch.setattr(Line, "depart", gone)
    return trips
