"""Hundreds of browsers with one victory open, in a process of their own, who clap in one instant: what each waits and hears.

As with the load generator, nothing of the server's and no library.
"""

from __future__ import annotations

from select import EPOLLIN, epoll
from socket import create_connection
from time import perf_counter
from typing import NamedTuple

from bench.load import MILLISECOND, percentile
from bench.wire import answer, request

SETTLED = b"event: badges"
SETTLING = 60.0
"""Seconds in which all pages are open."""
READ, TAIL = 65_536, 40
"""Bytes read at a time, and kept for a word that is cut."""
GRACE = 5.0
"""Seconds that the last word may take."""
SEE_OTHER = 303
FORM = b"csrf=word&sign=confetti&word=Bravo"


class Applause(NamedTuple):
    """Who claps at what: sessions of browsers, each with its page open, at some victories one after the other."""

    port: int
    sessions: list[str]
    victories: list[int]
    within: float = 0.0
    """Seconds in which all of them clap; 0: in one instant."""


class Felt(NamedTuple):
    """How it went, in milliseconds: what a clap took, until the last page showed the last number; what went wrong."""

    clap_p50: float
    clap_p95: float
    heard: float
    error: str


class Page:
    """One connection of a browser: a stream that hears, or a form that is sent. What came is read once all is over."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self.socket = create_connection(("127.0.0.1", port))
        self.came: list[tuple[float, bytes]] = []

    def take(self) -> bytes:
        """Note what came, and when; return it with the end of what came before."""
        data = self.socket.recv(READ)
        self.came.append((perf_counter(), data))
        return data if len(self.came) == 1 else self.came[-2][1][-TAIL:] + data


class Crew:
    """Many pages that one process waits for, at the least cost to the cores that it shares with the server."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._poll = epoll()
        self._pages: dict[int, Page] = {}

    def add(self, pages: list[Page]) -> None:
        """Listen to more pages."""
        for page in pages:
            self._pages[page.socket.fileno()] = page
            self._poll.register(page.socket, EPOLLIN)

    def hear(self, seconds: float) -> list[tuple[Page, bytes]]:
        """Return what came, within so many seconds."""
        ready = self._poll.poll(max(0.0, seconds), len(self._pages))
        return [(self._pages[number], self._pages[number].take()) for number, _ in ready]

    def close(self) -> None:
        """Leave all."""
        for page in self._pages.values():
            page.socket.close()
        self._poll.close()


def applaud(plan: Applause) -> Felt:
    """Do it. Raises OSError when the server does not accept the connections or closes one."""
    took: list[float] = []
    heard = 0.0
    for victory in plan.victories:
        crew = Crew()
        try:
            claps, last, error = _round(plan, victory, crew)
        finally:
            crew.close()
        if error:
            return Felt(0.0, 0.0, 0.0, error)
        took += claps
        heard = max(heard, last)
    ordered = sorted(one * MILLISECOND for one in took)
    return Felt(percentile(ordered, 0.50), percentile(ordered, 0.95), heard * MILLISECOND, "")


def _round(plan: Applause, victory: int, crew: Crew) -> tuple[list[float], float, str]:
    """Clap at one victory; return what each clap took, until the last page showed them all, what went wrong."""
    streams = [Page(plan.port) for _ in plan.sessions]
    crew.add(streams)
    for stream, session in zip(streams, plan.sessions, strict=True):
        stream.socket.sendall(request("GET", f"/en-direct?lieu=/ronde/{victory}", _headers(plan, session)))
    if closed := _await(crew, set(streams), SETTLED, SETTLING):
        return [], 0.0, f"{closed} pages were never let in"
    claps = [Page(plan.port) for _ in plan.sessions]
    crew.add(claps)
    forms = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = [request("POST", f"/ronde/{victory}", _headers(plan, one) | forms, FORM) for one in plan.sessions]
    began, missing = _clap(plan, crew, list(zip(claps, sent, strict=True)), {*claps, *streams})
    if missing:
        return [], 0.0, f"{missing} answers or last numbers never came"
    answers = [answer(b"".join(data for _, data in clap.came)) for clap in claps]
    wrong = [clap for clap, found in zip(claps, answers, strict=True) if found is None or found.status != SEE_OTHER]
    error = f"{len(wrong)} claps refused: {wrong[0].came[0][1][:200]!r}" if wrong else ""
    answered = [clap.came[-1][0] for clap in claps]
    shown = max(stream.came[-1][0] for stream in streams)
    return [end - start for start, end in zip(began, answered, strict=True)], shown - began[-1], error


def _await(crew: Crew, lacking: set[Page], word: bytes, seconds: float) -> int:
    """Wait until each page was told a word; return how many were not."""
    end = perf_counter() + seconds
    while lacking and (left := end - perf_counter()) > 0:
        lacking -= {page for page, data in crew.hear(left) if word in data}
    return len(lacking)


def _clap(plan: Applause, crew: Crew, forms: list[tuple[Page, bytes]], lacking: set[Page]) -> tuple[list[float], int]:
    """Send every form in its turn; return when each was sent, and how many pages lacked their answer or the last number."""
    last = b'"told":"%d' % (len(forms) + 1)  # with who opened the wave
    asking = {page for page, _ in forms}
    began, start = list[float](), perf_counter()
    while lacking and perf_counter() < start + plan.within + GRACE:
        while len(began) < len(forms) and perf_counter() >= start + plan.within * len(began) / len(forms):
            page, message = forms[len(began)]
            began.append(perf_counter())
            page.socket.sendall(message)
        wait = start + plan.within * len(began) / len(forms) - perf_counter() if len(began) < len(forms) else GRACE
        lacking -= {page for page, data in crew.hear(wait) if page in asking or last in data}
    return began, len(lacking)


def _headers(plan: Applause, session: str) -> dict[str, str]:
    return {"Host": f"127.0.0.1:{plan.port}", "Cookie": f"session={session}"}
