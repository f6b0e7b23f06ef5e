"""Whom one can call, what the house comes with, and when a number was checked too long ago."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import clean

WORDS_LENGTH = 500
"""Characters of what one tells the hosts, and of a note."""
NAME_LENGTH, NUMBER_LENGTH, HOURS_LENGTH = 120, 40, 60
MOST_LINES = 20
CHECKED_FOR = timedelta(days=90)
"""How long a number counts as checked."""


class Line(msgspec.Struct, frozen=True):
    """A help line as an administrator writes it."""

    name: str
    number: str
    hours: str = ""
    note: str = ""
    on_card: bool = True
    verified_on: date | None = None


class HelpLine(NamedTuple):
    """A help line as it is shown; `id` is small for those that the house comes with."""

    id: int
    name: str
    number: str
    hours: str
    note: str
    on_card: bool
    verified_on: date | None

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it."""
        return "".join(sign for sign in self.number if sign.isdigit() or sign == "+")


class HelpCall(NamedTuple):
    """Somebody who asks the hosts for a word."""

    id: int
    account_id: int
    words: str
    taken_by: int | None


CHECKED = date(2026, 11, 29)
DAY_AND_NIGHT = "24 h/24, 7 j/7"
DEFAULTS = (
    HelpLine(
        1,
        "Soins aux professionnels de la santé (SPS)",
        "0 805 23 23 36",
        DAY_AND_NIGHT,
        "Gratuit et anonyme. Une ou un psychologue écoute les gens du soin, quel que soit leur métier, et les étudiants.",
        True,
        CHECKED,
    ),
    HelpLine(
        2,
        "Prévention du suicide",
        "3114",
        DAY_AND_NIGHT,
        "Gratuit et confidentiel, pour soi ou pour quelqu'un d'autre. Ce sont des soignants qui répondent.",
        True,
        CHECKED,
    ),
    HelpLine(3, "Danger immédiat", "15", DAY_AND_NIGHT, "Le SAMU. Ou le 112 partout en Europe.", False, None),
    HelpLine(4, "Urgence par SMS", "114", DAY_AND_NIGHT, "Pour qui ne peut pas parler ou pas entendre.", False, None),
    HelpLine(5, "Entraide de l'Ordre des médecins", "0 800 288 038", "", "Gratuit, pour médecins et internes.", False, None),
)
"""What the house comes with, until an administrator writes otherwise. Numbers without a day are still to be checked."""


def is_stale(line: HelpLine, today: date) -> bool:
    """Tell whether a number is to be checked again."""
    return line.verified_on is None or line.verified_on < today - CHECKED_FOR


def checked(line: Line, today: date) -> Line:
    """Return a line as it is kept; raises BadInput."""
    name, number, hours, note = (" ".join(clean(text).split()) for text in (line.name, line.number, line.hours, line.note))
    if not name or not number:
        raise BadInput("Écrivez le nom de la ligne et son numéro.")
    if len(number) > NUMBER_LENGTH or not any(map(str.isdigit, number)) or not set(number) <= set("0123456789 +.-"):
        raise BadInput("Ce numéro ne se compose pas : des chiffres et des espaces suffisent.")
    if len(name) > NAME_LENGTH or len(hours) > HOURS_LENGTH or len(note) > WORDS_LENGTH:
        raise BadInput("Trop long : une ligne d'aide se lit d'un coup d'œil.")
    if line.verified_on and line.verified_on > today:
        raise BadInput("Ce jour de vérification n'est pas encore venu.")
    return Line(name, number, hours, note, line.on_card, line.verified_on)


def told(text: str) -> str:
    """Return what somebody tells the hosts, as it is kept; raises BadInput."""
    words = clean(text)
    if len(words) > WORDS_LENGTH:
        raise BadInput("Texte trop long : {most} caractères au plus.", most=WORDS_LENGTH)
    return words
