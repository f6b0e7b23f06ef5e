"""Which signpost a text seems to be for: the language engine says what the text does, the words of each signpost where it goes.

A word of `words` counts two, a hint one, one less where the house learned so (`lessons`), what overlaps once. What the engine
takes for a request that went astray needs two, so does what asks something, all else three; thanks, banter, threats and what
is hostile are nobody's request, and to distress one does not answer by a desk unless it counts three. It is proposed only
where no other counts as much: the same text is always told the same, with the words that say why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from salledepause.features import language
from salledepause.features.signposts.model import TOKEN, Signpost
from salledepause.kernel.text import folded

ASTRAY, DISTRESS, NEVER = "misdirected_request", "distress", frozenset({"thanks", "friendly_banter", "threat"})
"""Kinds of the engine: a request that went astray, who needs somebody first, what asks no desk for anything."""
ENOUGH, ENOUGH_ELSE, NEVER_ENOUGH = 2, 3, 1 << 20
WORD, HINT = 2, 1
BETWEEN = 2
"""Other words that may stand between two of a phrase."""
NEAR = 3
"""How many are told, the nearest first."""
LONGEST = 500
"""Words of a text that are looked at, from its beginning."""
OUTSIDE = re.compile(r"https?://\S+|[@#]\S+")
ASKS = re.compile(
    r"\b(comment|qui|ou|quand|combien|pourquoi|quels?|quelles?|je (veux|voudrais|souhaite|cherche|dois|demande)|j aimerais"
    r"|aimerait|besoin|pouvez|pourriez|peux|faut|faudrait|svp|s il (vous|te) plait|aidez|impossible|toujours (pas|rien)|manque"
    r"|plus (un|de|une)|panne|bonjour|exige|vous (auriez|comptez|prenez))\b"
)
KIND = re.compile(
    r"\b(merci (a|au|aux|pour)|bravo|felicitations?|j adore|chapeau|d accord|vous avez raison|ha ha|j ai ri|drole|rigolade"
    r"|selon vous|vraiment une bonne)\b"
)
"""What thanks, praises or debates."""
Lighter = frozenset[tuple[str, str]]
"""(key, word) of what counts one less."""
Phrase = tuple[str, ...]
Entry = tuple[str, int, Phrase]
"""The key of a signpost, what a phrase counts, its words."""
Hit = tuple[int, int, int, Phrase]
"""What a phrase counts, less than nought so that the weightiest is first; where it begins and ends; its words."""


class Read(NamedTuple):
    """What a text seems to be for: one signpost, where that is clear, else none; the nearest; the words that tell."""

    proposed: Signpost | None
    near: tuple[Signpost, ...]
    because: tuple[str, ...]
    """As they stand in the text, for the first of `near`."""


class Index(NamedTuple):
    """The phrases of all signposts, by their first word, or by its first three letters where any ending will do."""

    exact: dict[str, list[Entry]]
    beginning: dict[str, list[Entry]]


NOTHING = Read(None, (), ())


def read(known: Sequence[Signpost], text: str, lighter: Lighter = frozenset()) -> Read:
    """Return which of the signposts a text seems to be for; `lighter`: what counts one less."""
    said, tokens = _tokens(text)
    plain = " ".join(tokens)
    if KIND.search(plain):
        return NOTHING
    hits: dict[str, list[Hit]] = {}
    for (key, weight, phrase), start, end in _hits(_index(tuple(known)), tokens):
        less = (key, " ".join(phrase)) in lighter
        hits.setdefault(key, []).append((less - weight, start, end, phrase))
    counted = {key: _apart(each) for key, each in hits.items()}
    place = {one.key: one for one in known}
    order = sorted(counted, key=lambda key: -counted[key][0])[:NEAR]
    if not order:
        return NOTHING
    first, spans = counted[order[0]]
    alone = len(order) == 1 or counted[order[1]][0] < first
    clear = alone and first >= ENOUGH and first >= _enough(text, plain)
    because = tuple(" ".join(said[start:end]) for start, end in sorted(spans))
    return Read(place[order[0]] if clear else None, tuple(place[key] for key in order), because)


def told_by(known: Sequence[Signpost], key: str, text: str) -> list[str]:
    """Return the words of a signpost that stand in a text, as the table has them."""
    return sorted({" ".join(phrase) for (at, _, phrase), _, _ in _hits(_index(tuple(known)), _tokens(text)[1]) if at == key})


def _tokens(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text as they stand there, and as they are compared."""
    said = TOKEN.findall(OUTSIDE.sub(" ", text))[:LONGEST]
    return said, [folded(one) for one in said]


def _enough(text: str, plain: str) -> int:
    """Return how much a signpost must count to be proposed for a text."""
    said = language.mentions([language.Mention(text)], language.quick())[0]
    if said.hostile or said.kind in NEVER:
        return NEVER_ENOUGH
    asks = said.kind != DISTRESS and ("?" in text or ASKS.search(plain))
    return ENOUGH if said.kind == ASTRAY or asks else ENOUGH_ELSE


def _apart(hits: list[Hit]) -> tuple[int, list[tuple[int, int]]]:
    """Return what hits count together, the weightiest first, none where another stands nor twice for a phrase; and where."""
    total, taken, counted = 0, list[tuple[int, int]](), set[Phrase]()
    for weight, start, end, phrase in sorted(hits):
        if phrase not in counted and all(end <= left or start >= right for left, right in taken):
            counted.add(phrase)
            taken.append((start, end))
            total -= weight
    return total, taken


@lru_cache(maxsize=4)
def _index(known: tuple[Signpost, ...]) -> Index:
    index = Index({}, {})
    for one in known:
        for weight, phrases in ((WORD, one.words), (HINT, one.hints)):
            for phrase in phrases:
                tokens = tuple(phrase.split())
                where, at = (index.beginning, tokens[0][:3]) if tokens[0].endswith("*") else (index.exact, tokens[0])
                where.setdefault(at, []).append((one.key, weight, tokens))
    return index


def _hits(index: Index, tokens: Sequence[str]) -> list[tuple[Entry, int, int]]:
    """Return each phrase that stands in a text, where it begins and ends."""
    return [
        (entry, start, end)
        for start, token in enumerate(tokens)
        for entry in (*index.exact.get(token, ()), *index.beginning.get(token[:3], ()))
        if (end := _end(entry[2], tokens, start))
    ]


def _end(phrase: Sequence[str], tokens: Sequence[str], start: int) -> int:
    """Return where a phrase that begins there ends, 0 where it does not stand there."""
    at = start
    for place, wanted in enumerate(phrase):
        reach = range(at, at + 1) if place == 0 else range(at + 1, min(at + 2 + BETWEEN, len(tokens)))
        met = next((one for one in reach if _same(wanted, tokens[one])), None)
        if met is None:
            return 0
        at = met
    return at + 1


def _same(wanted: str, token: str) -> bool:
    return token.startswith(wanted[:-1]) if wanted.endswith("*") else wanted == token
