"""A long text as a numbered thread: cut where sentences end, nothing lost, no part longer than what shows at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from salledepause.features.posts.model import SHOWN
from salledepause.kernel.text import LINK_WEIGHT, clean, fold, length

RETREATS = (1, 2, 4, 8, 16, 32)
"""By how much less a part is tried when its end would change what its words are."""
_NUMBER = re.compile(r" \d+/\d+$")


def cut(text: str, most: int = SHOWN, link_weight: int = LINK_WEIGHT) -> tuple[str, ...]:
    """Return the parts of a text, each numbered at its end (`2/5`) and of at most `most` characters as `text.length` counts.

    A text that fits is its only part, without a number. A part ends with a sentence, else with a word, else between two
    clusters; never inside a link, mention, tag or emoji: one that is longer than a part is a part alone. Only the spaces at
    the cuts are left out.
    """
    text = clean(text)
    if length(text, link_weight) <= most:
        return (text,)
    for digits in count(1):
        pieces = list(_pieces(text, most - len(" /") - 2 * digits, link_weight))
        if len(str(len(pieces))) <= digits:
            break
    return tuple(f"{piece} {place}/{len(pieces)}" for place, piece in enumerate(pieces, start=1))


def joined(parts: Sequence[str]) -> str:
    """Return about the text that `cut` made parts of: a space at each cut, no numbers."""
    return parts[0] if len(parts) == 1 else " ".join(_NUMBER.sub("", part) for part in parts)


def _pieces(text: str, room: int, link_weight: int) -> Iterator[str]:
    while text:
        place = _place(text, room, link_weight)
        yield clean(text[:place])
        text = clean(text[place:])


def _place(text: str, room: int, link_weight: int) -> int:
    """Return where a piece ends: cut off, neither it nor what follows may read otherwise than in the whole."""
    place = fold(text, room, link_weight)
    for less in RETREATS:
        if length(clean(text[:place]), link_weight) <= room and not _makes_a_token(text, place):
            return place
        place = fold(text, room - less, link_weight)
    return place


def _makes_a_token(text: str, place: int) -> bool:
    """Tell whether what follows would become a link, a mention, a tag or an emoji by standing first."""
    rest = text[place : place + len("http")]
    return not text[place - 1].isspace() and (rest[:1] in {"@", "#", ":"} or rest.lower() == "http")
