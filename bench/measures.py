"""The reads that are measured, as a list: what a phone asks for all day long."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from bench.seed import Seeded
from bench.wire import request

CONNECTIONS = (1, 8, 32)
NAMES = (
    *("home", "public", "status", "context", "account", "notifications", "webfinger"),
    *("pages, home", "pages, local", "pages, local of a visitor"),
)
PAGE = 20
THREAD = 50


class Measure(NamedTuple):
    """One read: its name in the table, what is asked, as whom (a token or a cookie), how many entries a right answer holds."""

    name: str
    target: str
    token: str | None
    entries: int
    cookie: str = ""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside Host: who asks."""
        if self.cookie:
            return {"Cookie": self.cookie}
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def requests(self, port: int) -> list[bytes]:
        """Return the request to send again and again to the server on `port`."""
        return [request("GET", self.target, {"Host": f"127.0.0.1:{port}", **self.headers})]


def reads(seeded: Seeded, domain: str) -> list[Measure]:
    """Return every read of the benchmark for the seeded community of `domain` (with its port)."""
    token, api, session = seeded.reader_token, "/api/v1", f"session={seeded.reader_session}"
    return [
        Measure("home", f"{api}/timelines/home?limit={PAGE}", token, PAGE),
        Measure("public", f"{api}/timelines/public?limit={PAGE}", None, PAGE),
        Measure("status", f"{api}/statuses/{seeded.thread_id}", None, 1),
        Measure("context", f"{api}/statuses/{seeded.thread_id}/context", None, THREAD),
        Measure("account", f"{api}/accounts/{seeded.account_id}/statuses?limit={PAGE}", None, PAGE),
        Measure("notifications", f"{api}/notifications?limit={PAGE}", token, PAGE),
        Measure("webfinger", f"/.well-known/webfinger?resource=acct:{seeded.handle}@{domain}", None, 1),
        Measure("pages, home", "/", None, PAGE, session),
        Measure("pages, local", "/local/", None, PAGE, session),  # the slash changes nothing, but tells bare the two apart
        Measure("pages, local of a visitor", "/local", None, PAGE),
    ]


def entries(body: bytes) -> int:
    """Return how many things an answer lists: a page's posts, a list's length, both sides of a context, 1 for anything else."""
    if body.startswith(b"<!doctype html>"):
        return body.count(b"<article ")
    answer = msgspec.json.decode(body)
    if isinstance(answer, list):
        return len(answer)
    if "descendants" in answer:
        return len(answer["ancestors"]) + len(answer["descendants"])
    return 1
