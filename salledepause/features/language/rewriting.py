"""What one may say instead: each part that identifies, what it is, and a wording that lets nobody be recognised.

`advice` looks at a text as it is written, by the first pass alone unless it is given both; nothing of it is kept. A first name is
changed into one that women and men bear, the same each time, and said to be changed: a name so marked alarms nobody. Names of
accounts are left alone, those who bear them write here under no other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from salledepause.features.language import guards
from salledepause.features.language.engine import Engine, quick, secret
from salledepause.features.language.evidence import QUASI
from salledepause.features.language.ngrams import plain
from salledepause.features.language.shapes import listed, naming
from salledepause.features.language.wordings import RULES, Instead, Part


class Hint(NamedTuple):
    """A part that identifies, from `start` to `end` (code points), and what to say in the place of `start_at` to `end_at`."""

    start: int
    end: int
    kind: str
    what: str
    """In French: « un âge »."""
    words: str
    instead: str | None
    """`None` where no rule says it better."""
    start_at: int
    end_at: int


class Advice(NamedTuple):
    """What a text lets be recognised: a label of `LABELS`, how likely, the parts, and how many sorts of parts point together."""

    label: str
    chance: float
    hints: tuple[Hint, ...]
    together: int
    text: str
    """All of it said otherwise, where rules know how."""


BORNE_BY_BOTH = ("Camille", "Dominique", "Claude", "Sacha", "Charlie", "Maxime", "Morgan", "Lou")
"""First names that women and men bear, none of which wants an elision."""
CHANGED = "(prénom changé)"
TOLD = re.compile(rf"\b({'|'.join(BORNE_BY_BOTH)}) \(prénoms? changés?\)")
HANDLE = re.compile(r"(?<![\w@])@\w+(?:@[\w.-]*\w)?(?![\w.]*\w)")
TITLE = re.compile(
    r"(?<!\w)(?P<title>M\.|MM?\.?|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Dr\.?|Docteur|Pr\.?|Professeur)\s$",
    re.IGNORECASE,
)
WOMAN, CARER = re.compile(r"^(?:mme|mlle|madame|mademoiselle)"), re.compile(r"^(?:dr|docteur|pr|professeur)\b")
HOUSE_OF = re.compile(r"(?<!\w)(?:fils|fille|père|mère|frère|sœur|famille|veuve|parents|enfants) $", re.IGNORECASE)
AMONG = re.compile(r"(?<!\w)(?P<at>chez )?les $", re.IGNORECASE)
ELIDED = re.compile(r"(?<!\w)(?P<word>d|qu|l|s|n|lorsqu|puisqu)['’]$", re.IGNORECASE)
PET = re.compile(r"^(?P<title>tonton|papi|papy|pépé|tata|mamie|mémé|monsieur|madame|mr|mme|mlle|m\.)\s", re.IGNORECASE)
HER = re.compile(r"tata|mamie|mémé|madame|mme|mlle", re.IGNORECASE)
CALLED = re.compile(r"^(?:\w+ez|Merci|Bonjour|Bonsoir|Salut|Bravo|Adieu|Pour|Avec|Chez|Mais|Quand) (?:à )?")
"""Words with a capital that a first name follows."""
STOP = re.compile(r"(?:^|[.!?…\n]\s*|[«\"]\s*)$")
LEAST_PARTS = 3
PROPER = re.compile(r"(?<!\w)(?<!\w['’-])[A-ZÀ-ÖØ-ÞŒŸ][\w'’-]+")
"""A word with a capital."""
POINTED = re.compile(
    r"\b0[1-9](?:[ .-]?\d{2}){4}\b|\b\d{7,}\b|\w@\w[\w-]*\.\w|\b[A-ZÉÈ]\.[ -]?[A-ZÉÈ]\."
    r"|\b(?:CH[UIR]?U?|Ehpad|EHPAD|h[ôo]pital) (?:de |d['’])?[A-ZÉÈ]"
    r"|\b(?:M\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Dr\.?|Docteur|Pr\.?)\s+[A-ZÉÈ]|\b[Cc]h(?:ambre|\.)? ?\d"
)
POINTS = re.compile(
    r"\d|\b(?:patient|resident|malade|monsieur|madame|mme|mr|mlle|dame|bebe|enfant|papi|papy|mamie|pepe|meme|tonton|tata|fils|fille"
    r"|mere|pere|femme|mari|epou|veu[fv]|soeur|frere|gamin|chambre|lit|box|ehpad|hopital|chu|clinique|appel|photo|selfie|video|celui"
    r"|celle|homme|garcon|collegue|interne|externe|chef|cadre|directe|docteur|dr|pr)\w*"
)
"""What no text that lets somebody be recognised lacks, first names and names of places apart."""


def may_tell(text: str) -> bool:
    """Tell whether a text is worth a look: what says no number, nobody and no first name lets nobody be recognised."""
    return POINTS.search(plain(text)) is not None or pointed(text)


def pointed(text: str) -> bool:
    """Tell whether a text writes a name, a town, a house or a number out: a look of some microseconds, for what many send."""
    if POINTED.search(text):
        return True
    return any(map(naming, PROPER.findall(text)))


def advice(text: str, engine: Engine | None = None) -> Advice:
    """Return what a text lets be recognised, and how it may be said."""
    shown = masked(text)
    verdict = secret(shown, engine or quick())
    if verdict.label == "safe":
        return Advice("safe", verdict.chance, (), 0, text)
    hints: list[Hint] = []
    names: dict[str, str] = {}
    for span in verdict.spans:
        if span.kind == "handle" and HANDLE.fullmatch(text, span.start, span.end):
            continue
        given = _instead(text, (span.start, span.end), span.kind, names)
        if given is not None and plain(given.words) in plain(text[span.start : span.end]) and given.words:
            continue
        hints.append(_hint(text, (span.start, span.end), span.kind, given))
    apart = _apart(hints)
    together = len({hint.kind for hint in apart if hint.kind in QUASI})
    return Advice(verdict.label, verdict.chance, apart, together if together >= LEAST_PARTS else 0, rewritten(text, apart))


def masked(text: str) -> str:
    """Return a text of the same length whose changed first names and accounts identify nobody."""
    told = {found[1] for found in TOLD.finditer(text)}
    for name in told:
        text = re.sub(rf"\b{name}\b(?: \(prénoms? changés?\))?", lambda found: "il".ljust(len(found[0])), text)
    return HANDLE.sub(lambda found: " " * len(found[0]), text)


def _instead(text: str, where: tuple[int, int], kind: str, names: dict[str, str]) -> Instead | None:
    start, end = where
    part = Part(text[max(0, start - 60) : start], text[start:end], text[end : end + 40])
    if kind == "name":
        return _name(part, text, names)
    rule = RULES.get(kind)
    return rule(part) if rule else None


def _name(part: Part, text: str, names: dict[str, str]) -> Instead:
    """Say a name: after a title as a woman, a man or a doctor; a family as somebody's; a first name as another one."""
    pet = PET.match(part.words)
    title = pet["title"] if pet else None
    back = 0
    if found := TITLE.search(part.before):
        title, back = found["title"], len(found[0])
    if title:
        return _titled(Part(part.before[: len(part.before) - back], part.words, part.after), title, back)
    if HOUSE_OF.search(part.before):
        return Instead("de quelqu'un")
    if among := AMONG.search(part.before):
        return Instead("dans une famille" if among["at"] else "une famille", len(among[0]))
    other = next((word for word in re.split(r"[\s]", part.words) if "first_names" in listed(word)), None)
    if other and (verb := CALLED.match(part.words)):
        return Instead(verb[0] + _borne(other, text, names))
    led = ELIDED.search(part.before)
    said = _borne(other, text, names) if other else "quelqu'un"
    if not led:
        return Instead(said)
    bare = {"d": "de ", "qu": "que ", "l": "", "s": "se ", "n": "ne ", "lorsqu": "lorsque ", "puisqu": "puisque "}
    return Instead(bare[led["word"].lower()] + said, len(led[0]))


def _titled(part: Part, title: str, back: int) -> Instead:
    said = plain(title)
    who = "un médecin" if CARER.match(said) else "une dame" if WOMAN.match(said) or HER.search(said) else "un monsieur"
    led = re.search(r"(?<!\w)(?P<word>du|au|de la|à la|le|la|l['’]|de|d['’]) ?$", part.before, re.IGNORECASE)
    if led is None:
        return Instead(who, back)
    word = led["word"].lower()
    lead = "d'" if word[0] == "d" else "à " if word[0] in "aà" else ""
    return Instead(lead + who, back + len(led[0]))


def _borne(name: str, text: str, names: dict[str, str]) -> str:
    """Return the first name that takes the place of another, said to be changed where it comes first."""
    key = plain(name)
    if key in names:
        return names[key]
    there = plain(text)
    free = [one for one in BORNE_BY_BOTH if plain(one) not in there and one not in names.values()]
    names[key] = free[0] if free else "quelqu'un"
    return f"{names[key]} {CHANGED}" if free else names[key]


def _hint(text: str, where: tuple[int, int], kind: str, given: Instead | None) -> Hint:
    start, end = where
    what = guards.SAID[kind]
    if given is None:
        return Hint(start, end, kind, what, text[start:end], None, start, end)
    first, last = start - given.back, end + given.on
    words = given.words
    if words and STOP.search(text[:first]) and not text[first : first + 1].islower():
        words = words[0].upper() + words[1:]
    return Hint(start, end, kind, what, text[start:end], words, first, last)


def _apart(hints: Sequence[Hint]) -> tuple[Hint, ...]:
    """Return hints none of which says what another does: of two that meet, the later one has no wording of its own."""
    made: list[Hint] = []
    for hint in sorted(hints, key=lambda one: one.start):
        meets = bool(made) and made[-1].instead is not None and hint.start_at < made[-1].end_at
        made.append(hint._replace(instead=None, start_at=hint.start, end_at=hint.end) if meets else hint)
    return tuple(made)


def rewritten(text: str, hints: Sequence[Hint]) -> str:
    """Return a text with the wordings of these hints."""
    for hint in sorted(hints, key=lambda one: -one.start_at):
        if hint.instead is not None:
            text = text[: hint.start_at] + hint.instead + text[hint.end_at :]
    return text
