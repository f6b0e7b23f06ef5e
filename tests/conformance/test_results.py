"""Prove that a suite's failure cannot pass for a success, and that a waiver covers one test only."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from conformance.environment import variables
from conformance.results import WAIVED, Outcome, judge, read, waivers
from conformance.suites import SUITES

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest">
<testcase classname="tests.integration.test_a" name="test_good" file="tests/integration/test_a.py"/>
<testcase classname="tests.integration.test_a" name="test_bad[1]" file="tests/integration/test_a.py">
<failure message="AssertionError: no&#10;stderr: Error: Record not found">long traceback</failure></testcase>
<testcase classname="tests.integration.test_b.TestOld" name="test_set_up" file="tests/integration/test_b.py">
<error message="failed on setup">trace</error></testcase>
<testcase classname="tests.integration.test_b" name="test_left" file="tests/integration/test_b.py">
<skipped message="no server"/></testcase>
<testcase classname="tests.integration.test_b" name="test_torn" file="tests/integration/test_b.py"/>
<testcase classname="tests.integration.test_b" name="test_torn" file="tests/integration/test_b.py">
<error message="teardown"/></testcase>
</testsuite></testsuites>
"""
BAD = "tests/integration/test_a.py::test_bad[1]"
SET_UP = "tests/integration/test_b.py::TestOld::test_set_up"
TORN = "tests/integration/test_b.py::test_torn"


@pytest.fixture
def outcomes(tmp_path: Path) -> list[Outcome]:
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    return read(report)


def test_a_report_gives_pytest_ids_and_the_worst_ending(outcomes: list[Outcome]) -> None:
    assert {outcome.test: outcome.state for outcome in outcomes} == {
        "tests/integration/test_a.py::test_good": "passed",
        BAD: "failed",
        SET_UP: "failed",
        "tests/integration/test_b.py::test_left": "skipped",
        TORN: "failed",
    }


def test_failures_are_said_shortly_and_summed_up(outcomes: list[Outcome]) -> None:
    verdict = judge("toot", outcomes, {})
    assert verdict.summary == "toot: 1 passed, 3 failed"
    assert not verdict.good
    assert verdict.details[:3] == (f"FAILED {BAD}", "    AssertionError: no", "    stderr: Error: Record not found")


def test_only_waived_failures_are_good(outcomes: list[Outcome]) -> None:
    verdict = judge("toot", outcomes, dict.fromkeys((BAD, SET_UP, TORN), "known"))
    assert verdict.good
    assert verdict.summary == "toot: 1 passed, 3 failed"
    assert f"waived {BAD} (known)" in verdict.details
    assert not judge("toot", outcomes, dict.fromkeys((BAD, SET_UP), "known")).good


def test_a_suite_where_nothing_passed_is_not_good() -> None:
    assert not judge("toot", [], {}).good
    assert not judge("toot", [Outcome("a::b", "skipped")], {}).good


def test_a_waiver_that_is_of_no_use_is_said() -> None:
    verdict = judge("toot", [Outcome("a::b", "passed")], {"a::b": "old", "a::c": "older"})
    assert verdict.good
    assert verdict.details == ("passes, though waived: a::b", "waived, but unknown to the suite: a::c")


def test_every_waiver_has_its_suite_and_its_reason() -> None:
    known = {suite.name for suite in SUITES}
    reasons = [reason for name in known for reason in waivers(name).values()]
    assert reasons
    assert all(len(reason.split()) > 3 for reason in reasons)
    assert set(tomllib.loads(WAIVED.read_text(encoding="utf-8"))) <= known


def test_a_run_keeps_our_settings_and_proxies_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SALLEDEPAUSE_DATA", "/srv")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example")
    given = variables(SUITES[0], tmp_path, "http://localhost:3000")
    assert given["TOOT_TEST_BASE_URL"] == "http://localhost:3000"
    assert not {"SALLEDEPAUSE_DATA", "HTTP_PROXY"} & given.keys()
    assert given["XDG_CACHE_HOME"].startswith(str(tmp_path))
