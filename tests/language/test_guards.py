"""The guard's second pass: a long text is read page by page, the part that tells most counts; both passes speak together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from salledepause.features import language
from salledepause.features.language import encoder, guards
from salledepause.features.language.guards import PAGE, Heard

AT_THE_END = "Madame Delacourt est encore tombée, chambre 12."


class Listening:
    """An encoder for tests, of whether a name is said; it keeps what it was given."""

    name = "listening"

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.given += texts
        return np.array([["Delacourt" in text] for text in texts], np.float32)


def test_the_page_that_tells_most_counts() -> None:
    heard = Heard(listening := Listening(), np.array([[4, 0, -4, 8], [0, 0, 2, -4]], np.float32))
    long = f"{'Une nuit de garde comme les autres, calme. ' * 40}{AT_THE_END}"
    direct, combination, safe, told = guards.chances(heard, long)
    assert direct > 0.9 > combination + safe
    assert told > 0.9
    assert "".join(listening.given) == long
    assert all(0 < len(page) <= PAGE for page in listening.given)
    assert guards.chances(heard, "Une nuit calme.")[-1] < 0.1
    assert guards.chances(heard, "")[-1] < 0.1


@pytest.mark.parametrize("text", ["x" * (3 * PAGE + 1), f"{'x' * PAGE} y", " " * (PAGE + 5)])
def test_pages_without_a_word_to_begin_from_end(text: str) -> None:
    heard = Heard(listening := Listening(), np.zeros((2, 4), np.float32))
    guards.chances(heard, text)
    assert "".join(listening.given) == text
    assert len(listening.given) <= len(text) // PAGE + 2


@pytest.mark.skipif(encoder.by_package() is None, reason="no encoder for this machine")
def test_what_stands_far_down_is_read_too() -> None:
    engine = language.full()
    long = f"{'Le distributeur ronronne, le couloir dort, on parle de cake. ' * 40}{AT_THE_END}"
    assert language.secret(long, engine).label == "direct"
    assert language.secret(long.removesuffix(AT_THE_END), engine).label == "safe"
