"""The sign of the house as PNG, for telephones that read no SVG: the mug of `static/icon.svg`, drawn by the same figures.

Everything is drawn eight times too large, then reduced, which smooths the edges. Nothing is kept in the repository but this.
"""

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

SIDE: Final = 64
"""The side of the drawing, in the units of the SVG."""
FINER: Final = 8
NIGHT, LAMP, CUP = "#191a2a", "#f6b35f", "#f6e9d2"
HALO: Final = 0.14
SAFE: Final = 0.72
"""What stays of the drawing in a picture that a telephone cuts in its own shape: all within its safe circle
(https://www.w3.org/TR/appmanifest/#icon-masks)."""


@cache
def png(size: int, *, cut: bool = False) -> bytes:
    """Return a square PNG of `size` pixels; `cut`: for a telephone that gives it a shape, without corners of its own."""
    scale = size * FINER // SIDE or 1
    whole = Image.new("RGBA", (SIDE * scale, SIDE * scale), NIGHT if cut else (0, 0, 0, 0))
    if not cut:
        ImageDraw.Draw(whole).rounded_rectangle(_box(scale, 0, 0, 64, 64), 15 * scale, NIGHT)
    _mug(whole, scale)
    if cut:
        inner = whole.resize((round(whole.width * SAFE),) * 2, Image.Resampling.LANCZOS)
        whole = Image.new("RGBA", whole.size, NIGHT)
        place = (whole.width - inner.width) // 2
        whole.paste(inner, (place, place))
    made = io.BytesIO()
    whole.resize((size, size), Image.Resampling.LANCZOS).save(made, "PNG", optimize=True)
    return made.getvalue()


def _mug(whole: Image.Image, scale: int) -> None:
    halo = Image.new("RGBA", whole.size, (0, 0, 0, 0))
    ImageDraw.Draw(halo).ellipse(_box(scale, 4, 8, 56, 60), (0xF6, 0xB3, 0x5F, round(255 * HALO)))
    whole.alpha_composite(halo)
    pen = ImageDraw.Draw(whole)
    for left in (22, 34):
        pen.rounded_rectangle(_box(scale, left, 11, left + 6, 26), 3 * scale, LAMP)
    pen.arc(_box(scale, 42, 32.5, 59, 49.5), -90, 90, CUP, 4 * scale)
    pen.rectangle(_box(scale, 46, 45.5, 50.5, 49.5), CUP)
    pen.rectangle(_box(scale, 46, 32.5, 50.5, 36.5), CUP)
    pen.rounded_rectangle(_box(scale, 14, 31, 48, 55), 12 * scale, CUP, corners=(False, False, True, True))


def _box(scale: int, *corners: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = (one * scale for one in corners)
    return left, top, max(left, right - 1), max(top, bottom - 1)
