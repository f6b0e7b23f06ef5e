"""Words of distress in a text, by rules: who seems to be in pain, the author or somebody they write about.

High recall, and no accuracy promised: what it finds only shows a card of help lines to the author. A pure function, so that a
finer one can take its place. Idioms go first (« morte de rire », « mourir de faim »), then what others are quoted as saying is
told apart from what the author says, then each part of a sentence is looked at by itself: a word of distress counts unless
it is denied there, or its subject is somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal, NamedTuple

from salledepause.features.safety_net.lexicon import Rule, lexicon
from salledepause.kernel.text import folded

LONGEST, LONGEST_CLAUSE = 8_000, 500
"""Characters that are looked at, of a text and of a part of a sentence."""


class Concern(NamedTuple):
    """Whose distress a text seems to tell of, and by which rule that was found."""

    whose: Literal["author", "other"]
    why: str


LIGHT = re.compile(
    r"\b(?:mdr+|ptdr+|lol+|haha\w*|hihi\w*|fou rire|de rire|de joie|excitation|vacances|heureu\w+|trop contente?)\b|[😂🤣😅😆]"
)
"""What makes light of mere weariness; it never takes the weight off a wish to die."""
CLAUSE = re.compile(r"[.!?;:…\n]+|,? (?:mais|sauf que|par contre|alors que)\b|,(?= (?:je|j'|il|elle|on|et je|et j')\b)")
QUOTED = re.compile(r"«([^«»]{0,500})»|“([^“”]{0,500})”|\"([^\"]{0,500})\"")
SAYS_ONESELF = re.compile(
    r"\b(?:j'ai (?:dit|repondu|murmure|pense|crie|ecrit|lache)|je (?:(?:me|lui|leur|vous|te) )*(?:dis|suis dit|repete|pense))\b"
)
"""Before a quotation: the author quotes themselves."""
SAYS_ANOTHER = re.compile(r"\b(?:il|elle|on|iel|patient\w*|dame|monsieur|fille|collegue)\b|\bm'a\b|\bme (?:dit|lance|glisse)\b")

FIRST = re.compile(r"\b(?:je|j|moi|me|mes|mon|ma)\b|\bj'|\bm'(?!a\b|ont\b)|\bjvais\b|\bjpp\b|\bjai\b|\bjen\b")
NEGATED = re.compile(
    r"\b(?:ne|n'|jamais|aucune?|sans)\b[^,]{0,25}$|\bni\b[^,]{0,15}$"
    r"|\bpas (?:du tout |vraiment |franchement )?(?:d'|de |envie|au |l'|besoin)?\s?$"
)
"""What, just before a word of distress, denies it."""
AFTER = re.compile(r"^\s?(?:pas|plus jamais|jamais)\b")
OVER = re.compile(r"\bil y a (?:\w+ )?(?:ans|annees|longtemps)\b.*\b(?:mieux|bien|gueri\w*|derriere moi)\b")
"""What was, long ago, and is over."""

SAID_BY_DENYING = frozenset(
    {"no more life", "another's no more life", "no waking", "enough", "no way", "no strength", "worthless", "alone"}
)
"""Rules whose words are a denial already: « je ne veux plus vivre »."""

ENGLISH_LIGHT = re.compile(r"\b(?:laughing|lol|haha\w*|not|never|don't feel|no longer)\b[^.!?]*$")


def preload() -> None:
    """Read the words of distress, so that nobody's text waits for it (40 ms of processor)."""
    lexicon()


def concerns(text: str, language: str | None) -> Concern | None:
    """Return whose distress a text seems to tell of, `None` when it tells of none. `language` is an ISO 639-1 code, if known."""
    plain = folded(text[:LONGEST]).replace("’", "'")
    near = lexicon().at_hand(plain)
    grave, weary, theirs = near["grave"], near["weary"], near["theirs"]
    english = near["english"] if language in {"en", None} else []
    if not (grave or weary or theirs or english):
        return None
    said, quoted = _apart(plain)
    clauses = list(_clauses(said))
    own = partial(_own, grave, weary)
    return (
        _first(map(own, clauses))
        or _first(map(own, quoted["author"]))
        or _english(english, plain)
        or _first(map(partial(_anothers, theirs), clauses))
        or _first(_reported(grave, quoted["other"]))
    )


def _first(found: Iterable[Concern | None]) -> Concern | None:
    return next(filter(None, found), None)


def _apart(plain: str) -> tuple[str, dict[str, list[str]]]:
    """Return what the author says, and what is quoted, by whose words it is; stage and screen are nobody's."""
    quoted: dict[str, list[str]] = {"author": [], "other": [], "nobody": []}
    for found in QUOTED.finditer(plain):
        before = plain[max(0, found.start() - 80) : found.start()]
        after = plain[found.end() : found.end() + 60]
        whose = "author" if SAYS_ONESELF.search(before) else "other" if SAYS_ANOTHER.search(before + after) else "nobody"
        if lexicon().lesson.search(before + after):
            whose = "nobody"
        quoted[whose] += _clauses(next(filter(None, found.groups()), ""))
    return QUOTED.sub(" ", plain), quoted


def _clauses(plain: str) -> Iterator[str]:
    """Give the parts of a text, idioms taken out."""
    for clause in CLAUSE.split(plain):
        for start in range(0, len(clause), LONGEST_CLAUSE):
            yield lexicon().idioms.sub(" ", clause[start : start + LONGEST_CLAUSE])


def _own(grave: Iterable[Rule], weary: Iterable[Rule], clause: str) -> Concern | None:
    """Return the distress of who writes a clause."""
    found = _match(grave, clause)
    if found and not FIRST.search(clause) and lexicon().about_others.search(clause):
        found = None
    if found is None and not LIGHT.search(clause):
        found = _match(weary, clause)
    if found is None or lexicon().lesson.search(clause) or OVER.search(clause) or _is_of_another(clause, found[1]):
        return None
    return Concern("author", found[0])


def _is_of_another(clause: str, place: int) -> bool:
    """Tell whether the nearest subject before a place is somebody else."""
    own = max((found.start() for found in FIRST.finditer(clause[: place + 25])), default=-1)
    other = max((found.start() for found in lexicon().about_others.finditer(clause[:place])), default=-1)
    return other > own


def _anothers(theirs: Iterable[Rule], clause: str) -> Concern | None:
    """Return the distress of somebody whom a clause is about."""
    found = _match(theirs, clause)
    if found is None or lexicon().lesson.search(clause) or not lexicon().about_others.search(clause):
        return None
    return Concern("other", found[0])


def _reported(grave: Iterable[Rule], clauses: Iterable[str]) -> Iterator[Concern | None]:
    """Give the distress in what somebody else is quoted as saying."""
    for clause in clauses:
        yield Concern("other", "quoted") if _match(grave, clause) else None


def _match(rules: Iterable[Rule], clause: str) -> tuple[str, int] | None:
    """Return the first rule that a clause meets and does not deny, and where."""
    for rule in rules:
        for found in rule.finditer(clause) if rule.needle in clause else ():
            denied = NEGATED.search(clause[: found.start()]) or AFTER.search(clause[found.end() :])
            if not denied or rule.why in SAID_BY_DENYING:
                return rule.why, found.start()
    return None


def _english(rules: Iterable[Rule], plain: str) -> Concern | None:
    for rule in rules:
        for found in rule.finditer(plain):
            if not ENGLISH_LIGHT.search(plain[: found.start()][-200:]):
                return Concern("author", rule.why)
    return None
