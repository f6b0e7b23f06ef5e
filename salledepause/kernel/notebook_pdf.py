"""A notebook to print: pages of A4, an entry after the other, a title never left alone at the foot of a page.

Drawn as the cards are (`kernel/postcard_pdf.py`): text as text, whatever was typed.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from salledepause.kernel.postcard import DRAWING, INK, LAMP, SOFT
from salledepause.kernel.postcard_pdf import A4, BODY, BOLD, Ink, Paper, Sheet

TITLE, LEAD = Ink(BOLD, 22, LAMP), Ink(BODY, 10, SOFT)
HEADING, NOTE, SMALL = Ink(BOLD, 11, INK), Ink(BODY, 11, INK), Ink(BODY, 9, SOFT)
TOGETHER: Final = 64.0
"""Points that an entry takes at least: its heading is not parted from its first lines."""
BETWEEN: Final = 14.0


class Leaf(NamedTuple):
    """One entry: what its heading says, the note, the lines below it, each with where it leads (empty: nowhere)."""

    heading: str
    note: str
    below: tuple[tuple[str, str], ...]


class Binding(NamedTuple):
    """What the whole says: its title, a line under it, the house, the foot of each page, its number (`{n}`), an address."""

    title: str
    lead: str
    author: str
    house: str
    foot: str
    numbered: str
    address: str


def bound(binding: Binding, leaves: Sequence[Leaf]) -> bytes:
    """Return a notebook as PDF; the same bytes for the same words. Slow: about two milliseconds an entry."""
    with DRAWING:
        paper = Paper(A4, binding.title, binding.author, binding.house, binding.foot, binding.address, binding.numbered)
        sheet = Sheet(paper)
        sheet.write(binding.title, TITLE)
        sheet.write(binding.lead, LEAD)
        for leaf in leaves:
            sheet.top -= BETWEEN
            sheet.keep(TOGETHER)
            sheet.write(leaf.heading, HEADING)
            if leaf.note:
                sheet.write(leaf.note, NOTE)
            for line, link in leaf.below:
                sheet.write(line, SMALL, link)
        return sheet.finish()
