"""What was learned, loaded once when it is first needed, and the calls that others make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import desks, fixtures, guards, measuring, shelf, shields, tagger, training
from salledepause.features.language import encoder as encoders
from salledepause.features.language.desks import Desk, Judge
from salledepause.features.language.encoder import Encoder
from salledepause.features.language.guards import Guard
from salledepause.features.language.measuring import Space
from salledepause.features.language.model import RELATIONS, Card, Example, Mention, MentionVerdict, RemarkVerdict, SecretVerdict
from salledepause.features.language.ridge import Softmax
from salledepause.features.language.shields import FRIEND, OF_RELATION, Shield
from salledepause.features.language.static import Table

Held = Mapping[str, NDArray[np.generic]]


class Engine:
    """What was learned, in a folder; each part is read when it is first asked for."""

    def __init__(self, encoder: Encoder | None, folder: Path | None = None) -> None:
        """Take an encoder, or none for the first pass alone, and where what was learned is."""
        self.encoder = encoder
        self._folder = folder or shelf.folder()
        self._way = "first" if encoder is None else "second"

    def _kept(self, name: str) -> Held:
        return shelf.kept(self._folder / f"{name}.npz")

    @cached_property
    def table(self) -> Table:
        """The words."""
        return training.stored_table(self._kept("table"))

    @cached_property
    def judge(self) -> Judge:
        """Of remarks."""
        held, told = self._kept("remarks"), fixtures.remarks(fixtures.own() / "remarks")
        second = self.encoder is not None
        whitened, rarity = _rows(held["within"]), _rows(held["rarity"])
        space = Space(_rows(held["mean"]), whitened, rarity, self.table, _shares(second), training.BEND)
        known = measuring.points(space, training.heard(told), None)
        if second:
            known = known._replace(meanings=shelf.unpacked(held["meanings_bits"], held["meanings_scale"]))
        sure = Softmax(*(held[f"{self._way}_{part}"].astype(np.float64) for part in Softmax._fields))
        others = training.taken(known, training.others(told))
        weights, usual, bar = (held[f"{self._way}_{part}"] for part in ("voice", "usual", "bar"))
        return Judge(space, others, desks.voiced(space, known, _rows(weights), float(usual)), sure, float(bar))

    @cached_property
    def shield(self) -> Shield:
        """Of mentions."""
        held, (told, _) = self._kept("mentions"), fixtures.mentions(fixtures.own() / "mentions")
        said = [one.mention for one in told]
        shares = (1.0, 0.0, 0.6) if self.encoder else (0.0, 0.5, 0.6)
        mean = _rows(held["mean"])
        space = Space(mean, np.eye(len(mean), dtype=np.float32), _rows(held["rarity"]), self.table, shares)
        given = shields.read(space, said, None)
        middle, scale = held["middle"].astype(np.float64), held["scale"].astype(np.float64)
        signs = shields.standard(given.signs, middle, scale).astype(np.float32)
        weights = _rows(held[f"{self._way}_weights"])
        friends = given.relations == FRIEND
        each = [weights * (shields.TOGETHER + shields.APART * (friends == whose))[:, None] for whose in (False, True)]
        same = np.array([OF_RELATION * weights[given.relations == at].sum(axis=0) for at in range(len(RELATIONS))])
        meanings = shelf.unpacked(held["meanings_bits"], held["meanings_scale"])
        return Shield(
            space,
            middle,
            scale,
            np.stack([meanings.T @ one for one in each]),
            np.stack([given.points.said.T @ one for one in each]),
            np.stack([training.transposed(given.points.letters, one).astype(np.float16) for one in each]),
            np.stack([signs.T @ one for one in each]),
            (same + held[f"{self._way}_usual"]).astype(np.float32),
            float(held[f"{self._way}_bar"]),
            tuple(map(float, held[f"{self._way}_slope"])),  # type: ignore[arg-type]
        )

    @cached_property
    def guard(self) -> Guard:
        """Of what lets somebody be recognised."""
        held = self._kept("posts")
        return Guard(
            tagger.unpacked(held),
            _rows(held["rarity"]),
            held["mean"].astype(np.float64),
            held["scale"].astype(np.float64),
            shelf.unpacked(held["letters_bits"], held["letters_scale"]),
            _rows(held["said"]),
            self.table,
            held["measured"].astype(np.float64),
            held["weights"].astype(np.float64),
            held["usual"].astype(np.float64),
            float(held["bar"]),
            tuple(map(float, held["slope"])),  # type: ignore[arg-type]
        )


def _rows(held: NDArray[np.generic]) -> NDArray[np.float32]:
    return held.astype(np.float32)


def _shares(second: bool) -> tuple[float, float, float]:
    return training.SECOND if second else training.FIRST


@cache
def quick() -> Engine:
    """Return the first pass alone: what a web process may hold."""
    return Engine(None)


@cache
def full() -> Engine:
    """Return both passes, where there is an encoder for this machine; else the first alone."""
    return Engine(encoders.bundled())


def desk(cards: Sequence[Card], examples: Sequence[Example], engine: Engine | None = None) -> Desk:
    """Learn which texts are the remark of which card; to be learned again with every confirmed text."""
    with_ = engine or full()
    return desks.desk(with_.judge, with_.encoder, cards, examples)


def remarks(desk_: Desk, texts: Sequence[str]) -> list[RemarkVerdict]:
    """Return which card answers each text, None when that is not sure, and the three nearest."""
    return desks.look(desk_, texts)


def mentions(given: Sequence[Mention], engine: Engine | None = None) -> list[MentionVerdict]:
    """Return what each mention does to whom it is sent."""
    with_ = engine or full()
    return shields.judge(with_.shield, with_.guard, with_.encoder, given) if given else []


def secret(text: str, engine: Engine | None = None) -> SecretVerdict:
    """Return whether a text lets somebody be recognised, and by which of its parts."""
    return guards.look((engine or quick()).guard, text)
