"""A long text as a thread, and the language that it seems to be in: properties over what people, and nobody, type."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salledepause.features.posts import SHOWN, cut, joined
from salledepause.kernel import tongues
from salledepause.kernel.text import clean, length, scan

NUMBER = re.compile(r" (\d+)/(\d+)$")
FAMILY = "👨‍👩‍👧‍👦"
WORDS = [
    "garde",
    "nuit,",
    "calme.",
    "Oui !",
    "M. le",
    "« mot »",
    "https://exemple.org/" + "a/" * 30,
    "@nuit_calme",
    "#santé",
    ":cafe:",
]
WORDS += [FAMILY, "🇫🇷", "e\u0301", "\n", "\n\n", "xhttp://a.b", "a@b", "1/4", "l'infirmière", "http://user:", "@", "#", "http"]
texts = st.lists(st.sampled_from(WORDS), max_size=160).map(" ".join) | st.lists(st.sampled_from(WORDS), max_size=160).map("".join)
texts |= st.text(max_size=600)


def pieces(parts: tuple[str, ...]) -> list[str]:
    return [NUMBER.sub("", part) for part in parts] if len(parts) > 1 else list(parts)


def solid(text: str) -> str:
    return re.sub(r"[\s\u200b\u2060\ufeff]", "", text)


@given(texts, st.integers(60, 280))
@example("a" * 279 + "@nuit_calme" + "b" * 100, 280)
@example(FAMILY * 700, 280)
def test_a_text_is_cut_and_nothing_is_lost(typed: str, most: int) -> None:
    parts = cut(typed, most)
    assert solid("".join(pieces(parts))) == solid(clean(typed))
    assert all(length(part) <= most for part in parts)
    assert len(parts) == 1 or all(pieces(parts))
    assert [NUMBER.search(part)[0] for part in parts if len(parts) > 1] == [  # type: ignore[index]
        f" {place}/{len(parts)}" for place in range(1, len(parts) + 1) if len(parts) > 1
    ]


@given(texts)
def test_no_link_mention_or_tag_is_cut_nor_made(typed: str) -> None:
    whole, parts = scan(clean(typed)), [scan(part) for part in cut(typed)]
    assert {one for part in parts for one in part.mentions} == set(whole.mentions)
    assert {one for part in parts for one in part.links} == set(whole.links)
    assert {one for part in parts for one in part.emojis} == set(whole.emojis)


def test_it_is_cut_where_sentences_end() -> None:
    parts = cut("Une phrase de la nuit qui se termine. " * 30)
    assert len(parts) == 5
    assert all(one.endswith("termine.") for one in pieces(parts))
    assert parts[0].endswith("termine. 1/5")
    assert joined(parts) == clean("Une phrase de la nuit qui se termine. " * 30)


def test_without_sentences_it_is_cut_between_words() -> None:
    words = [f"mot{number}" for number in range(300)]
    assert " ".join(pieces(cut(" ".join(words)))).split() == words


def test_what_fits_is_left_alone() -> None:
    assert cut("a" * SHOWN) == ("a" * SHOWN,)
    assert cut(FAMILY * SHOWN) == (FAMILY * SHOWN,)
    assert len(cut("a" * (SHOWN + 1))) == 2


def test_a_word_longer_than_a_part_stays_whole() -> None:
    endless = "@" + "a" * 400
    assert endless in [piece.strip() for piece in pieces(cut(f"Avant. {endless} après."))]


def test_the_longest_text_makes_a_thread_of_bounded_length() -> None:
    assert len(cut("x" * 5000)) == 19
    assert len(cut("xx " * 1666)) <= 40


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Ce soir je suis de garde et il n'y a plus de café dans la salle.", "fr"),
        ("Tonight I am on call and there is no coffee left in the room.", "en"),
        ("Esta noche estoy de guardia y no hay más café en la sala para mí.", "es"),
        ("Heute Nacht habe ich Dienst und es ist kein Kaffee mehr in der Küche.", "de"),
        ("Questa notte sono di guardia e non c'è più il caffè nella sala.", "it"),
        ("Esta noite eu não tenho mais café na sala e isso já é muito.", "pt"),
        ("Vannacht heb ik dienst en er is geen koffie meer in de kamer.", "nl"),
        ("Σήμερα δεν έχει καφέ", "el"),
        ("今夜は当直です", "ja"),
        ("今晚我值班", "zh"),
        ("Bonsoir", None),
        ("", None),
        ("12 000 #garde @nuit https://exemple.org/les-de-la", None),
    ],
)
def test_a_language_is_guessed_or_not(typed: str, language: str | None) -> None:
    assert tongues.guessed(typed) == language


@given(st.text(max_size=300))
def test_any_text_is_looked_at(typed: str) -> None:
    assert tongues.guessed(typed) in {None, *tongues.COMMON, *(name for name, _ in tongues.WRITINGS)}
