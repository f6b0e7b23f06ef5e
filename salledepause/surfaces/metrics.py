"""Prometheus figures of the doors: requests by route and status, and how long they took. No address, no account."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import Counter, Histogram

REQUESTS = Counter("salledepause_requests_total", "Requests served", ["route", "status"])
SECONDS = Histogram(
    "salledepause_request_seconds", "Time to answer", ["route"], buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
)


def timer(route: str) -> Callable[[int, float], None]:
    """Return the function that notes one request of a route: its status and its seconds."""
    spent = SECONDS.labels(route)
    by_status: dict[int, Counter] = {}

    def note(status: int, seconds: float) -> None:
        if status not in by_status:
            by_status[status] = REQUESTS.labels(route, str(status))
        by_status[status].inc()
        spent.observe(seconds)

    return note
