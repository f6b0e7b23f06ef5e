"""Eight words that open an account again when its password is lost, since no e-mail is kept to send anything to."""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from importlib.resources import files

NUMBER = 8
"""Words drawn; with the list as long as it is, 84 bits."""
_LETTERS = re.compile(r"[a-z]+")


@cache
def words() -> tuple[str, ...]:
    """Return the list to draw from: short French words, no two alike without their accents."""
    return tuple((files("salledepause.features.accounts") / "words.txt").read_text("utf-8").split())


def draw() -> tuple[str, ...]:
    """Return fresh recovery words."""
    return tuple(secrets.choice(words()) for _ in range(NUMBER))


def folded(typed: str) -> str:
    """Return what recovery words say however they are typed: case, accents, ligatures and what separates them apart."""
    plain = unicodedata.normalize("NFKD", typed.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(_LETTERS.findall(letters))
