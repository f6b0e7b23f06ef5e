"""What is summed once says what its texts say; words are told French by their spelling."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from salledepause.features import language
from salledepause.features.language import desk_training, desks, fixtures, measuring, ngrams, static, training
from salledepause.features.language.bundled import beginnings
from salledepause.features.language.desks import Judge
from salledepause.features.language.measuring import Space
from salledepause.features.language.static import Table

OWN = fixtures.own()


def test_a_voice_that_is_summed_says_what_its_texts_say() -> None:
    texts = [one.text for one in fixtures.remarks(OWN / "remarks").examples[:30]]
    rarity = ngrams.rarities([ngrams.hashed(ngrams.plain(text)) for text in texts])
    table = Table({"parking": 0, "nuit": 1}, np.array([[1, 2], [3, -1]], np.int8), 1.0)
    space = Space(None, np.zeros(4, np.float32), np.zeros((5, 1), np.float32), rarity, table, (2.0, 0.5, 0.4), 2.0)
    every = measuring.points(space, texts)
    weights = np.linspace(-1, 1, 30, dtype=np.float32)[:, None]
    summed = desks.sounding(desks.voiced(space.shares, every, weights, 0.3), every)
    assert np.allclose(summed, measuring.nearness(space, every, every) @ weights[:, 0] + 0.3, atol=1e-4)


def test_what_an_encoder_hears_is_told_of_what_it_makes_of_texts() -> None:
    head = np.arange(27, dtype=np.float32)[:, None]
    rarity, table = np.ones(ngrams.BUCKETS, np.float32), Table({}, np.zeros((0, 2), np.int8), 1.0)
    space = Space(Spelled(), np.full(26, 0.1, np.float32), head, rarity, table, (1.0, 0.0, 0.0))
    points = measuring.points(space, ["bb", "c", ""])
    assert points.sounds == pytest.approx([2 + 32.5 + 26, 2 + 32.5 + 26, 32.5 + 26], rel=1e-4)
    near = measuring.nearness(space, points, points)
    assert near[0] == pytest.approx([1, 0, 0], abs=1e-4)
    assert measuring.points(space, []).meanings.shape == (0, 26)
    assert measuring.points(space._replace(encoder=None), ["bb"]).sounds.tolist() == [0]


def test_a_desk_without_cards_is_silent_with_an_encoder_too() -> None:
    rarity, table = np.ones(ngrams.BUCKETS, np.float32), Table({}, np.zeros((0, 2), np.int8), 1.0)
    space = Space(Spelled(), np.full(26, 0.1, np.float32), np.zeros((27, 1), np.float32), rarity, table, (1.0, 0.0, 0.0))
    others = measuring.points(space, ["bb", "c"])
    judge = Judge(space, others, desks.voiced(space.shares, others, np.zeros((2, 1), np.float32), 0.0), desk_training.UNSURE, 1.0)
    (found,) = desks.look(desks.desk(judge, [], []), ["bb"])
    assert (found.card, found.candidates) == (None, ())


def test_words_are_told_french_by_their_spelling() -> None:
    known = {
        word for one in fixtures.remarks(OWN / "remarks").examples for word in ngrams.words(one.text.lower()) if word.isalpha()
    }
    asked = ["krankenhaus", "quotidiennement", "szpital", "renseignements", "ziekenhuis", "Paris", "chaussures", "sjukhus", "x1"]
    assert set(static.french(asked, known, 3)) == {"quotidiennement", "renseignements", "chaussures"}
    assert {"nuit", "bonne", "journée"} <= set(beginnings())


class Spelled:
    """An encoder for tests: how often each letter of a plain text occurs."""

    name = "spelled"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[text.count(chr(97 + at)) + 0.1 for at in range(26)] for text in texts], np.float32)


def test_a_table_is_distilled_from_texts_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "beginnings", lambda: beginnings()[:2000])
    (tmp_path / "remarks").mkdir()
    (tmp_path / "remarks" / "one.jsonl").write_text(
        '{"text": "La nuit, l’hôpital dort. La nuit !"}\n{"remark": "Hôpital"}\n', "utf-8"
    )
    arrays, table = training._table(tmp_path, Spelled())  # noqa: SLF001 - distilled from few words, by a quick encoder
    assert {"la", "nuit", "hopital", "dort"} <= set(table.places)
    assert len(table.places) <= training.MOST_WORDS + 10
    assert training.stored_table(arrays).places == table.places
    one, again, other = table.encode(["La nuit", "la NUIT", "dort"])
    assert one @ again > one @ other


def test_only_the_same_words_are_certain() -> None:
    cards = [language.Card("a", "Le parking est trop cher."), language.Card("b", "On attend trop aux urgences.")]
    known = [
        ("a", "le parking est hors de prix"),
        ("b", "huit heures d'attente"),
        ("a", "encore une journée perdue"),
        ("b", "Encore une journée perdue !"),
    ]
    desk = language.desk(cards, [language.Example(*one) for one in [*known, ("a", "ah bon")]], language.quick())
    same = ["LE PARKING EST HORS DE PRIX !!", "Huit heures d’attente…", "on attend trop aux urgences"]
    assert [one.card for one in language.remarks(desk, same)] == ["a", "b", "b"]
    other = [
        "le parking n'est pas hors de prix",
        "le parking est hors de prix ?",
        "encore une journée perdue",
        "ah bon",
        "",
        "!!!",
    ]
    assert [one.card for one in language.remarks(desk, other)] == [None] * 6


def test_a_known_wording_is_answered_and_another_is_not() -> None:
    cards = [language.Card("a", "Le parking est trop cher."), language.Card("b", "On attend trop aux urgences.")]
    said = "douze balles la journée pour venir voir ma mère, merci la barrière"
    desk = language.desk(cards, [language.Example("a", said)], language.quick())
    same, other = language.remarks(desk, [said, "La barrière du parking est en panne, qui prévenir ?"])
    assert same.card == "a"
    assert other.card is None
    assert len(other.candidates) == 2
