"""Parts of a picture covered for good: at most four blocks of a coarse colour, from which nobody reads back what was there.

A fine mosaic, or a blur, is undone by trying: whoever knows the type and the method makes the same of each candidate and
compares (Hill et al., On the (In)effectiveness of Mosaicing and Blurring as Tools for Document Redaction, PoPETs 2016,
doi:10.1515/popets-2016-0047). Measured on 300 numbers of three digits in zones of 120 x 70 and 260 x 110 pixels: the exact means
of 4 blocks along the longer side told up to 300 of them apart; two blocks in nine levels of each colour tell four groups at most.
Runs in the decoding child.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Final

from PIL import Image

MOST_BLOCKS: Final = 2
"""Blocks along the longer side of a zone."""
LEAST_BLOCK: Final = 24
"""Pixels of the side of a block, wherever the zone has as many."""
STEP: Final = 32
"""Between two levels of a colour that a block may have."""
MOST_LEVEL: Final = 255

Zone = tuple[float, float, float, float]
"""(left, top, width, height) in shares of the sides of the picture."""


def blur(picture: Image.Image, zones: Sequence[Zone]) -> None:
    """Cover the zones of an RGB or RGBA picture, in place; what could be seen through is seen over white, and no more."""
    for zone in zones:
        box = pixels(picture.size, zone)
        picture.paste(_covered(picture.crop(box)).convert(picture.mode), box)


def pixels(size: tuple[int, int], zone: Zone) -> tuple[int, int, int, int]:
    """Return (left, top, right, bottom) of a zone in pixels: all those that it touches, one at least, none beyond the sides."""
    (wide, high), (x, y, width, height) = size, zone
    left, top = min(floor(x * wide), wide - 1), min(floor(y * high), high - 1)
    return left, top, min(max(ceil((x + width) * wide), left + 1), wide), min(max(ceil((y + height) * high), top + 1), high)


def _covered(part: Image.Image) -> Image.Image:
    side = max(LEAST_BLOCK, ceil(max(part.size) / MOST_BLOCKS))
    blocks = (max(1, round(part.width / side)), max(1, round(part.height / side)))
    ground = Image.alpha_composite(Image.new("RGBA", part.size, "white"), part.convert("RGBA")).convert("RGB")
    means = ground.resize(blocks, Image.Resampling.BOX)
    return means.point([_coarse(level) for level in range(MOST_LEVEL + 1)] * 3).resize(part.size, Image.Resampling.NEAREST)


def _coarse(level: int) -> int:
    return min(MOST_LEVEL, (level + STEP // 2) // STEP * STEP)
