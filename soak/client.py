"""One person's connection: requests sent again until they are answered, as an app does on a bad network."""

from __future__ import annotations

import asyncio
import time
from typing import Any, NamedTuple

import httpx

from soak.journal import Span

PAUSE = 0.05
"""Seconds before a request that got no answer is sent again."""
PATIENCE = 120.0
"""Seconds within which a request must be answered, whatever is killed meanwhile."""
BUSY = 503


class Unanswered(RuntimeError):
    """A request got no proper answer for too long; the message says which."""


class Answer(NamedTuple):
    """What came back in the end, over what time, and whether an earlier attempt may have done it already."""

    status: int
    body: Any
    span: Span
    again: bool

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status == httpx.codes.OK


class Client:
    """Speaks for one person."""

    def __init__(self, url: str, token: str) -> None:
        """Prepare; `async with` connects."""
        self._http = httpx.AsyncClient(base_url=url, timeout=30, headers={"authorization": f"Bearer {token}"})

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Answer:
        """Send a request until it is answered; raises Unanswered for none in time, and for any 5xx but 503."""
        headers = {"idempotency-key": key} if key else {}
        began, again, reason = time.monotonic(), False, "nothing"
        while time.monotonic() < began + PATIENCE:
            try:
                found = await self._http.request(method, f"/api/{path}", json=body, headers=headers)
            except httpx.TransportError as error:
                again, reason = True, repr(error)
            else:
                reason = f"{found.status_code} {found.text}"
                if found.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return Answer(found.status_code, found.json(), Span(began, time.monotonic()), again)
                if found.status_code != BUSY:
                    break
            await asyncio.sleep(PAUSE)
        raise Unanswered(f"{method} {path} {body or ''}: {reason}, after {time.monotonic() - began:.1f} s")

    async def pages(self, path: str, most: int | None = None) -> list[Any]:
        """Return everything that a list holds, newest first, `most` at most."""
        found: list[Any] = []
        bound = ""
        while more := (await self.ask("GET", f"{path}{'&' if '?' in path else '?'}limit=40{bound}")).body:
            found += more
            bound = f"&max_id={more[-1]['id']}"
            if most and len(found) >= most:
                return found[:most]
        return found
