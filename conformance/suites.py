"""The table of the suites that we run: one row for each, so that adding one changes no code but what it needs seeded."""

from __future__ import annotations

from typing import NamedTuple


class Suite(NamedTuple):
    """A test suite published as a source distribution and run by pytest against a server."""

    name: str
    """Name on the command line, in the summary, in `waived.toml` and of the requirement in its lock."""
    lock: str
    """File of `locks/` with the suite and all that its tests import, pinned, with hashes; `make lock` renews it."""
    environment: tuple[tuple[str, str], ...]
    """Variables of its run; `{base_url}` stands for the server's address, without a final slash."""
    arguments: tuple[str, ...]
    """Arguments of pytest, run in the unpacked distribution."""
    left_packed: tuple[str, ...] = ()
    """Files that are not unpacked, as patterns of names: recorded answers that would be played instead of asking us."""
    filled: str = ""
    """File of the suite where names stand for what its server gave: what `seeding` has made replaces them."""
    stand_ins: str = ""
    """File of this package that is laid at the root of the sources as their `conftest.py`."""


SUITES = (
    Suite(
        name="toot",
        lock="toot.txt",
        environment=(("TOOT_TEST_BASE_URL", "{base_url}"),),
        arguments=("-W", "ignore", "tests/integration"),
    ),
    Suite(
        name="Mastodon.py",
        lock="mastodonpy.txt",
        environment=(),
        arguments=(
            *("-W", "ignore", "-o", "addopts=", "--disable-recording", "--timeout", "90"),
            *("tests", "--ignore", "tests/test_entities.py"),  # which reads servers of others
        ),
        left_packed=("*.ws.yaml", "*_datetimeobjects.pkl"),
        filled="tests/conftest.py",
        stand_ins="stand_ins.py",
    ),
)
