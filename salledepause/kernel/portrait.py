"""A picture for those who chose none: calm shapes drawn from a name, always the same for the same name.

Everything is drawn in tones of grey on a large canvas, reduced (which smooths the edges), then coloured by a ramp of six
colours that goes from dark to light: smooth edges and harmony for the price of one byte a pixel. No letters, no faces, nothing
that says who one is. An avatar and a header drawn from one name share their colours.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import cos, pi, radians, sin
from typing import Final, NamedTuple, TypeVar

from PIL import Image, ImageDraw

PALETTES: Final = (
    ("#16323e", "#2b5f6b", "#5f9a97", "#e39a73", "#f3cfa6", "#fbf1e1"),
    ("#2f3b2a", "#55683f", "#93a168", "#dba85a", "#efd39a", "#faf3df"),
    ("#2c1f3a", "#563a63", "#93648a", "#d98f8d", "#f1c3ac", "#fbeee2"),
    ("#24344f", "#4a6587", "#7f9cb5", "#b7c3cc", "#ecd2b8", "#fbf5ea"),
    ("#3a2320", "#74402f", "#b56b45", "#dd9f6a", "#efcfa3", "#fbf2e4"),
    ("#123b37", "#23685c", "#5aa287", "#9fcbaa", "#f3d9a8", "#fdf6e7"),
    ("#2a2850", "#514f8c", "#8581ba", "#c0a6cd", "#f0cfd0", "#fcf3ee"),
    ("#3b1f2f", "#7d3547", "#c7585a", "#ee8f72", "#f8c7a3", "#fdf1e2"),
    ("#0f1b33", "#21365e", "#3f6392", "#7f9fbe", "#f0c684", "#fbf0d9"),
    ("#1f2f2b", "#3f5b4b", "#74906f", "#b3b98a", "#e8d7ac", "#f8f3e3"),
    ("#1d3b57", "#2f6c96", "#6ba7c6", "#f0a58a", "#f8d3b0", "#fdf4e7"),
    ("#31193a", "#6b2a5b", "#ab4a76", "#e07f86", "#f5bfae", "#fdeee6"),
)
"""Six colours each, from the darkest to the lightest; the fourth is the accent."""

STEP: Final = 51
NIGHT, DEEP, MIDDLE, ACCENT, SOFT, PAPER = range(0, 256, STEP)
"""Where each colour of a palette stands on the ramp."""

AVATAR_SCALE: Final = 3
HEADER_SCALE: Final = 2
"""How much larger than the result the canvas is."""

Dice = Iterator[float]
"""Numbers from 0 to 1, drawn one after the other from a name."""

Point = tuple[float, float]
_Chosen = TypeVar("_Chosen")


class Canvas(NamedTuple):
    """Where a design is drawn, in tones; both sides in pixels."""

    pen: ImageDraw.ImageDraw
    width: int
    height: int


Design = Callable[[Canvas, Dice], None]


def avatar_png(seed: str, size: int = 400) -> bytes:
    """Draw a square PNG of this side for a name: the same bytes each time, under 12 kB at 400 pixels."""
    return _drawn(seed, (size, size), _AVATARS, AVATAR_SCALE)


def header_png(seed: str, width: int = 1500, height: int = 500) -> bytes:
    """Draw a PNG banner for a name, in the colours of its avatar: the same bytes each time, under 12 kB at that size."""
    return _drawn(seed, (width, height), _HEADERS, HEADER_SCALE)


def _drawn(seed: str, size: tuple[int, int], designs: Sequence[Design], scale: int) -> bytes:
    """Choose colours and design by the name, draw, smooth, colour, encode."""
    dice = _dice(seed)
    palette = _one_of(PALETTES, dice)
    design = _one_of(designs, dice)
    large = Image.new("L", (size[0] * scale, size[1] * scale), PAPER)
    design(Canvas(ImageDraw.Draw(large), *large.size), dice)
    picture = large.reduce(scale)
    picture.putpalette(_ramp(palette))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _dice(seed: str) -> Dice:
    """Give numbers that depend on the name alone (BLAKE2b in counter mode)."""
    for number in count():
        digest = hashlib.blake2b(f"{number}:{seed}".encode(), digest_size=64).digest()
        yield from (int.from_bytes(digest[at : at + 4], "big") / 2**32 for at in range(0, 64, 4))


def _between(low: float, high: float, dice: Dice) -> float:
    return low + (high - low) * next(dice)


def _one_of(choices: Sequence[_Chosen], dice: Dice) -> _Chosen:
    return choices[int(next(dice) * len(choices))]


def _ramp(palette: Sequence[str]) -> list[int]:
    """Give 256 colours, flat list of red, green, blue, that pass through those of the palette."""
    stops = [tuple(bytes.fromhex(colour[1:])) for colour in palette]
    ramp: list[int] = []
    for tone in range(256):
        left = min(tone // STEP, len(stops) - 2)
        part = tone / STEP - left
        ramp += [round(low + (high - low) * part) for low, high in zip(stops[left], stops[left + 1], strict=True)]
    return ramp


# Shapes


def _disc(canvas: Canvas, centre: Point, radius: float, tone: float) -> None:
    x, y = centre
    canvas.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=round(tone))


def _box(canvas: Canvas, corners: tuple[float, float, float, float], tone: float) -> None:
    canvas.pen.rectangle(corners, fill=round(tone))


def _ground(canvas: Canvas, tone: float) -> None:
    _box(canvas, (0, 0, canvas.width, canvas.height), tone)


def _sky(canvas: Canvas, fall: float) -> None:
    """Fill with paper that darkens downwards by so many tones."""
    for y in range(canvas.height):
        canvas.pen.line((0, y, canvas.width, y), fill=round(PAPER - fall * y / canvas.height))


def _below(canvas: Canvas, heights: Callable[[float], float], tone: float) -> None:
    """Fill what is under a curve; it takes and gives fractions of the canvas."""
    steps = 150
    curve = [(canvas.width * at / steps, canvas.height * heights(at / steps)) for at in range(steps + 1)]
    canvas.pen.polygon([(0, canvas.height * 2), *curve, (canvas.width, canvas.height * 2)], fill=round(tone))


def _leaf(canvas: Canvas, foot: Point, length: float, degrees: float, tone: float) -> None:
    """Draw a pointed leaf from its foot, at an angle counted from upright."""
    turn = radians(degrees - 90)
    side = [(length * at / 24, 0.26 * length * sin(pi * (at / 24) ** 0.85)) for at in range(25)]
    outline = side + [(along, -across) for along, across in reversed(side)]
    canvas.pen.polygon(
        [(foot[0] + a * cos(turn) - b * sin(turn), foot[1] + a * sin(turn) + b * cos(turn)) for a, b in outline],
        fill=round(tone),
    )


def _hill(base: float, height: float, dice: Dice) -> Callable[[float], float]:
    """Draw lots for the outline of a hill: a long wave and a short one."""
    long, short = _between(0.6, 1.6, dice), _between(2.0, 3.4, dice)
    shift, other = next(dice), next(dice)
    return lambda at: base + height * (sin(2 * pi * (long * at + shift)) + 0.3 * sin(2 * pi * (short * at + other)))


# Designs


def _landscape(canvas: Canvas, dice: Dice) -> None:
    """Draw a round sun over hills, paler as they are farther."""
    _sky(canvas, 42)
    sun = (canvas.width * _between(0.2, 0.8, dice), canvas.height * _between(0.3, 0.42, dice))
    radius = canvas.height * _between(0.13, 0.19, dice)
    _disc(canvas, sun, radius * 1.5, PAPER - 8)
    _disc(canvas, sun, radius, ACCENT)
    for number, tone in enumerate((SOFT - 10, ACCENT - 4, MIDDLE, DEEP, NIGHT + 14)):
        _below(canvas, _hill(0.5 + 0.115 * number, _between(0.04, 0.075, dice), dice), tone)


def _waves(canvas: Canvas, dice: Dice) -> None:
    """Draw slow waves, darker and darker."""
    shift, speed, slope = next(dice), _between(0.7, 1.3, dice), _between(-0.15, 0.15, dice)
    for number, tone in enumerate((SOFT + 14, SOFT - 8, ACCENT, MIDDLE, DEEP, NIGHT + 12)):
        shift += _between(0.08, 0.18, dice)
        height = _between(0.045, 0.07, dice)
        _below(canvas, _wave(0.18 + 0.145 * number, height, (speed, shift, slope)), tone)


def _wave(base: float, height: float, shape: tuple[float, float, float]) -> Callable[[float], float]:
    speed, shift, slope = shape
    return lambda at: base + slope * (at - 0.5) + height * sin(2 * pi * (speed * at + shift))


def _arches(canvas: Canvas, dice: Dice) -> None:
    """Draw nested arches, and a sun rising in the smallest."""
    _ground(canvas, _one_of((PAPER, PAPER, SOFT), dice))
    tones = _one_of(((DEEP, ACCENT, NIGHT, SOFT), (MIDDLE, NIGHT, ACCENT, PAPER), (NIGHT, MIDDLE, DEEP, SOFT)), dice)
    side, middle = canvas.width, canvas.width / 2
    outer, top = side * _between(0.34, 0.4, dice), side * _between(0.16, 0.24, dice)
    for number, tone in enumerate(tones):
        radius = outer * (1 - 0.22 * number)
        _disc(canvas, (middle, top + outer), radius, tone)
        _box(canvas, (middle - radius, top + outer, middle + radius, canvas.height), tone)
    _disc(canvas, (middle, canvas.height), outer * 0.24, ACCENT if tones[-1] != SOFT else PAPER)


def _quilt(canvas: Canvas, dice: Dice) -> None:
    """Draw squares of a patchwork: quarters, halves, discs and leaves."""
    number = _one_of((2, 3), dice)
    side = canvas.width / number
    for row in range(number):
        for column in range(number):
            _patch(canvas, (column * side, row * side), side, dice)


def _patch(canvas: Canvas, corner: Point, side: float, dice: Dice) -> None:
    """Draw one square of the patchwork, in two tones that are far enough from each other."""
    x, y = corner
    ground = int(next(dice) * 6)
    figure = (ground + 2 + int(next(dice) * 3)) % 6 * STEP
    _box(canvas, (x, y, x + side, y + side), ground * STEP)
    quarter = int(next(dice) * 4)
    shape = _one_of(("quarter", "quarter", "disc", "half", "leaf"), dice)
    if shape == "disc":
        _disc(canvas, (x + side / 2, y + side / 2), side * 0.32, figure)
    elif shape == "half":
        canvas.pen.pieslice((x, y, x + side, y + side), 180 * (quarter % 2), 180 * (quarter % 2) + 180, fill=figure)
    elif shape == "leaf":
        _diagonal_leaf(canvas, corner, side, falling=bool(quarter % 2), tone=figure)
    else:
        left, top = x - side * (quarter in (0, 3)), y - side * (quarter in (0, 1))
        canvas.pen.pieslice((left, top, left + 2 * side, top + 2 * side), 90 * quarter, 90 * quarter + 90, fill=figure)


def _diagonal_leaf(canvas: Canvas, corner: Point, side: float, *, falling: bool, tone: int) -> None:
    """Draw two quarter circles back to back, across a square."""
    arc = [(side * sin(pi / 2 * at / 40), side - side * cos(pi / 2 * at / 40)) for at in range(41)]
    outline = arc + [(side - along, side - across) for along, across in arc]
    turned = outline if falling else [(side - along, across) for along, across in outline]
    canvas.pen.polygon([(corner[0] + along, corner[1] + across) for along, across in turned], fill=tone)


def _pebbles(canvas: Canvas, dice: Dice) -> None:
    """Draw pebbles in balance, before a pale sun."""
    side = canvas.width
    _ground(canvas, PAPER - 14)
    _disc(canvas, (side * _between(0.3, 0.7, dice), side * 0.34), side * 0.22, SOFT - 4)
    _box(canvas, (0, side * 0.8, side, side), SOFT - 14)
    tones = (NIGHT + 8, DEEP, MIDDLE, ACCENT, DEEP + 25)
    first, foot, half = int(next(dice) * 5), side * 0.84, side * _between(0.29, 0.35, dice)
    for number in range(_one_of((3, 4), dice)):
        flat, middle = half * _between(0.34, 0.46, dice), side * _between(0.475, 0.525, dice)
        canvas.pen.ellipse((middle - half, foot - 2 * flat, middle + half, foot), fill=tones[(first + number) % 5])
        foot -= 1.92 * flat
        half *= _between(0.68, 0.78, dice)


def _cup(canvas: Canvas, dice: Dice) -> None:
    """Draw a cup on its saucer, seen from above: the break itself."""
    ground = _one_of((SOFT, ACCENT, MIDDLE, DEEP), dice)
    china = MIDDLE if ground == ACCENT else ACCENT
    middle, radius, angle = canvas.width / 2, canvas.width * 0.36, 2 * pi * next(dice)
    along, across = cos(angle), sin(angle)
    _ground(canvas, ground)
    _disc(canvas, (middle, middle), radius, ground + 40)
    _disc(canvas, (middle, middle), radius * 0.93, PAPER if ground < SOFT else PAPER - 11)
    reach, half = radius * 0.92, radius * 0.11
    canvas.pen.line((middle, middle, middle + along * reach, middle + across * reach), fill=china, width=round(2 * half))
    _disc(canvas, (middle + along * reach, middle + across * reach), half, china)
    _disc(canvas, (middle, middle), radius * 0.62, china)
    _disc(canvas, (middle, middle), radius * 0.52, NIGHT + 6)
    _disc(canvas, (middle - along * radius * 0.04, middle - across * radius * 0.04), radius * 0.44, DEEP - 8)


def _rings(canvas: Canvas, dice: Dice) -> None:
    """Draw rings that widen from a corner, as on water."""
    _ground(canvas, _one_of((PAPER, NIGHT), dice))
    corner = (canvas.width * _one_of((0, 1), dice), canvas.height * _one_of((0, 1), dice))
    tones = (NIGHT + 20, MIDDLE, SOFT, ACCENT, DEEP, PAPER, ACCENT)
    first = int(next(dice) * 5)
    for number in range(6):
        _disc(canvas, corner, canvas.width * (1.22 - 0.2 * number), tones[(first + number) % 7])


def _sprig(canvas: Canvas, dice: Dice) -> None:
    """Draw a sprig in front of the moon."""
    night = _one_of((True, False), dice)
    side, middle = canvas.width, canvas.width / 2
    _ground(canvas, NIGHT + 10 if night else SOFT + 20)
    _disc(canvas, (middle, side * 0.46), side * 0.34, DEEP if night else PAPER)
    _box(canvas, (middle - side * 0.007, side * 0.2, middle + side * 0.007, side), SOFT if night else NIGHT + 15)
    tones = (ACCENT, SOFT, MIDDLE, ACCENT) if night else (DEEP, MIDDLE, ACCENT, DEEP)
    spread, size = _between(38, 58, dice), _between(0.15, 0.19, dice)
    for number in range(4):
        foot, length = (middle, side * (0.41 + 0.135 * number)), side * (size + 0.035 * number)
        _leaf(canvas, foot, length, -spread - 4 * number, tones[number])
        _leaf(canvas, foot, length, spread + 4 * number, tones[(number + 1) % 4])
    _leaf(canvas, (middle, side * 0.27), side * 0.17, 0, tones[0])


def _dawn(canvas: Canvas, dice: Dice) -> None:
    """Draw a light that widens from the horizon."""
    centre = (canvas.width * _between(0.15, 0.85, dice), canvas.height * _between(0.95, 1.25, dice))
    farthest = canvas.height * _between(2.1, 2.5, dice)
    width = _between(0.17, 0.2, dice)
    _ground(canvas, NIGHT + 12)
    for number, tone in enumerate((DEEP, MIDDLE, ACCENT, SOFT, PAPER)):
        _disc(canvas, centre, farthest * (1 - width * number), tone)


_AVATARS: Final[tuple[Design, ...]] = (_landscape, _waves, _arches, _quilt, _pebbles, _cup, _rings, _sprig)
_HEADERS: Final[tuple[Design, ...]] = (_landscape, _waves, _dawn)
