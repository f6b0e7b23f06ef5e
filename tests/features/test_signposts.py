"""Where requests that went astray go, measured: what is proposed is nearly always right, and a chat is left alone.

`signposts_tuned.tsv` holds what the words were tuned on. The unseen part are the mentions that others wrote for the language
engine: each request among them was given its signpost by hand once the words were settled, and none was changed since.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from salledepause.features import signposts

HERE = Path(__file__).parent
UNSEEN = HERE.parent / "language" / "unseen" / "mentions"
NONE = "-"


class Figures(NamedTuple):
    """Shares: of what was proposed, how much is right; of requests, how many got the right one, or have it among three."""

    precision: float
    recall: float
    among_three: float
    for_nothing: float
    """Of what is no request."""


def told(file: Path) -> list[tuple[str, str]]:
    """Return (key of a signpost, or none, text)."""
    lines = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    return [(key, text) for key, text in lines]


def others() -> list[tuple[str, str]]:
    """Return the mentions of others that ask for nothing which goes elsewhere."""
    lines = [json.loads(line) for line in (UNSEEN / "mentions.jsonl").read_text("utf-8").splitlines()]
    return [(NONE, one["text"]) for one in lines if one["kind"] != "misdirected_request"]


def figures(asked: list[tuple[str, str]]) -> Figures:
    """Measure the signposts that the house comes with."""
    known = list(signposts.defaults().values())
    read = [(key, signposts.read(known, text)) for key, text in asked]
    proposed = [(key, one.proposed.key) for key, one in read if one.proposed]
    wanted = [(key, one) for key, one in read if key != NONE]
    right = sum(key == said for key, said in proposed)
    near = sum(key in {post.key for post in one.near} for key, one in wanted)
    idle = sum(key == NONE for key, _ in proposed)
    shares = right / len(proposed), right / max(1, len(wanted)), near / max(1, len(wanted))
    return Figures(*shares, idle / max(1, len(read) - len(wanted)))


def test_every_text_names_a_signpost_that_there_is() -> None:
    for name in ("signposts_tuned.tsv", "signposts_unseen.tsv"):
        assert {key for key, _ in told(HERE / name)} - signposts.defaults().keys() <= {NONE}


def test_what_was_tuned_on_is_known() -> None:
    reached = figures(told(HERE / "signposts_tuned.tsv")[::4])  # one in four: the rest takes its time
    assert reached.precision >= 0.95, reached
    assert reached.recall >= 0.85, reached


def test_what_others_wrote_is_sent_where_it_goes_or_left_alone() -> None:
    reached = figures(told(HERE / "signposts_unseen.tsv"))
    assert reached.precision >= 0.7, reached
    assert reached.recall >= 0.45, reached
    assert reached.among_three >= 0.85, reached
    assert figures(others()).for_nothing <= 0.04
