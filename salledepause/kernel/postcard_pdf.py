"""A thank-you to print and to pin up: a card of A5 as PDF, which goes on as long as its words do.

Letters, lines and what is left out are those of the picture (`kernel/postcard.py`). Text is drawn as text, never read as markup
nor as instructions of the file: reportlab's paragraphs, which parse, are not used.
"""

import io
from functools import cache
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from salledepause.kernel.postcard import (
    DRAWING,
    INK,
    LAMP,
    LINE,
    PAPER,
    REGULAR,
    SOFT,
    STRONG,
    Postcard,
    drawable,
    font_file,
    lines,
)

WIDTH, HEIGHT = A5
MARGIN: Final = 42.0
FOOT: Final = 62.0
"""Points, from the lower edge, that the foot of each page takes."""
BODY, BOLD = "salle-regular", "salle-strong"
SHORT: Final = 400
"""Characters below which the words are written larger."""


@cache
def _fonts() -> None:
    for name, file in ((BODY, REGULAR), (BOLD, STRONG)):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(font_file(file))))


class _Sheet:
    """A page being written, from its top down."""

    def __init__(self, card: Postcard, foot: str) -> None:
        self.made = io.BytesIO()
        self.card, self.foot = card, foot
        self.pen = Canvas(self.made, pagesize=A5, invariant=True, pageCompression=1, lang="fr")
        self.pen.setTitle(drawable(card.heading))
        self.pen.setAuthor(drawable(card.signed))
        self.pen.setCreator(drawable(card.house))
        self.top = 0.0
        self._begin()

    def write(self, text: str, font: str, size: float, colour: str) -> None:
        """Write a text under what is there, on a new page where this one is full."""
        self.pen.setFillColor(HexColor(colour))
        leading = size * 1.45
        for line in lines(drawable(text), lambda part: pdfmetrics.stringWidth(part, font, size), WIDTH - 2 * MARGIN):
            if self.top - leading < FOOT:
                self.pen.showPage()
                self._begin()
                self.pen.setFillColor(HexColor(colour))
            self.top -= leading
            self.pen.setFont(font, size)
            self.pen.drawString(MARGIN, self.top, line)

    def finish(self) -> bytes:
        """Return the file."""
        self.pen.save()
        return self.made.getvalue()

    def _begin(self) -> None:
        """Begin a page: its paper, its edge, its foot."""
        pen = self.pen
        pen.setFillColor(HexColor(PAPER))
        pen.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
        pen.setFillColor(HexColor(LAMP))
        pen.rect(0, HEIGHT - 8, WIDTH, 8, stroke=0, fill=1)
        pen.setStrokeColor(HexColor(LINE))
        pen.line(MARGIN, FOOT - 8, WIDTH - MARGIN, FOOT - 8)
        pen.setFillColor(HexColor(SOFT))
        pen.setFont(BODY, 8)
        for place, line in enumerate((self.foot, self.card.address)):
            pen.drawString(MARGIN, FOOT - 22 - 11 * place, drawable(line)[:90])
        pen.linkURL(self.card.address, (MARGIN, FOOT - 38, WIDTH - MARGIN, FOOT - 12))
        self.top = HEIGHT - MARGIN - 4


def pdf(card: Postcard, foot: str) -> bytes:
    """Write a card, `foot` at the lower edge of each page; the same bytes for the same words."""
    with DRAWING:
        return _written(card, foot)


def _written(card: Postcard, foot: str) -> bytes:
    _fonts()
    sheet = _Sheet(card, foot)
    sheet.write(card.heading, BOLD, 26, LAMP)
    sheet.top -= 6
    for one in card.to:
        sheet.write(one, BOLD, 13, INK)
    sheet.top -= 12
    sheet.write(card.words, BODY, 15 if len(card.words) <= SHORT else 11, INK)
    if card.kept:
        sheet.top -= 10
        sheet.write(card.kept, BOLD, 11, LAMP)
    sheet.top -= 14
    sheet.write(card.signed, BODY, 11, SOFT)
    return sheet.finish()
