"""The soak's command line: `python -m soak [--seconds N] [--seed N] [--people N]`; prints what was done and what is wrong."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress

from soak.run import Outcome, Plan, soak

HOUR, PEOPLE, PAUSE = 3600.0, 24, 0.1
SHOWN = 50
"""Problems printed; the others are counted."""


def main() -> int:
    """Soak; return 1 when anything is wrong."""
    options = _options()
    console = Console(stderr=True)
    console.print(f"seed {options.seed}: {options.people} people for {options.seconds:g} s")
    with TemporaryDirectory(prefix="salledepause-soak-") as folder, Progress(console=console) as progress:
        Path(folder).chmod(0o711)  # an embedded database runs as another user when we are root
        bar = progress.add_task("soak", total=options.seconds)
        plan = Plan(Path(folder), options.seconds, options.seed, options.people, options.pause)
        outcome = asyncio.run(soak(plan, lambda passed: progress.update(bar, completed=passed)))
    _show(outcome)
    return int(bool(outcome.problems))


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m soak", description="Loads a house while its processes are killed, then checks it.")
    parser.add_argument("--seconds", type=float, default=HOUR, help=f"how long (default {HOUR:g})")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(2**32), help="of all that is random (default: new)")
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"how many clients (default {PEOPLE})")
    parser.add_argument("--pause", type=float, default=PAUSE, help=f"mean seconds between what one does (default {PAUSE:g})")
    return parser.parse_args()


def _show(outcome: Outcome) -> None:
    print(", ".join(f"{name} {number}" for name, number in sorted(outcome.done.items())))
    print(f"killed {outcome.killed} processes; read {outcome.posts} posts and {outcome.told} notifications in the end")
    for problem in outcome.problems[:SHOWN]:
        print(f"WRONG: {problem}")
    print(f"{len(outcome.problems)} problems" if outcome.problems else "nothing is wrong")


if __name__ == "__main__":
    sys.exit(main())
