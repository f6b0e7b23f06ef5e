"""The table of the suites that we run: one row for each, so that adding one changes no code."""

from __future__ import annotations

from typing import NamedTuple


class Suite(NamedTuple):
    """A test suite published as a source distribution and run by pytest against a server."""

    name: str
    """Name on the command line, in the summary and in `waived.toml`."""
    requirement: str
    """What pip downloads as a source distribution, version pinned."""
    extras: str
    """Extras of that distribution that its tests use, with their brackets; may be empty."""
    needs: tuple[str, ...]
    """What else its tests import, as pip requirements."""
    environment: tuple[tuple[str, str], ...]
    """Variables of its run; `{base_url}` stands for the server's address, without a final slash."""
    arguments: tuple[str, ...]
    """Arguments of pytest, run in the unpacked distribution."""


SUITES = (
    Suite(
        name="toot",
        requirement="toot==0.52.1",
        extras="",
        needs=("pytest",),
        environment=(("TOOT_TEST_BASE_URL", "{base_url}"),),
        arguments=("-W", "ignore", "tests/integration"),
    ),
)
