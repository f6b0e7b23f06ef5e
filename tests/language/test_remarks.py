"""How wordings are compared is learned on some cards and holds for others; words are told French by their spelling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import desks, fixtures, measuring, metric, ngrams, static
from salledepause.features.language.encoder import beginnings
from salledepause.features.language.measuring import Points, Space
from salledepause.features.language.static import Table

OWN = fixtures.own()
WIDTH, CARDS, SAID = 24, 40, 12


def told() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return wordings of cards that differ in eight directions, and by chance, much more, in the others."""
    chance = np.random.default_rng(4)
    middles = np.hstack([chance.normal(size=(CARDS, 8)), np.zeros((CARDS, WIDTH - 8))])
    owners = np.repeat(np.arange(CARDS), SAID)
    noise = chance.normal(size=(CARDS * SAID, WIDTH)) * np.where(np.arange(WIDTH) < 8, 0.4, 1.6)
    return measuring.unit((middles[owners] + noise).astype(np.float32)), owners


def right(given: NDArray[np.float32], owners: NDArray[np.int64], cards: range) -> float:
    """Return how often the nearest mean of five wordings is that of the card, the other wordings asked."""
    rows = [given[owners == card] for card in cards]
    means = measuring.unit(np.stack([row[:5].mean(axis=0) for row in rows]))
    return float(np.mean([(row[5:] @ means.T).argmax(axis=1) == at for at, row in enumerate(rows)]))


def test_what_is_sharpened_on_some_cards_serves_others() -> None:
    given, owners = told()
    wordings = [np.flatnonzero(owners == card) for card in range(30)]
    nothing = [np.zeros(0, np.int64)] * 30
    turn = metric.sharpened(given, wordings, nothing, 200)
    others = range(30, CARDS)
    assert right(measuring.unit(given @ turn), owners, others) > right(given, owners, others) + 0.1
    assert np.array_equal(turn, metric.sharpened(given, wordings, nothing, 200))


def test_near_misses_are_kept_away() -> None:
    given, owners = told()
    missed = measuring.unit(given[:60] + np.eye(WIDTH, dtype=np.float32)[20] * 2)
    rows, places = np.vstack([given, missed]), [len(given) + np.flatnonzero(owners[:60] == card) for card in range(5)]
    wordings = [np.flatnonzero(owners == card) for card in range(5)]
    turn = metric.sharpened(rows, wordings, places, 200)

    def gap(made: NDArray[np.float32]) -> float:
        middles = [made[own].mean(axis=0) for own in wordings]
        return float(
            np.mean(
                [
                    (made[own] @ at).mean() - (made[off] @ at).mean()
                    for own, off, at in zip(wordings, places, middles, strict=True)
                ]
            )
        )

    assert gap(measuring.unit(rows @ turn)) > gap(rows)


def test_a_voice_that_is_summed_says_what_its_texts_say() -> None:
    texts = [one.text for one in fixtures.remarks(OWN / "remarks").examples[:30]]
    rarity = ngrams.rarities([ngrams.hashed(ngrams.plain(text)) for text in texts])
    table = Table({"parking": 0, "nuit": 1}, np.array([[1, 2], [3, -1]], np.int8), 1.0)
    space = Space(np.zeros(4, np.float32), np.eye(4, dtype=np.float32), rarity, table, (2.0, 0.5, 0.4), 2.0)
    meanings = measuring.unit(np.random.default_rng(2).normal(size=(30, 4)).astype(np.float32))
    every = measuring.points(space, texts, None)._replace(meanings=meanings)
    weights = np.linspace(-1, 1, 30, dtype=np.float32)[:, None]
    summed = desks.sounding(space, desks.voiced(space, every, weights, 0.3), every)
    assert np.allclose(summed, measuring.nearness(space, every, every) @ weights[:, 0] + 0.3, atol=1e-4)
    bare = Points(np.zeros((30, 0), np.float32), every.said, every.letters)
    assert desks.sounding(space, desks.voiced(space, bare, weights, 0.0), bare).shape == (30,)


def test_words_are_told_french_by_their_spelling() -> None:
    known = {
        word for one in fixtures.remarks(OWN / "remarks").examples for word in ngrams.words(one.text.lower()) if word.isalpha()
    }
    asked = ["krankenhaus", "quotidiennement", "szpital", "renseignements", "ziekenhuis", "Paris", "chaussures", "sjukhus", "x1"]
    assert set(static.french(asked, known, 3)) == {"quotidiennement", "renseignements", "chaussures"}
    assert {"hôpital", "nuit", "malade"} <= set(beginnings())
