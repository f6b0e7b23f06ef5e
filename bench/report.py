"""The figures of a run, as one table for people and one file for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

COLUMNS = (
    *("connections", "req/s", "p50 ms", "p99 ms", "web µs", "base µs", "RSS MiB", "USS MiB"),
    *("limit req/s", "limit µs", "ratio"),
)
WIDTH = 160
SMALL = 10


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the table; a value that does not apply is `None`."""

    name: str
    connections: int | None = None
    rate: float | None = None
    """Right answers (or rows) a second."""
    p50: float | None = None
    """Milliseconds, as `p99`."""
    p99: float | None = None
    web_us: float | None = None
    """Processor microseconds of the web processes for each answer."""
    base_us: float | None = None
    """The same of PostgreSQL's processes."""
    resident: float | None = None
    """Mean resident memory of a web process, MiB."""
    own: float | None = None
    """Mean memory of a web process that it shares with nobody, MiB."""
    limit: float | None = None
    """The same answers a second by the bare server, or the same rows a second by bare SQL."""
    limit_us: float | None = None
    """Processor microseconds of the bare web processes for each answer."""
    limit_p50: float | None = None
    limit_p99: float | None = None
    rounds: Sequence[float] = ()
    """The rate of each round, of which `rate` is the best: how far they differ is how noisy the machine is."""
    limit_rounds: Sequence[float] = ()
    size: float | None = None
    """Mean bytes of a body."""
    generator_us: float | None = None
    """Processor microseconds of the load generator for each answer."""
    error: str = ""
    """Why the figure cannot be trusted; empty when it can."""

    @property
    def ratio(self) -> float | None:
        """Our rate over its limit's."""
        return self.rate / self.limit if self.rate is not None and self.limit else None


class Goal(msgspec.Struct, frozen=True):
    """A figure that has a limit of its own, not that of a bare server."""

    name: str
    value: float
    unit: str
    most: float
    """What it may be at most."""
    error: str = ""

    @property
    def reached(self) -> bool:
        """Whether it is within its limit."""
        return self.value <= self.most


class Report(msgspec.Struct, frozen=True):
    """What `results.json` holds: the machine, the length of each measure and the figures."""

    at: str
    cores: int | None
    python: str
    seconds: float
    figures: Sequence[Figure]
    goals: Sequence[Goal]
    ratios: dict[str, float]


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table("measure", title="Salle de pause beside its limits")
    for title in COLUMNS:
        table.add_column(title, justify="right")
    for figure in figures:
        table.add_row(*_cells(figure), style="red" if figure.error else "")
    console = Console(width=None if Console().is_terminal else WIDTH)
    console.print(table)
    for figure in figures:
        if figure.error:
            console.print(f"[red]{_label(figure)}[/red]: {figure.error}", soft_wrap=True)


def show_goals(goals: Sequence[Goal]) -> None:
    """Print the figures that have limits of their own."""
    table = Table("measure", "figure", "limit", "", title="Salle de pause within its limits")
    for goal in goals:
        cells = (f"{_number(goal.value)} {goal.unit}", f"≤ {_number(goal.most)} {goal.unit}")
        table.add_row(
            goal.name, *cells, goal.error or ("reached" if goal.reached else "MISSED"), style="red" if goal.error else ""
        )
    Console(width=None if Console().is_terminal else WIDTH).print(table)


def save(path: Path, figures: Sequence[Figure], goals: Sequence[Goal], seconds: float) -> None:
    """Write the report as indented JSON."""
    ratios = {_label(figure): figure.ratio for figure in figures if figure.ratio is not None}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    report = Report(now, os.cpu_count(), platform.python_version(), seconds, figures, goals, ratios)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


def _label(figure: Figure) -> str:
    return figure.name if figure.connections is None else f"{figure.name} × {figure.connections}"


def _cells(figure: Figure) -> list[str]:
    values = (
        *(figure.rate, figure.p50, figure.p99, figure.web_us, figure.base_us),
        *(figure.resident, figure.own, figure.limit, figure.limit_us, figure.ratio),
    )
    return [figure.name, str(figure.connections or ""), *map(_number, values)]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if value < SMALL else f"{value:,.0f}"
