"""One measure of one server: load it from another process, and read what its processes used meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import psutil

from bench.load import MICROSECOND, Outcome, Plan, Requests, drive
from bench.process import WORKERS, Server, Weight, family_processor, web_workers, weigh
from bench.report import Figure

WARM_UP = 0.1
"""Share of a measure's seconds given to a server beforehand, uncounted."""


class Target(NamedTuple):
    """A server to load, the processes that answer for it and the main process of its database (`None`: not looked at)."""

    port: int
    web: Sequence[psutil.Process]
    base: psutil.Process | None


class Rig(NamedTuple):
    """How everything is measured in this run."""

    pool: Executor
    """Where the load comes from."""
    seconds: float
    rounds: int


class Sample(NamedTuple):
    """One round: what the load saw and what it cost, in processor microseconds for each answer."""

    outcome: Outcome
    web_us: float
    base_us: float | None
    weight: Weight


def target(server: Server, base: psutil.Process | None = None) -> Target:
    """Return a running server as a target, with its web processes found."""
    return Target(server.port, web_workers(server, WORKERS), base)


def warm_up(rig: Rig, to: Target, requests: Requests, connections: int) -> None:
    """Load a server a little without measuring."""
    rig.pool.submit(drive, Plan(to.port, requests, connections, rig.seconds * WARM_UP)).result()


def sample(rig: Rig, to: Target, requests: Requests, connections: int) -> Sample:
    """Load a server for one round."""
    before, base = weigh(to.web), _base(to)
    outcome = rig.pool.submit(drive, Plan(to.port, requests, connections, rig.seconds)).result()
    spent, after, each = _base(to) - base, weigh(to.web), MICROSECOND / max(outcome.answers, 1)
    return Sample(
        outcome=outcome,
        web_us=(after.processor - before.processor) * each,
        base_us=spent * each if to.base else None,
        weight=after,
    )


def best(samples: Sequence[Sample]) -> Sample:
    """Return the fastest round; a round with errors never wins over one without."""
    return max(samples, key=lambda one: (one.outcome.valid, one.outcome.rate))


def figure(name: str, connections: int, samples: Sequence[Sample]) -> Figure:
    """Return the best round as a line of the table, in doubt when any round had an error."""
    chosen = best(samples)
    outcome, weight = chosen.outcome, chosen.weight
    workers = max(len(weight.resident), 1)
    return Figure(
        name=name,
        connections=connections,
        rate=outcome.rate,
        p50=outcome.p50,
        p99=outcome.p99,
        web_us=chosen.web_us,
        base_us=chosen.base_us,
        resident=sum(weight.resident) / workers,
        own=sum(weight.own) / workers,
        rounds=rates(samples),
        size=outcome.size,
        generator_us=outcome.own_us,
        error=doubt(samples),
    )


def rates(samples: Sequence[Sample]) -> list[float]:
    """Return the rate of each round."""
    return [one.outcome.rate for one in samples]


def doubt(samples: Sequence[Sample]) -> str:
    """Return why the rounds cannot all be trusted, or nothing."""
    wrong = [one.outcome for one in samples if not one.outcome.valid]
    if not wrong:
        return ""
    got = wrong[0]
    return f"{got.answers} right, {got.errors} wrong, {got.lost} lost connections; first: {got.first_error}"


def _base(to: Target) -> float:
    return family_processor(to.base) if to.base else 0.0
