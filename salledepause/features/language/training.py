"""Learns everything anew from the texts that come with the package, always in the same order and with the same chances."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import (
    desk_training,
    fixtures,
    guard_training,
    ngrams,
    shelf,
    shield_training,
    static,
)
from salledepause.features.language.bundled import beginnings
from salledepause.features.language.encoder import Encoder, Reader, by_folder, by_package
from salledepause.features.language.shelf import Arrays
from salledepause.features.language.static import Table
from salledepause.kernel.errors import BadInput

MOST_WORDS = 5_000


class Lesson(NamedTuple):
    """What is learned from, and by which encoder."""

    source: Path | None = None
    """A folder of texts; else the package's own."""
    into: Path | None = None
    """Where to write; else where what comes with the package is."""
    words: bool = False
    """Whether the table of words is distilled again."""
    model: Path | None = None
    """A folder of another encoder; else the bundled one."""


def write(lesson: Lesson, told: Callable[[str], None]) -> list[tuple[str, int]]:
    """Learn and write files; return their names and bytes. Raises BadInput."""
    if lesson.model and not lesson.into:
        raise BadInput("Dites où ranger ce qui est appris avec un autre modèle (--into).")
    reader = by_folder(lesson.model) if lesson.model else by_package()
    if reader is None:
        raise BadInput("Pas d'encodeur pour cette machine : apprenez sur Linux x86-64.")
    folder, source = lesson.into or shelf.folder(), lesson.source or fixtures.own()
    made = learn(source, reader, told, lesson.words)
    if lesson.into:
        made.setdefault("table", shelf.kept(shelf.folder() / "table.npz"))
    for name, arrays in made.items():
        shelf.keep(folder / f"{name}.npz", arrays)
    if lesson.into:
        model, texts = (str(one.resolve()) if one else None for one in (lesson.model, lesson.source))
        shelf.sign(folder, shelf.Signed(model, texts, reader.name, fixtures.digest(source)))
    return [(path.name, path.stat().st_size) for path in sorted(folder.glob("*.npz"))]


def learn(source: Path, reader: Reader, told: Callable[[str], None], words: bool) -> dict[str, Arrays]:
    """Return what is learned from a folder of texts, by the name of its file; with `words`, the table of words too."""
    made: dict[str, Arrays] = {}
    table = stored_table(shelf.kept(shelf.folder() / "table.npz")) if not words else None
    if table is None:
        told("words")
        made["table"], table = _table(source, reader)
    told("remarks")
    remarks, more = (fixtures.remarks(source / name) for name in ("remarks", "wordings"))
    made["remarks"] = desk_training.learn(remarks, more, table, reader, told)
    told("mentions")
    made["mentions"] = shield_training.learn(*fixtures.mentions(source / "mentions"), table, reader, told)
    told("posts")
    made["posts"] = guard_training.learn(fixtures.posts(source / "posts"), table, reader, told)
    return made


def _table(source: Path, encoder: Encoder) -> tuple[Arrays, Table]:
    """Distil the words of all texts, and of those that the encoder knows whole the ones that look French, as they are written."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(source.glob("*/*.jsonl")):
        for one in fixtures.lines(path):
            for word in ngrams.words(f"{one.get('text', '')} {one.get('remark', '')} {one.get('answer', '')}".lower()):
                written[ngrams.plain(word)][word] += 1
    counts = {word: sum(ways.values()) for word, ways in written.items()}
    known = [way for ways in written.values() for way in ways if way.isalpha()]
    for word in static.french(beginnings(), known, MOST_WORDS):
        written.setdefault(ngrams.plain(word), Counter({word: 1}))
    said = sorted(written)
    encoded = encoder.encode([max(sorted(written[word]), key=written[word].__getitem__) for word in said])
    table = static.distilled(said, encoded, counts)
    return packed_table(table), table


def packed_table(table: Table) -> Arrays:
    """Return a table of words as it is kept."""
    return {"words": shelf.listed(list(table.places)), "vectors": table.vectors, "scale": np.array(table.scale)}


def stored_table(held: Mapping[str, NDArray[np.generic]]) -> Table:
    """Return a table of words as it was kept."""
    said = shelf.unlisted(held["words"])
    return Table({word: at for at, word in enumerate(said)}, held["vectors"].astype(np.int8), float(held["scale"]))
