"""A wave at a victory: somebody opens it, and five hundred people with its page open clap within a second, or in one instant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg

from bench.applause import Applause, applaud
from bench.crowd import FOLLOWER, Crowd, crowd
from bench.report import Goal
from bench.rig import Rig, target
from salledepause.features.accounts.secret import digest

WAVE = "wave"
PEOPLE = 500
ROUNDS = 5
"""Victories, one that is not counted, two, and two: each has five claps a day to give."""
SOON, SHOWN = 100.0, 1_000.0
"""Milliseconds: a clap (95th percentile), and until the last page shows the last number."""
SESSION = "applause-{}"
OPEN = """INSERT INTO sessions (hash, account_id, csrf, expires_at)
    SELECT %s, id, 'word', 'infinity' FROM accounts WHERE handle = %s"""


def measure(rig: Rig, folder: Path) -> Iterator[Goal]:
    """Yield both figures of both ways to clap, over two rounds each."""
    with crowd(folder / WAVE, PEOPLE + 1, PEOPLE + 1) as house:
        sessions = _sessions(house)
        to = target(house.server)
        plan = Applause(to.port, sessions, [_victory(house, number) for number in range(ROUNDS)])
        felt = [
            rig.pool.submit(applaud, plan._replace(victories=plan.victories[first:last], within=within)).result()
            for first, last, within in ((0, 1, 1.0), (1, 3, 1.0), (3, ROUNDS, 0.0))
        ]
        lost = _lost(house)
    error = next((one.error for one in felt if one.error), lost)
    for told, one in (("within a second", felt[1]), ("in one instant", felt[2])):
        what = f"{WAVE}, {PEOPLE} people clap {told}"
        yield Goal(f"{what}: a clap, p95 (p50 {one.clap_p50:.0f} ms)", one.clap_p95, "ms", SOON, error)
        yield Goal(f"{what}: the number on every page", one.heard, "ms", SHOWN, error)


def _sessions(house: Crowd) -> list[str]:
    """Open a browser for each person."""
    names = [SESSION.format(number) for number in range(PEOPLE)]
    with psycopg.connect(house.url, autocommit=True) as connection:
        rows = [(digest(name), f"{FOLLOWER}_{number}") for number, name in enumerate(names)]
        connection.cursor().executemany(OPEN, rows)
    return names


def _victory(house: Crowd, number: int) -> int:
    """Write a victory, and have its wave opened."""
    said = {"status": f"Victoire {number} : tout le monde a dîné chaud.", "salledepause": {"kind": "victory"}}
    headers = {"Authorization": f"Bearer {house.author}"}
    made = int(httpx.post(f"{house.server.origin}/api/v1/statuses", json=said, headers=headers).json()["id"])
    opener = {"Authorization": f"Bearer {house.tokens[PEOPLE]}"}
    httpx.post(f"{house.server.origin}/api/salledepause/v1/statuses/{made}/wave", headers=opener).raise_for_status()
    return made


def _lost(house: Crowd) -> str:
    """Return what is not as it should be: each clap is there once, and counted once against what each has to give."""
    with psycopg.connect(house.url) as connection:
        claps = connection.execute("SELECT count(*) FROM claps").fetchone()
        days = connection.execute("SELECT min(given), max(given) FROM clap_days").fetchone()
    wanted = (PEOPLE + 1) * ROUNDS
    right = claps == (wanted,) and days == (ROUNDS, ROUNDS)
    return "" if right else f"{claps} claps of {wanted}; given {days}"
