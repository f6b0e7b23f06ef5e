"""Words that a wearer calls insults, found however they are spelt: c0llab0, d-i-c-t-a-t-e-u-r, dict4teur, iiincompétent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import groupby

from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import clean, folded

FIRST = ("collabo", "dictateur", "incompétent")
"""What a list begins with."""
MOST, SHORTEST, LONGEST = 50, 3, 30
"""Words of a list, and letters of one."""
LONGEST_TEXT = 8_000
"""Characters that are looked at."""
ALIKE = {
    "a": "a4@",
    "b": "b8",
    "c": "c(k",
    "e": "e3",
    "g": "g9",
    "i": "i1!|",
    "k": "kc",
    "l": "l1|",
    "o": "o0",
    "q": "qk",
    "s": "s5$",
    "t": "t7+",
    "u": "uv",
    "z": "z2",
}
"""Signs that stand for a letter."""
APART = r"[\s._*'’\-]{0,2}"
ADDRESS = re.compile(r"@[\w.]+(?:@[\w.-]+)?|https?://\S+")


def checked(word: str) -> str:
    """Return a word as a list keeps it; raises BadInput."""
    kept = " ".join(clean(word).casefold().split())
    if not SHORTEST <= len(kept) <= LONGEST or not all(sign.isalpha() or sign in " '-" for sign in kept):
        raise BadInput("Un mot de 3 à 30 lettres, sans chiffre : les détours d'écriture sont reconnus d'eux-mêmes.")
    return kept


def found(words: Iterable[str], text: str) -> list[str]:
    """Return the words of a list that a text holds."""
    plain = folded(ADDRESS.sub(" ", text[:LONGEST_TEXT]))
    return [word for word in words if _pattern(word).search(plain)]


@lru_cache(maxsize=1 << 12)
def _pattern(word: str) -> re.Pattern[str]:
    letters = [letter for letter, _ in groupby(sign for sign in folded(word) if sign.isalpha())]
    spelt = "".join(f"(?:[{re.escape(ALIKE.get(letter, letter))}]{APART}){{1,5}}" for letter in letters)
    return re.compile(rf"(?<![a-z0-9]){spelt}(?:[e3]?[s5$x]?)(?![a-z0-9])")


def print_of(text: str) -> bytes:
    """Return what two texts of the same words share, and no others; the words cannot be read from it."""
    return sha256(" ".join(re.findall(r"\w+", folded(ADDRESS.sub(" ", text)))).encode()).digest()
