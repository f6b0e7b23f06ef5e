"""The words of support, and what somebody sees of those that a post got."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from salledepause.features.accounts import Family


class Word(StrEnum):
    """What one says with a gesture."""

    HERE = "here"
    ME_TOO = "me_too"
    COURAGE = "courage"
    LISTENING = "listening"


LABELS = {
    Word.HERE: "Je suis là",
    Word.ME_TOO: "Moi aussi",
    Word.COURAGE: "Courage",
    Word.LISTENING: "Je t'écoute",
}


class Received(NamedTuple):
    """A word that came, and the role families that it came from, of those who show theirs; never how often."""

    word: Word
    families: tuple[Family, ...]


class Support(NamedTuple):
    """What one person sees of the support that a post got: their own word; all that came, its author alone."""

    mine: Word | None = None
    received: tuple[Received, ...] = ()
