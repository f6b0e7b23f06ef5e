"""What was learned, loaded once when it is first needed, and the calls that others make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import (
    additions,
    desk_training,
    desks,
    fixtures,
    guards,
    measuring,
    shelf,
    shields,
    tagger,
    training,
    transformer,
)
from salledepause.features.language import encoder as encoders
from salledepause.features.language.cores import on_one_core
from salledepause.features.language.desks import Desk, Judge
from salledepause.features.language.encoder import Encoder, Reader, Remembering, Tuned
from salledepause.features.language.guards import Guard, Heard
from salledepause.features.language.model import Card, Example, Mention, MentionVerdict, RemarkVerdict, SecretVerdict
from salledepause.features.language.ridge import Softmax
from salledepause.features.language.shelf import Signed
from salledepause.features.language.shields import Second, Shield
from salledepause.features.language.static import Table
from salledepause.features.language.transformer import Rows
from salledepause.kernel.errors import BadInput

Held = Mapping[str, NDArray[np.generic]]


TUNED = ("mentions", "remarks", "posts")


class _Readers(NamedTuple):
    """Who reads what in the second pass."""

    mentions: Second
    remarks: Encoder
    head: Rows
    """What tells remarks from what they are read as."""
    posts: Heard


class Engine:
    """What was learned, in a folder; each part is read when it is first asked for."""

    def __init__(self, reader: Reader | None, folder: Path | None = None, source: Path | None = None) -> None:
        """Take an encoder, or none for the first pass alone, and where what was learned is, and from which texts."""
        self._reader = reader
        self._folder, self._source = folder or shelf.folder(), source or fixtures.own()
        self._way = "first" if reader is None else "second"

    def _kept(self, name: str, prefix: str = "") -> Held:
        return shelf.kept(self._folder / f"{name}.npz", prefix)

    @property
    def table(self) -> Table:
        """The words."""
        return _table(self._folder)

    @cached_property
    def _second(self) -> _Readers | None:
        """Who reads in the second pass: the same weights, to which other numbers are added."""
        if self._reader is None:
            return None
        told, given, posts = (additions.unpacked(self._kept(name, "tuned_")) for name in TUNED)
        model = self._reader.model()
        brief = transformer.shallow(model, self._reader.depth)
        additions.settle(brief, told)
        remarks, heard = (Tuned(self._reader, model, one.voices[0], additions.instead(one, told)) for one in (given, posts))
        mentions = Second(self._reader.cut, brief, told._replace(layers=()))
        return _Readers(mentions, Remembering(remarks), given.head, Heard(heard, posts.head))

    @cached_property
    def judge(self) -> Judge:
        """Of remarks."""
        held, told = self._kept("remarks"), fixtures.remarks(self._source / "remarks")
        kept, mean, second = desk_training.parted(told, desk_training.LEFT).kept, _rows(held["mean"]), self._second
        space = desk_training.plain(mean, _rows(held["rarity"]), self.table)
        known = measuring.points(space, desk_training.spoken(kept))
        voice = desks.voiced(space.shares, known, _rows(held["voice"]), float(held["usual"]))
        others = desk_training.taken(known, desk_training.others(kept))
        if second:
            space = space._replace(encoder=second.remarks, head=second.head, shares=desk_training.SECOND)
            others = others._replace(meanings=shelf.unpacked(held["meanings_bits"], held["meanings_scale"]))
        return Judge(space, others, voice, _softmax(held, self._way), float(held[f"{self._way}_bar"]))

    @cached_property
    def shield(self) -> Shield:
        """Of mentions."""
        held = self._kept("mentions")
        words, heaviest, signs, relation = (_rows(held[f"first_{part}"]) for part in ("words", "heaviest", "signs", "relation"))
        return Shield(
            self.table,
            _rows(held["rarity"]),
            held["middle"].astype(np.float64),
            held["scale"].astype(np.float64),
            words,
            held["first_letters"].astype(np.int8),
            heaviest,
            signs,
            relation,
            self._second and self._second.mentions,
            _softmax(held, f"{self._way}_sure"),
            float(held[f"{self._way}_bar"]),
        )

    @cached_property
    def guard(self) -> Guard:
        """Of what lets somebody be recognised."""
        first = _guard(self._folder)
        if self._second is None:
            return first
        held = self._kept("posts", "second_")
        return first._replace(second=self._second.posts, sure=_softmax(held, "sure"), bar=float(held["bar"]))


@cache
def _table(folder: Path) -> Table:
    """Return the words of a folder, which both passes share."""
    return training.stored_table(shelf.kept(folder / "table.npz"))


@cache
def _guard(folder: Path) -> Guard:
    """Return what tells by the first pass, of a folder, what lets somebody be recognised; the second has it too."""
    held = shelf.kept(folder / "posts.npz")
    return Guard(
        tagger.unpacked(held),
        _rows(held["rarity"]),
        held["mean"].astype(np.float64),
        held["scale"].astype(np.float64),
        shelf.unpacked(held["letters_bits"], held["letters_scale"]),
        _rows(held["said"]),
        _table(folder),
        _rows(held["measured"]),
        _rows(held["weights"]),
        held["usual"].astype(np.float64),
        None,
        _softmax(held, "first_sure"),
        float(held["first_bar"]),
    )


def _rows(held: NDArray[np.generic]) -> NDArray[np.float32]:
    return held.astype(np.float32)


def _softmax(held: Held, name: str) -> Softmax:
    return Softmax(*(held[f"{name}_{part}"].astype(np.float64) for part in Softmax._fields))


@cache
def quick() -> Engine:
    """Return the first pass alone: what a web process may hold."""
    return Engine(None)


def full() -> Engine:
    """Return both passes, where there is an encoder for this machine; else the first alone."""
    return _Chosen.engine or _packaged()


def choose(folder: Path | None) -> Engine:
    """Have `full` be what was learned in a folder, in this process; None: what comes with the package. Return it.

    Raises BadInput where nothing was learned there, or the model or the texts are no longer what they were.
    """
    _Chosen.engine = None if folder is None else _learned(folder)
    return full()


class _Chosen:
    """A setting of this process: what `full` is."""

    engine: Engine | None = None


@cache
def _packaged() -> Engine:
    return Engine(encoders.by_package())


def check(folder: Path) -> Signed:
    """Return with what a folder was learned. Raises BadInput where nothing was, or the texts are no longer those."""
    signed = shelf.signed(folder)
    if signed.texts != fixtures.digest(_source(signed)):
        raise BadInput("Les textes ont changé depuis que {folder} a été appris : apprenez à nouveau.", folder=folder)
    return signed


def _source(signed: Signed) -> Path:
    return Path(signed.source) if signed.source else fixtures.own()


def _learned(folder: Path) -> Engine:
    signed = check(folder)
    found = encoders.by_folder(Path(signed.model)) if signed.model else encoders.by_package()
    if found is None or found.name != signed.encoder:
        raise BadInput("Le modèle n'est plus celui avec lequel {folder} a été appris : apprenez à nouveau.", folder=folder)
    return Engine(found, folder, _source(signed))


def desk(cards: Sequence[Card], examples: Sequence[Example], engine: Engine | None = None) -> Desk:
    """Learn which texts are the remark of which card; to be learned again with every confirmed text."""
    with_ = engine or full()
    return desks.desk(with_.judge, cards, examples)


def remarks(desk_: Desk, texts: Sequence[str]) -> list[RemarkVerdict]:
    """Return which card answers each text, None when that is not sure, and the three nearest."""
    with on_one_core():
        return desks.look(desk_, texts)


def mentions(given: Sequence[Mention], engine: Engine | None = None) -> list[MentionVerdict]:
    """Return what each mention does to whom it is sent."""
    with_ = engine or full()
    with on_one_core():
        return shields.judge(with_.shield, with_.guard, given) if given else []


def secret(text: str, engine: Engine | None = None) -> SecretVerdict:
    """Return whether a text lets somebody be recognised, and by which of its parts."""
    with on_one_core():
        return guards.look((engine or quick()).guard, text)
