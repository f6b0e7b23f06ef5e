"""What an emoji of the house may be called, and that there are others than before."""

from __future__ import annotations

import re
from typing import NamedTuple

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean

CODE = re.compile(r"[A-Za-z0-9_]{2,60}")
CATEGORY_LENGTH = 60


class Prepared(NamedTuple):
    """Keys of the stored pictures of an emoji; the same twice when it does not move."""

    picture: str
    still: str


class EmojisChanged(Event, frozen=True):
    """An emoji was added or removed."""


def code_of(text: str) -> str:
    """Return a code without its colons; raises BadInput."""
    code = text.strip().strip(":")
    if not CODE.fullmatch(code):
        raise BadInput("Un code d'émoji a de 2 à 60 lettres sans accent, chiffres et tirets bas.")
    return code


def category_of(text: str | None) -> str | None:
    """Return the heading under which an emoji is shown, `None` without one; raises BadInput."""
    category = " ".join(clean(text or "").split())
    if len(category) > CATEGORY_LENGTH:
        raise BadInput("Catégorie trop longue : au plus {most} caractères.", most=CATEGORY_LENGTH)
    return category or None
