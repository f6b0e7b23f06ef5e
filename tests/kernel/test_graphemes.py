"""One emoji, and nothing else."""

from __future__ import annotations

import time

import pytest

from salledepause.kernel.graphemes import is_emoji

EMOJIS = ["👍", "👍🏽", "❤️", "❤", "☕", "🇫🇷", "👩‍⚕️", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "🏳️‍🌈", "⚕️", "©️"]
OTHERS = ["", "a", "1", "#", "👍👍", "👍a", "é", "café", "👍 ", "\u200d", "\ufe0f", "\0", "🇫", "<b>", "👍\u200d", "👍" * 5000]


@pytest.mark.parametrize("text", EMOJIS)
def test_what_is_an_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", OTHERS, ids=ascii)
def test_what_is_none(text: str) -> None:
    assert not is_emoji(text)


def test_a_long_text_is_refused_at_once() -> None:
    began = time.perf_counter()
    assert not is_emoji("👩\u200d" * 200_000)
    assert time.perf_counter() - began < 0.1
