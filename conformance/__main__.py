"""The command line: run the suites, print what fails, end with one line a suite and the status that says it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from conformance import results
from conformance.environment import PreparationError, Prepared, fill, prepare, variables
from conformance.seeding import SEEDED
from conformance.server import Served, ServerError, healthy, running
from conformance.suites import SUITES, Suite

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "conformance"
PORT = 3000
"""Where the suites expect a server on this machine; some name it in their tests."""
LONGEST_RUN = 1800.0
"""Seconds after which a suite is stopped."""
BROKEN = 2
"""Pytest's statuses from this one on mean that it could not run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites asked for; return 0 when nothing but waived tests failed."""
    asked = _parser().parse_args(arguments)
    chosen = [suite for suite in SUITES if asked.only in (None, suite.name)]
    verdicts = [_run(suite, asked.base_url, asked.data) for suite in chosen]
    for verdict in verdicts:
        print(*verdict.details, sep="\n", end="\n" if verdict.details else "")
    for verdict in verdicts:
        print(verdict.summary)
    return 0 if all(verdict.good for verdict in verdicts) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="conformance", description="Run other people's suites against our server.")
    parser.add_argument("--base-url", type=_address, help=f"a running server, instead of a fresh one on port {PORT}")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder of that running server")
    parser.add_argument("--only", choices=[suite.name for suite in SUITES], help="one suite")
    return parser


def _address(text: str) -> str:
    return text.rstrip("/")


def _run(suite: Suite, base_url: str | None, data: Path) -> results.Verdict:
    home = CACHE / suite.name
    try:
        prepared = prepare(suite, home)
        with _server(base_url, data, home / "server.log") as served:
            if suite.name in SEEDED:
                fill(suite, prepared.sources, SEEDED[suite.name](served))
            _pytest(suite, prepared, home, served.address)
        return results.judge(suite.name, results.read(home / "report.xml"), results.waivers(suite.name))
    except (PreparationError, ServerError, subprocess.TimeoutExpired) as error:
        return results.Verdict((f"{suite.name} could not run: {error}",), f"{suite.name}: 0 passed, 0 failed", good=False)


def _server(base_url: str | None, data: Path, log: Path) -> AbstractContextManager[Served]:
    if base_url is None:
        return running(PORT, log)
    if not healthy(base_url):
        raise ServerError(f"Nothing healthy answers at {base_url}/health.")
    return nullcontext(Served(base_url, data, {}))


def _pytest(suite: Suite, prepared: Prepared, home: Path, base_url: str) -> None:
    """Run a suite; its report is `report.xml`, what it printed is `pytest.log`."""
    report = home / "report.xml"
    report.unlink(missing_ok=True)
    options = ("-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "--junitxml", str(report))
    with (home / "pytest.log").open("wb") as out:
        done = subprocess.run(
            (str(prepared.python), "-m", "pytest", *options, *suite.arguments),
            cwd=prepared.sources,
            env=variables(suite, home, base_url),
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_RUN,
            check=False,
        )
    if done.returncode >= BROKEN or not report.is_file():
        raise PreparationError((home / "pytest.log").read_text(encoding="utf-8", errors="replace")[-2000:])


if __name__ == "__main__":
    sys.exit(main())
