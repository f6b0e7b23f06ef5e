"""Terms of the glossary in what people say: the first time in a post, a quiet link that tells what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup, escape

from salledepause.features import glossary
from salledepause.surfaces.web import wording

APART = re.compile(r"(<a\b[^>]*>.*?</a>|<[^>]*>)", re.DOTALL)
"""Links, whole, and other tags: nothing is explained in them."""
WORD = re.compile(r"(?<![\w@#/&.:])[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)*(?![\w@/])")
SHOUTED = re.compile(r"(?:^|[\s(])(?P<word>[A-ZÀ-Ý]{2,})[\s,!?.]*$")
LOUD = re.compile(r"^[\s,!?.]*(?P<word>[A-ZÀ-Ý]{2,})\b")


def gloss(said: Markup, terms: Mapping[str, str], met: list[str]) -> Markup:
    """Return what is said with its terms explained, those apart that were `met` before in the same post."""
    if not terms or not WORD.search(said):
        return said
    made = "".join(piece if piece.startswith("<") else "".join(_glossed(piece, terms, met)) for piece in APART.split(said))
    return Markup(made)  # noqa: S704 - safe HTML, with links whose words are escaped


def _glossed(text: str, terms: Mapping[str, str], met: list[str]) -> Iterator[str]:
    at = 0
    for found in WORD.finditer(text):
        term = found[0]
        if term not in terms or term in met or _shouted(text, found, terms):
            continue
        met.append(term)
        yield text[at : found.start()]
        told = escape(wording.unbroken(terms[term]))
        yield f'<a class="term" href="/glossaire#{glossary.key_of(term)}" title="{told}" lang="fr">{term}</a>'
        at = found.end()
    yield text[at:]


def _shouted(text: str, found: re.Match[str], terms: Mapping[str, str]) -> bool:
    """Tell whether a word stands in capitals among others, so that it may be no term: « MERCI DES BISOUS »."""
    near = (SHOUTED.search(text[: found.start()]), LOUD.search(text[found.end() :]))
    return any(one is not None and one["word"] not in terms for one in near)
