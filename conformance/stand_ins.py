"""What stands in a run for a recorder that is off: written beside the tests of Mastodon.py as their outermost `conftest.py`.

With `--disable-recording` pytest-recording gives its tests no cassette at all, and three of them set one's `match_on` before they
listen to a stream: they get an object that holds the attribute, and talk to the server. The recorder is also where those tests
would learn which connections carry a stream, to end them: they are told.
"""

from http.client import HTTPConnection, HTTPResponse
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def vcr() -> SimpleNamespace:
    """Return something that holds what a test says of its cassette, and plays nothing."""
    return SimpleNamespace(match_on=())


@pytest.fixture(autouse=True)
def opened_streams(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the connections of streams where a test that ends them looks for those of its recorder."""
    tests: Any = request.module
    respond = HTTPConnection.getresponse

    def getresponse(connection: HTTPConnection) -> HTTPResponse:
        carrier = SimpleNamespace(sock=connection.sock)
        response = respond(connection)
        if response.getheader("content-type", "").startswith("text/event-stream"):
            tests.real_connections.append(carrier)
        return response

    if hasattr(tests, "real_connections"):
        monkeypatch.setattr(HTTPConnection, "getresponse", getresponse)
