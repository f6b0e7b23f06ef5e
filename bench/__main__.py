"""The benchmark's command line: `python -m bench [--quick] [--seconds N] [--only NAME]`; prints one table, writes one file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bench import far, readers, reads, streams, wave, writes
from bench.database import database, main_process
from bench.load import own_process
from bench.measures import NAMES
from bench.measures import reads as read_measures
from bench.process import cold_start, free_port, running, serve
from bench.report import Figure, Goal, save, show, show_goals
from bench.rig import Rig, target
from bench.seed import seed
from salledepause.kernel.migrate import migrate

RESULTS = Path(__file__).with_name("results.json")
SECONDS, ROUNDS = 1.5, 4
"""Several short rounds rather than a long one: the system deals connections to processes unevenly, anew each time."""
QUICK_SECONDS, QUICK_ROUNDS = 0.2, 2
COLD = "cold start"
ALL = (reads.LOAD, COLD, *NAMES, writes.POSTING, streams.STREAMS, far.FAR, readers.READERS, wave.WAVE)


def main() -> int:
    """Measure what was asked; return 1 when a figure cannot be trusted."""
    options = _options()
    chosen = [name for name in ALL if options.only is None or options.only in name]
    with own_process() as pool, TemporaryDirectory(prefix="salledepause-bench-") as folder:
        seconds, rounds = (QUICK_SECONDS, QUICK_ROUNDS) if options.quick else (SECONDS, ROUNDS)
        rig = Rig(pool, options.seconds or seconds, rounds)
        Path(folder).chmod(0o711)  # an embedded database runs as another user when we are root
        found: list[Figure | Goal] = []
        try:
            _gather(_figures(rig, chosen, Path(folder)), found)
        finally:
            _tell(found, rig.seconds)
    return int(any(one.error for one in found))


def _tell(found: list[Figure | Goal], seconds: float) -> None:
    """Print and keep what was found, also before a measure that broke."""
    figures, goals = [one for one in found if isinstance(one, Figure)], [one for one in found if isinstance(one, Goal)]
    if figures:
        show(figures)
    if goals:
        show_goals(goals)
    save(RESULTS, figures, goals, seconds)


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m bench", description="Measures Salle de pause beside its limits.")
    parser.add_argument("--quick", action="store_true", help="short rounds, about a minute in all")
    parser.add_argument("--seconds", type=float, help=f"seconds of each round (default {SECONDS:g})")
    parser.add_argument("--only", metavar="NAME", help=f"measures whose name holds NAME: {', '.join(ALL)}")
    options = parser.parse_args()
    if options.only and not any(options.only in name for name in ALL):
        parser.error(f"no measure is called {options.only}; there are {', '.join(ALL)}")
    return options


def _gather(figures: Iterator[Figure | Goal], done: list[Figure | Goal]) -> None:
    """Gather figures into `done` while a status line says how far we are."""
    with Console(stderr=True).status("starting") as status:
        for figure in figures:
            done.append(figure)
            status.update(f"{len(done)} figures, last: {figure.name}")


def _figures(rig: Rig, chosen: list[str], folder: Path) -> Iterator[Figure | Goal]:
    if reads.LOAD in chosen:
        with running(reads.bare(folder / "nothing", [])) as server:
            yield from reads.load_generator(rig, target(server))
    if COLD in chosen:
        start = cold_start(folder / "demo")
        yield Figure(name=f"{COLD}, empty folder", p50=start.first * 1000)
        yield Figure(name=f"{COLD}, again", p50=start.second * 1000)
    if not {*NAMES, writes.POSTING}.isdisjoint(chosen):
        yield from _community(rig, chosen, folder)
    if streams.STREAMS in chosen:
        yield from streams.measure(rig, folder)
    if far.FAR in chosen:
        yield from far.measure(rig, folder)
    if readers.READERS in chosen:
        yield from readers.measure(rig, folder)
    if wave.WAVE in chosen:
        yield from wave.measure(rig, folder)


def _community(rig: Rig, chosen: list[str], folder: Path) -> Iterator[Figure]:
    """Yield the figures that need our server and its two hundred thousand posts."""
    with database(folder / "base") as url:
        migrate(url)
        seeded = seed(url)
        port = free_port()
        with running(serve(folder / "data", port, url)) as server:
            ours = target(server, main_process(url))
            measures = [one for one in read_measures(seeded, f"127.0.0.1:{port}") if one.name in chosen]
            with running(reads.bare(folder / "answers", reads.prepare(server, measures))) as limit:
                yield from reads.measure(rig, measures, ours, target(limit))
            if writes.POSTING in chosen:
                yield from writes.measure(rig, url, ours, seeded.writers)


if __name__ == "__main__":
    sys.exit(main())
