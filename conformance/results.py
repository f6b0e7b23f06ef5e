"""Say what a suite found: its failures, those that we waive with a reason, and one line that sums it up."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple
from xml.etree import ElementTree as ET

State = Literal["passed", "failed", "skipped"]

WAIVED = Path(__file__).parent / "waived.toml"
LINES = 4
"""Lines kept of the message of a failing test."""


class Outcome(NamedTuple):
    """One test of a suite: its pytest id, how it ended, what it said when it failed."""

    test: str
    state: State
    message: str = ""


class Verdict(NamedTuple):
    """What a suite came to: the lines to print, the line that sums it up, whether nothing but the waived failed."""

    details: tuple[str, ...]
    summary: str
    good: bool


def waivers(suite: str) -> Mapping[str, str]:
    """Return the waived tests of a suite, each with its reason."""
    table: dict[str, dict[str, str]] = tomllib.loads(WAIVED.read_text(encoding="utf-8"))
    return table.get(suite, {})


def read(report: Path) -> list[Outcome]:
    """Return the outcomes of a report that pytest wrote (`junit_family=xunit1`, which names the files)."""
    found: dict[str, Outcome] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 (pytest wrote this file a second ago)
        outcome = _outcome(case)
        if outcome.test not in found or outcome.state == "failed":  # a test that fails while it is torn down comes twice
            found[outcome.test] = outcome
    return list(found.values())


def judge(suite: str, outcomes: list[Outcome], waived: Mapping[str, str]) -> Verdict:
    """Set the failures against the waivers. A suite where nothing passed is not good, whatever is waived."""
    counts = Counter(outcome.state for outcome in outcomes)
    unexpected = [outcome for outcome in outcomes if outcome.state == "failed" and outcome.test not in waived]
    summary = f"{suite}: {counts['passed']} passed, {counts['failed']} failed"
    return Verdict(tuple(_details(outcomes, waived)), summary, not unexpected and counts["passed"] > 0)


def _details(outcomes: list[Outcome], waived: Mapping[str, str]) -> Iterator[str]:
    for outcome in outcomes:
        reason = waived.get(outcome.test)
        if outcome.state == "failed" and reason is None:
            yield f"FAILED {outcome.test}"
            yield from (f"    {line[:200]}" for line in outcome.message.strip().splitlines()[:LINES])
        elif outcome.state == "failed":
            yield f"waived {outcome.test} ({reason})"
        elif outcome.state == "skipped":
            yield f"skipped {outcome.test} {outcome.message}"
        elif reason is not None:
            yield f"passes, though waived: {outcome.test}"
    for test in waived.keys() - {outcome.test for outcome in outcomes}:
        yield f"waived, but unknown to the suite: {test}"


def _outcome(case: ET.Element) -> Outcome:
    for tag, state in _STATES:
        if (ending := case.find(tag)) is not None:
            return Outcome(_identify(case), state, ending.get("message") or ending.text or "")
    return Outcome(_identify(case), "passed")


_STATES: tuple[tuple[str, State], ...] = (("failure", "failed"), ("error", "failed"), ("skipped", "skipped"))


def _identify(case: ET.Element) -> str:
    """Return the id that pytest would take on its command line: `file::Class::test`."""
    file, name = case.get("file", ""), case.get("name", "")
    module = file.removesuffix(".py").replace("/", ".")
    classes = case.get("classname", "").removeprefix(module).strip(".")
    return "::".join(part for part in (file, *classes.split("."), name) if part)
