"""The texts that the engine learns from, written by hand for it; what they are measured on is elsewhere, and never read here."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from salledepause.features.language.model import Card, Example, Mention
from salledepause.features.language.shapes import Mark

SITTING = 40
"""Texts that were written in one go, and are left out together: who writes repeats himself."""


class Remarks(NamedTuple):
    """Cards, what is said of them, what nearly is (by the id of the card), and what has nothing to do with any."""

    cards: tuple[Card, ...]
    examples: tuple[Example, ...]
    near: tuple[Example, ...]
    noise: tuple[str, ...]


class Told(NamedTuple):
    """A mention, and what it does according to who wrote it."""

    mention: Mention
    kind: str
    hostile: bool
    target: str
    zone: str


class Post(NamedTuple):
    """A post, whether it lets somebody be recognised, and its parts that identify."""

    text: str
    label: str
    marks: tuple[Mark, ...]


def own() -> Path:
    """Return the folder of what the package learns from."""
    return Path(str(files("salledepause.features.language") / "fixtures"))


def digest(folder: Path) -> str:
    """Return what changes with any text of a folder: weights of texts are of no use with others."""
    made = sha256()
    for path in sorted(folder.glob("*/*.jsonl")):
        made.update(sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Give the records of a file of JSON lines; none where there is no such file."""
    if path.is_file():
        yield from (msgspec.json.decode(line) for line in path.read_bytes().splitlines() if line.strip())


def remarks(folder: Path) -> Remarks:
    """Read `cards.jsonl`, `examples.jsonl`, `near.jsonl` and `noise.jsonl`, of which the last may be missing."""
    return Remarks(
        tuple(Card(one["id"], one["remark"], one.get("answer", "")) for one in lines(folder / "cards.jsonl")),
        tuple(Example(one["remark"], one["text"]) for one in lines(folder / "examples.jsonl")),
        tuple(Example(one["near"], one["text"]) for one in lines(folder / "near.jsonl")),
        tuple(one["text"] for one in lines(folder / "noise.jsonl")),
    )


def mentions(folder: Path) -> tuple[list[Told], list[int]]:
    """Read `mentions.jsonl` and `pairs.jsonl`; return mentions, and the group of each: the same words are of one group."""
    told = [_told(one) for one in lines(folder / "mentions.jsonl")]
    groups = list(range(len(told)))
    first: dict[int, int] = {}
    for pair in lines(folder / "pairs.jsonl"):
        if "line_a" in pair:
            kept, moved = groups[pair["line_a"] - 1], groups[pair["line_b"] - 1]
            groups = [kept if group == moved else group for group in groups]
        else:
            groups.append(first.setdefault(pair["pair"], len(told)))
            told.append(_told(pair))
    return told, groups


def plain(folder: Path) -> list[Told]:
    """Read `plain.jsonl`: what most people say most of the time, kindly and in few words; none where there is no such file."""
    return [_told(one) for one in lines(folder / "plain.jsonl")]


def _told(one: dict[str, Any]) -> Told:
    return Told(Mention(one["text"], one["to"], one["relation"]), one["kind"], one["hostile"], one["target"], one["zone"])


def posts(folder: Path) -> list[Post]:
    """Read `posts.jsonl`."""
    return [
        Post(one["text"], one["label"], tuple(Mark(part["start"], part["end"], part["kind"]) for part in one["spans"]))
        for one in lines(folder / "posts.jsonl")
    ]


def by_sitting(groups: list[int], parts: int) -> NDArray[np.int64]:
    """Return in which of so many parts each text is, sitting by sitting; of few texts a sitting is shorter."""
    sitting = np.array(groups) // min(SITTING, 1 + len(groups) // (2 * parts))
    made: NDArray[np.int64] = np.random.default_rng(7).permutation(int(sitting.max()) + 1)[sitting] % parts
    return made
