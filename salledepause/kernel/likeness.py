"""What a picture looks like, in 256 bits: signs of its slow waves, which survive another format, size, cut, mirror or colour.

The picture is shrunk to 32 x 32 greys and turned into 16 x 16 cosine terms (the transform of JPEG); a bit says whether a term is
above zero. Mirrors and quarter turns only change signs and places of terms, so they are found from the bits alone. Pure Python:
a few milliseconds in the decoding child. Terms of a picture of one colour are noise: it has no likeness, and matches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi
from typing import Final

SIDE: Final = 32
"""Greys of a side that are looked at."""
TERMS: Final = 16
BITS: Final = TERMS * TERMS
DIGITS: Final = BITS // 4
FLAT: Final = 6.0
"""Mean strength of the 8 x 8 slowest terms, in greys, under which a picture is too even to be told from another."""
WAVES: Final = [[cos(pi * (2 * place + 1) * order / (2 * SIDE)) for place in range(SIDE)] for order in range(TERMS)]
SLOWEST: Final = 8


def likeness(greys: Sequence[int]) -> str:
    """Return the bits of 32 x 32 greys (0 to 255, row after row) as 64 hexadecimal digits; empty when they are too even."""
    rows = [greys[at : at + SIDE] for at in range(0, SIDE * SIDE, SIDE)]
    across = [[sum(map(_times, row, wave)) for wave in WAVES] for row in rows]
    columns = list(zip(*across, strict=True))
    terms = [[sum(map(_times, column, wave)) for column in columns] for wave in WAVES]
    slow = [abs(terms[down][over]) for down in range(SLOWEST) for over in range(SLOWEST) if down or over]
    if sum(slow) / len(slow) / SIDE < FLAT:
        return ""
    bits = "".join("01"[terms[down][over] > 0] for down in range(TERMS) for over in range(TERMS))
    return f"{int('0' + bits[1:], 2):0{DIGITS}x}"


def _times(one: float, other: float) -> float:
    return one * other


def turned(digits: str) -> list[str]:
    """Return the likenesses of a picture and of its mirrors and quarter turns, eight in all, as 256 bits each (`0101…`)."""
    plain = f"{int(digits, 16):0{BITS}b}"
    across = [plain[at : at + TERMS] for at in range(0, BITS, TERMS)]
    both = (across, ["".join(column) for column in zip(*across, strict=True)])
    return [_mirrored(rows, upside=upside, aside=aside) for rows in both for upside in (False, True) for aside in (False, True)]


def _mirrored(rows: Sequence[str], *, upside: bool, aside: bool) -> str:
    """Return the bits of a mirror image: the terms of odd order change their sign along the mirrored side."""
    turn = [[(upside and down % 2) != (aside and over % 2) for over in range(TERMS)] for down in range(TERMS)]
    bits = [
        "01"[(bit == "1") != change] for row, line in zip(rows, turn, strict=True) for bit, change in zip(row, line, strict=True)
    ]
    return "0" + "".join(bits[1:])


def bits_of(digits: str) -> str:
    """Return a likeness as 256 bits; those of a picture without any are all zero."""
    return f"{int(digits or '0', 16):0{BITS}b}"
