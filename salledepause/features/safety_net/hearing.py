"""Distress in what one says to somebody: by the rules, then by what the language engine learned of mentions.

The engine hears what no rule names (« @lou je dors plus, je fais semblant toute la journée »); of what is said to nobody in
particular it finds nothing more, and much for nothing, so that it is not asked there (`docs/language.md` has the figures).
"""

from __future__ import annotations

import asyncio

from salledepause.features import language
from salledepause.features.language import Mention
from salledepause.features.safety_net.rules import FIRST, LONGEST, Concern, concerns
from salledepause.kernel.text import folded

FRENCH = {"fr", None}


async def concern(text: str, of: str | None, before: str = "") -> Concern | None:
    """Return whose distress a text tells of, `None` when it tells of none; `of` is its language (ISO 639-1), if known.

    Nor where it was said `before`, in what an edit changes.
    """
    found = await _concern(text, of)
    return None if found and before and await _concern(before, of) else found


async def _concern(text: str, of: str | None) -> Concern | None:
    found = concerns(text, of)
    if found is None and of in FRENCH and addressed(text) and await asyncio.to_thread(_is_heard, text):
        return Concern("author", "heard")
    return found


def addressed(text: str) -> bool:
    """Tell whether a text is said to somebody, by somebody who speaks of themselves."""
    return text.lstrip().startswith("@") and FIRST.search(folded(text[:LONGEST]).replace("’", "'")) is not None


def _is_heard(text: str) -> bool:
    return language.mentions([Mention(text[:LONGEST])], language.quick())[0].kind == "distress"
