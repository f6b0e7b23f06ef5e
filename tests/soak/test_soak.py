"""A minute of everything at once, while web processes and the worker are killed: nothing is lost, doubled or half there."""

from __future__ import annotations

import os
from pathlib import Path

from soak.run import Plan, soak

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
SEED = 3984


async def test_a_minute(tmp_path: Path) -> None:
    outcome = await soak(Plan(tmp_path, SECONDS, SEED, people=16, pause=0.1))
    assert outcome.problems == []
    assert outcome.killed >= SECONDS / 10
    assert min(outcome.done[way] for way in ("post", "answer", "favour", "boost", "edit", "erase", "tie", "quarrel", "read")) > 0
    assert outcome.done["cut"] >= outcome.killed / 4
    assert outcome.done["heard"]
    assert outcome.posts
    assert outcome.told
