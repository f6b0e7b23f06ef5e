"""What stands in a run for a recorder that is off: written beside the tests of Mastodon.py as their outermost `conftest.py`.

With `--disable-recording` pytest-recording gives its tests no cassette at all, and three of them set one's `match_on` before they
listen to a stream: they get an object that holds the attribute, and talk to the server.
"""

from types import SimpleNamespace

import pytest


@pytest.fixture
def vcr() -> SimpleNamespace:
    """Return something that holds what a test says of its cassette, and plays nothing."""
    return SimpleNamespace(match_on=())
