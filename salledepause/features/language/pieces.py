"""Cuts texts into the pieces that a sentence encoder knows, as `tokenizer.json` tells them: Unigram or WordPiece.

Unigram takes the likeliest way to cut each word (Kudo, Subword regularization, 2018), WordPiece the longest known beginning,
again and again (Schuster and Nakajima, Japanese and Korean voice search, 2012). Spellings are made one by NFKC, or as BERT does.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from salledepause.kernel.errors import BadInput

FIRST, LAST = ("<s>", "[CLS]"), ("</s>", "[SEP]")
"""The pieces that open and close a text."""
BEGINS = "▁"
"""What marks the beginning of a word in Unigram."""
UNLIKELY = 10.0
"""How much less likely than any piece a character is that no piece holds."""
LONGEST_WORD = 100
"""Characters of a word that are looked at: there are no longer ones but to do harm."""


class Pieces(NamedTuple):
    """How to cut a text, and how many pieces there may be."""

    words: Callable[[str], list[str]]
    cut: Callable[[str], list[int]]
    first: int
    last: int
    size: int

    def of(self, text: str, most: int) -> list[int]:
        """Return the places of at most `most` pieces of a text, those that open and close it included."""
        inside = [at for word in self.words(text) for at in self.cut(word)]
        return [self.first, *inside[: most - 2], self.last]


def read(told: Mapping[str, Any]) -> Pieces:
    """Return how to cut by what `tokenizer.json` holds; raises BadInput where that is another way, or not whole."""
    try:
        model = told["model"]
        kind = model["type"]
        if kind not in {"Unigram", "WordPiece"}:
            raise BadInput("tokenizer.json coupe les mots par {kind} : seuls Unigram et WordPiece sont lus.", kind=kind)
        spellings = list(_spellings(told.get("normalizer")))
        way = _unigram(model, spellings) if kind == "Unigram" else _wordpiece(model, spellings)
        names, words, cut = way
        names |= {one["content"]: int(one["id"]) for one in told.get("added_tokens") or ()}
        first, last = (next(names[one] for one in ways if one in names) for ways in (FIRST, LAST))
        return Pieces(words, cut, first, last, 1 + max(names.values()))
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise BadInput("tokenizer.json n'est pas lisible : {error!r}", error=error) from None


Way = tuple[dict[str, int], Callable[[str], list[str]], Callable[[str], list[int]]]


def _spellings(told: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Return what makes spellings one, laid out."""
    if not told:
        return []
    inner = told.get("normalizers")
    return [told] if inner is None else [one for part in inner for one in _spellings(part)]


def _small(spellings: list[Mapping[str, Any]]) -> bool:
    return any(one["type"] == "Lowercase" or one.get("lowercase") for one in spellings)


def _unigram(model: Mapping[str, Any], spellings: list[Mapping[str, Any]]) -> Way:
    names = {str(piece): at for at, (piece, _) in enumerate(model["vocab"])}
    likely = array("d", (float(chance) for _, chance in model["vocab"]))
    unknown, rare, longest, small = int(model["unk_id"]), min(likely) - UNLIKELY, max(map(len, names)), _small(spellings)

    def words(text: str) -> list[str]:
        said = unicodedata.normalize("NFKC", text)
        return [f"{BEGINS}{word[:LONGEST_WORD]}" for word in (said.lower() if small else said).split()]

    def cut(word: str) -> list[int]:
        best: list[tuple[float, int, int]] = [(0.0, 0, unknown)] + [(float("-inf"), 0, unknown)] * len(word)
        for start in range(len(word)):
            so_far = best[start][0]
            best[start + 1] = max(best[start + 1], (so_far + rare, start, unknown))
            for end in range(start + 1, min(len(word), start + longest) + 1):
                at = names.get(word[start:end])
                if at is not None and at != unknown:
                    best[end] = max(best[end], (so_far + likely[at], start, at))
        made, at = [], len(word)
        while at:
            made.append(best[at][2])
            at = best[at][1]
        return made[::-1]

    return names, words, cut


def _wordpiece(model: Mapping[str, Any], spellings: list[Mapping[str, Any]]) -> Way:
    names = {str(piece): int(at) for piece, at in model["vocab"].items()}
    unknown, goes_on, small = names[model["unk_token"]], str(model.get("continuing_subword_prefix", "##")), _small(spellings)
    bare = any(one.get("strip_accents") or one["type"] == "StripAccents" for one in spellings) or (
        small and not any(one.get("strip_accents") is False for one in spellings)
    )

    def words(text: str) -> list[str]:
        said = unicodedata.normalize("NFD", text.lower() if small else text)
        if bare:
            said = "".join(one for one in said if unicodedata.category(one) != "Mn")
        spaced = (f" {one} " if unicodedata.category(one)[0] in "PS" else one for one in unicodedata.normalize("NFC", said))
        return "".join(spaced).split()

    def cut(word: str) -> list[int]:
        made, start = [], 0
        while start < len(word) <= LONGEST_WORD:
            ends = range(len(word), start, -1)
            found = next(
                ((names[piece], end) for end in ends if (piece := (goes_on if start else "") + word[start:end]) in names), None
            )
            if found is None:
                return [unknown]
            made.append(found[0])
            start = found[1]
        return made or [unknown]

    return names, words, cut
