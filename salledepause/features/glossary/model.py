"""What a term is, what the house comes with, and what may be written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, folded

TERM_LENGTH, MEANING_LENGTH, SOURCE_LENGTH, ADDRESS_LENGTH = 20, 400, 120, 300
MOST_TERMS = 2000
SHAPE = re.compile(r"[A-Z][A-Za-z0-9]+(?:-[A-Z][A-Za-z0-9]*)*")
"""A term is found in texts by its capitals."""
CODES = "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT"
SOURCES: dict[str, tuple[str, str]] = {
    "CSP": ("Code de la santé publique", f"{CODES}000006072665"),
    "CSS": ("Code de la sécurité sociale", f"{CODES}000006073189"),
    "CASF": ("Code de l'action sociale et des familles", f"{CODES}000006074069"),
    "CGFP": ("Code général de la fonction publique", f"{CODES}000044416551"),
    "CT": ("Code du travail", f"{CODES}000006072050"),
    "HAS": ("Haute Autorité de santé", "https://www.has-sante.fr"),
    "ATIH": ("Agence technique de l'information sur l'hospitalisation", "https://www.atih.sante.fr"),
    "ANAP": ("Agence nationale de la performance sanitaire et médico-sociale", "https://www.anap.fr"),
    "ANS": ("Agence du numérique en santé", "https://esante.gouv.fr"),
    "CNG": ("Centre national de gestion", "https://www.cng.sante.fr"),
    "CNIL": ("Commission nationale de l'informatique et des libertés", "https://www.cnil.fr"),
    "MSP": ("Ministère chargé de la santé", "https://sante.gouv.fr"),
    "SPF": ("Santé publique France", "https://www.santepubliquefrance.fr"),
    "ameli": ("Assurance maladie", "https://www.ameli.fr"),
}


class Term(NamedTuple):
    """A term, what it means, where that is said; `ours` when it comes with the house as it is."""

    key: str
    term: str
    meaning: str
    source: str
    address: str
    ours: bool = False


class Wanted(msgspec.Struct, frozen=True):
    """A term as an administrator writes it."""

    term: str = ""
    meaning: str = ""
    source: str = ""
    address: str = ""


class GlossaryChanged(Event, frozen=True):
    """A term was written or taken out."""

    key: str


def key_of(term: str) -> str:
    """Return how a term is named in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", folded(term)).strip("-")


@cache
def defaults() -> dict[str, Term]:
    """Return what the house comes with, by key, read once."""
    made = {}
    for line in (files("salledepause.features.glossary") / "terms.txt").read_text("utf-8").splitlines():
        term, meaning, source = line.split("|")
        code, _, article = source.partition(" ")
        name, address = SOURCES[code]
        said = f"{name}, article {article}" if article else name
        made[key_of(term)] = Term(key_of(term), term, meaning, said, address, ours=True)
    return made


def found(terms: Iterable[Term], typed: str) -> list[Term]:
    """Return the terms that answer what somebody looks for: those that begin with it first, then those that speak of it."""
    wanted = folded(typed).strip()
    if not wanted:
        return list(terms)
    ranked = [(_rank(one, wanted), one) for one in terms]
    return [one for rank, one in sorted(ranked, key=lambda pair: (pair[0], pair[1].key)) if rank]


def _rank(one: Term, wanted: str) -> int:
    """Return how well a term answers, 1 the best, 0 not at all."""
    term = folded(one.term)
    if term == wanted:
        return 1
    return 2 if term.startswith(wanted) else 3 if wanted in folded(one.meaning) else 0


def checked(wanted: Wanted) -> Term:
    """Return a term as it is kept; raises BadInput."""
    term, meaning, source = (" ".join(clean(one).split()) for one in (wanted.term, wanted.meaning, wanted.source))
    address = clean(wanted.address)
    if not SHAPE.fullmatch(term) or len(term) > TERM_LENGTH:
        raise BadInput("Un terme s'écrit avec ses majuscules, sans espaces ni points : EPRD, T2A, PU-PH.")
    if not meaning or len(meaning) > MEANING_LENGTH:
        raise BadInput("Dites en une phrase ce que cela veut dire : {most} caractères au plus.", most=MEANING_LENGTH)
    if len(source) > SOURCE_LENGTH or len(address) > ADDRESS_LENGTH:
        raise BadInput("La source est trop longue.")
    if address and not re.fullmatch(r"https?://[^\s<>\"']+", address):
        raise BadInput("L'adresse de la source commence par https://.")
    return Term(key_of(term), term, meaning, source, address)
