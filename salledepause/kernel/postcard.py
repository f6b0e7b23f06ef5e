"""A thank-you as a picture, for who meets its address elsewhere: 1200 × 630 pixels, drawn by us, of any words whatever.

The letters are those of Open Sans (Apache-2.0), read from its wheel. What the font has no sign for is left out when it is a
picture (an emoji) and stands as an empty box when it is a letter: a name is never silently shortened. Words are laid out one sign
after the other: nothing that is typed is ever read as markup.
"""

import io
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import islice
from threading import Lock
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN: Final = 84
PAPER, INK, SOFT, LAMP, LINE = "#fbf4e6", "#2a2433", "#6a6072", "#a8560f", "#ead9ba"
REGULAR, STRONG = "OpenSans-Regular.ttf", "OpenSans-SemiBold.ttf"
SIZES: Final = (58, 50, 42, 36, 32)
"""Of the words, in pixels: the largest in which they fit, else they are cut."""
LONGEST: Final = 600
"""Characters of the words that a picture can hold at most."""
MOST_TEAMS: Final = 4
FOOT: Final = 96
"""Pixels of the foot of a picture."""
KEPT: Final = 56
"""Pixels of the line of a keepsake, above the foot."""
BOX: Final = "\u25a1"
TYPICAL: Final = str.maketrans({"\u202f": "\u00a0", "\u2011": "-", "\u2007": "\u00a0", "\u2060": None})

DRAWING = Lock()
"""One card at a time: the fonts are shared and know no threads."""
Width = Callable[[str], float]


class Postcard(NamedTuple):
    """What a card says: its heading, the words, to whom it goes, who signs, the house, where it is read, its keepsake."""

    heading: str
    words: str
    to: tuple[str, ...]
    signed: str
    house: str
    address: str
    kept: str = ""
    """How it was congratulated, below the words."""


def font_file(name: str) -> bytes:
    """Return a font of the wheel, which is never imported."""
    return (files("ttf_opensans") / "ttf" / name).read_bytes()


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(font_file(name)), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _known(letter: str) -> bool:
    """Tell whether the font has a sign for a letter: what it has none for looks like every other such."""
    font = _font(REGULAR, 32)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe")) or letter.isspace()


def drawable(text: str) -> str:
    """Return a text in the signs that the font has: other pictures left out, other letters as a box."""
    shown = []
    for letter in unicodedata.normalize("NFC", text.translate(TYPICAL)):
        if letter == "\n" or _known(letter):
            shown.append(letter)
        elif unicodedata.category(letter)[0] in "LN":
            shown.append(BOX)
    return "".join(shown)


def lines(text: str, width: Width, most: float) -> list[str]:
    """Return a text in lines no wider than `most`; a word that is wider than a line is cut where it ends."""
    found = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            while width(word) > most:
                fits = max(1, _fitting(word, width, most))
                found += [line, word[:fits]] if line else [word[:fits]]
                line, word = "", word[fits:]  # noqa: PLW2901 - the rest of the word
            joined = f"{line} {word}" if line else word
            if width(joined) > most:
                found.append(line)
                line = word
            else:
                line = joined
        found.append(line)
    return found


def _fitting(word: str, width: Width, most: float) -> int:
    """Return how many characters of a word fit into a line."""
    low, high = 0, min(len(word), 400)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(word[:middle]) <= most else (low, middle - 1)
    return low


def png(card: Postcard) -> bytes:
    """Draw a card; the same bytes for the same words."""
    with DRAWING:
        return _drawn(card)


def _drawn(card: Postcard) -> bytes:
    whole = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(whole)
    pen.rectangle((0, 0, WIDTH, 14), fill=LAMP)
    pen.text((MARGIN, 58), drawable(card.heading), font=_font(STRONG, 40), fill=LAMP)
    foot = HEIGHT - FOOT
    top = _teams(pen, card, 124)
    if card.kept:
        foot -= KEPT
        kept = _font(STRONG, 28)
        pen.text((MARGIN, foot + 4), _shortened(drawable(card.kept), kept, WIDTH - 2 * MARGIN), font=kept, fill=LAMP)
    _words(pen, drawable(card.words[:LONGEST]), top, foot - 18)
    foot = HEIGHT - FOOT
    pen.line((MARGIN, foot, WIDTH - MARGIN, foot), fill=LINE, width=2)
    small = _font(REGULAR, 28)
    house = drawable(card.house)[:40]
    pen.text((MARGIN, foot + 22), _shortened(drawable(card.signed), small, 700), font=small, fill=SOFT)
    pen.text((WIDTH - MARGIN, foot + 22), house, font=_font(STRONG, 28), fill=SOFT, anchor="ra")
    made = io.BytesIO()
    whole.quantize(48, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(made, "PNG")
    return made.getvalue()


def _teams(pen: ImageDraw.ImageDraw, card: Postcard, top: int) -> int:
    """Write to whom it goes, a line each; return where the words may begin."""
    font, most = _font(STRONG, 34), WIDTH - 2 * MARGIN
    shown = [_shortened(drawable(one), font, most) for one in islice(card.to, MOST_TEAMS)]
    if others := len(card.to) - len(shown):
        shown[-1] = f"{_shortened(shown[-1], font, most - 100)} + {others}"
    for place, one in enumerate(shown):
        pen.text((MARGIN, top + 46 * place), one, font=font, fill=INK)
    return top + 46 * len(shown) + 18


def _words(pen: ImageDraw.ImageDraw, words: str, top: int, bottom: int) -> None:
    """Write the words as large as they fit; what does not fit even so is cut, and it shows."""
    most = WIDTH - 2 * MARGIN
    for size in SIZES:
        font = _font(REGULAR, size)
        step = round(size * 1.36)
        room = max(1, (bottom - top) // step)
        shown = [one for one in lines(" ".join(words.split()), font.getlength, most) if one]
        if len(shown) <= room:
            break
    else:
        shown = [*shown[: room - 1], _shortened(shown[room - 1] + " …" * 40, font, most)]
    for place, one in enumerate(shown):
        pen.text((MARGIN, top + step * place), one, font=font, fill=INK)


def _shortened(text: str, font: ImageFont.FreeTypeFont, most: float) -> str:
    """Return a text that is no wider than `most`, an ellipsis where it was cut."""
    if font.getlength(text[:400]) <= most and len(text) <= 400:  # noqa: PLR2004 - no line holds more
        return text
    fits = _fitting(text, lambda part: font.getlength(f"{part}…"), most)
    return f"{text[:fits].rstrip(' …')}…"
