"""The reads, each beside the bare server that sends the same bytes: ours, bare, ours, bare on as many connections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from bench.bare import FOLDER, READY, Prepared, command, save
from bench.load import MICROSECOND
from bench.measures import CONNECTIONS, Measure, entries
from bench.process import WORKERS, Command, Server, fetch, free_port
from bench.report import Figure
from bench.rig import Rig, Sample, Target, best, doubt, figure, rates, sample, warm_up
from bench.wire import request

LOAD = "load generator"


class WrongPage(RuntimeError):
    """A page does not hold what is to be measured, such as an empty list."""


def prepare(server: Server, measures: Sequence[Measure]) -> list[Prepared]:
    """Fetch each page once. Raises WrongPage when one has not the entries it must have."""
    answers = []
    for one in measures:
        kind, body = fetch(server.origin + one.target, one.headers)
        if entries(body) != one.entries:
            message = f"{one.target} holds {entries(body)} entries instead of {one.entries}: {body[:300]!r}"
            raise WrongPage(message)
        answers.append(Prepared(one.path, kind, body))
    return answers


def bare(folder: Path, answers: Sequence[Prepared]) -> Command:
    """Return the command that serves prepared answers, kept in `folder`, on a port of its own."""
    folder.mkdir(exist_ok=True)
    save(folder, answers)
    port = free_port()
    return Command(command(port, WORKERS), port, READY, folder.parent / "bare.log", {FOLDER: str(folder)})


def measure(rig: Rig, measures: Sequence[Measure], ours: Target, limit: Target) -> Iterator[Figure]:
    """Yield the figure of each read at each number of connections."""
    for one in measures:
        for connections in CONNECTIONS:
            yield _alternate(rig, one, connections, (ours, limit))


def load_generator(rig: Rig, limit: Target) -> Iterator[Figure]:
    """Yield what the generator reaches on a tiny answer; its own limit is what a processor core of its own would send."""
    message = [request("GET", READY, {"Host": f"127.0.0.1:{limit.port}"})]
    for connections in CONNECTIONS:
        warm_up(rig, limit, message, connections)
        got = sample(rig, limit, message, connections)
        yield replace(figure(LOAD, connections, [got]), limit=MICROSECOND / got.outcome.own_us)


def _alternate(rig: Rig, one: Measure, connections: int, sides: tuple[Target, Target]) -> Figure:
    samples: tuple[list[Sample], list[Sample]] = ([], [])
    for to in sides:
        warm_up(rig, to, one.requests(to.port), connections)
    for _ in range(rig.rounds):
        for to, kept in zip(sides, samples, strict=True):
            kept.append(sample(rig, to, one.requests(to.port), connections))
    mine, limit = samples
    return _beside(figure(one.name, connections, mine), limit)


def _beside(found: Figure, limit: Sequence[Sample]) -> Figure:
    """Return a figure with its limit."""
    chosen = best(limit)
    return replace(
        found,
        limit=chosen.outcome.rate,
        limit_us=chosen.web_us,
        limit_p50=chosen.outcome.p50,
        limit_p99=chosen.outcome.p99,
        limit_rounds=rates(limit),
        error=found.error or doubt(limit),
    )
