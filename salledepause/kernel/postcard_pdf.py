"""Sheets to print, as PDF; one of them a thank-you to pin up: a card of A5, which goes on as long as its words do.

Letters, lines and what is left out are those of the picture (`kernel/postcard.py`). Text is drawn as text, never read as markup
nor as instructions of the file: reportlab's paragraphs, which parse, are not used.
"""

import io
from functools import cache
from typing import Final, NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, A5
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

__all__ = ["A4", "A5", "BODY", "BOLD", "Ink", "Paper", "Sheet", "pdf"]

MARGIN: Final = 42.0
FOOT: Final = 62.0
"""Points, from the lower edge, that the foot of each page takes."""
LEADING: Final = 1.45
"""Of a line, in sizes of its letters."""
BODY, BOLD = "salle-regular", "salle-strong"
SHORT: Final = 400
"""Characters below which the words are written larger."""


class Paper(NamedTuple):
    """What every page of a sheet has: its size in points, who signs it and where, the two lines of its foot.

    `numbered` says the number of a page at the end of its foot (`{n}`); empty: pages bear none.
    """

    size: tuple[float, float]
    title: str
    author: str
    house: str
    foot: str
    address: str
    numbered: str = ""


class Ink(NamedTuple):
    """How a text is written: its font, the size of its letters in points, its colour."""

    font: str
    size: float
    colour: str


@cache
def _fonts() -> None:
    for name, file in ((BODY, REGULAR), (BOLD, STRONG)):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(font_file(file))))


class Sheet:
    """Pages being written, from the top down; draw one at a time (`DRAWING`)."""

    def __init__(self, paper: Paper) -> None:
        """Begin the first page."""
        _fonts()
        self.paper = paper
        self.top, self.page = 0.0, 0
        self._made = io.BytesIO()
        self._pen = Canvas(self._made, pagesize=paper.size, invariant=True, pageCompression=1, lang="fr")
        self._pen.setTitle(drawable(paper.title))
        self._pen.setAuthor(drawable(paper.author))
        self._pen.setCreator(drawable(paper.house))
        self._begin()

    def write(self, text: str, ink: Ink, link: str = "") -> None:
        """Write a text under what is there, on a new page where this one is full; `link` is where it leads."""
        width, leading = self.paper.size[0] - 2 * MARGIN, ink.size * LEADING
        for line in lines(drawable(text), lambda part: pdfmetrics.stringWidth(part, ink.font, ink.size), width):
            self.keep(leading)
            self.top -= leading
            self._pen.setFillColor(HexColor(ink.colour))
            self._pen.setFont(ink.font, ink.size)
            self._pen.drawString(MARGIN, self.top, line)
            if link:
                self._pen.linkURL(link, (MARGIN, self.top - ink.size / 3, MARGIN + width, self.top + ink.size))

    def keep(self, height: float) -> None:
        """Begin a new page where this one has less room than that."""
        if self.top - height < FOOT:
            self._pen.showPage()
            self._begin()

    def finish(self) -> bytes:
        """Return the file."""
        self._pen.save()
        return self._made.getvalue()

    def _begin(self) -> None:
        """Begin a page: its paper, its edge, its foot."""
        pen, paper = self._pen, self.paper
        width, height = paper.size
        self.page += 1
        pen.setFillColor(HexColor(PAPER))
        pen.rect(0, 0, width, height, stroke=0, fill=1)
        pen.setFillColor(HexColor(LAMP))
        pen.rect(0, height - 8, width, 8, stroke=0, fill=1)
        pen.setStrokeColor(HexColor(LINE))
        pen.line(MARGIN, FOOT - 8, width - MARGIN, FOOT - 8)
        pen.setFillColor(HexColor(SOFT))
        pen.setFont(BODY, 8)
        for place, line in enumerate((paper.foot, paper.address)):
            pen.drawString(MARGIN, FOOT - 22 - 11 * place, drawable(line)[:90])
        if paper.numbered:
            pen.drawRightString(width - MARGIN, FOOT - 22, drawable(paper.numbered.format(n=self.page)))
        pen.linkURL(paper.address, (MARGIN, FOOT - 38, width - MARGIN, FOOT - 12))
        self.top = height - MARGIN - 4


def pdf(card: Postcard, foot: str) -> bytes:
    """Write a card, `foot` at the lower edge of each page; the same bytes for the same words."""
    with DRAWING:
        return _written(card, foot)


def _written(card: Postcard, foot: str) -> bytes:
    sheet = Sheet(Paper(A5, card.heading, card.signed, card.house, foot, card.address))
    sheet.write(card.heading, Ink(BOLD, 26, LAMP))
    sheet.top -= 6
    for one in card.to:
        sheet.write(one, Ink(BOLD, 13, INK))
    sheet.top -= 12
    sheet.write(card.words, Ink(BODY, 15 if len(card.words) <= SHORT else 11, INK))
    if card.kept:
        sheet.top -= 10
        sheet.write(card.kept, Ink(BOLD, 11, LAMP))
    sheet.top -= 14
    sheet.write(card.signed, Ink(BODY, 11, SOFT))
    return sheet.finish()
