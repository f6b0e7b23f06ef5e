"""What the database is asked, trip by trip."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from salledepause.kernel.trips import Line, Statement


def watched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the trips made from now on, each the list of its statements."""
    trips: list[list[str]] = []
    travel = Line.travel

    async def seen(line: Line, statements: Sequence[Statement]) -> None:
        trips.append([one.key[0].decode() for one in statements])
        await travel(line, statements)

    monkeypatch.setattr(Line, "travel", seen)
    return trips
