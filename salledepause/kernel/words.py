"""The two languages of the interface: French sentences are the msgids, the English catalogue is complete."""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from salledepause.kernel.errors import Refusal

LANGUAGES = ("fr", "en")


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations of a language, compiled in memory from its `.po` files, one a part; French needs none."""
    if language == "fr":
        return NullTranslations()
    whole = Catalog(language)
    for part in parts(language):
        for message in part:
            whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


def parts(language: str) -> list[Catalog]:
    """Return what each `.po` file of a language holds; a sentence stands in one of them."""
    folder = files("salledepause") / "locale" / language / "LC_MESSAGES"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".po")), key=lambda one: one.name)
    return [read_po(io.BytesIO(one.read_bytes()), locale=language) for one in found]


@cache
def languages(language: str) -> dict[str, str]:
    """Return the languages of the world that have a code of two letters (ISO 639-1), by code, named in a language."""
    named = Locale(language).languages
    return {code: named[code] for code in sorted(named) if len(code) == 2}  # noqa: PLR2004 (letters)


def told(refusal: Refusal, language: str) -> str:
    """Return what a refusal says, in a language."""
    template = catalogue(language).gettext(refusal.message)
    return template.format(**refusal.values) if refusal.values else template


def chosen(header: str, default: str) -> str:
    """Return the first language we speak of an Accept-Language header (RFC 9110 §12.5.4), by its weights."""
    wishes = []
    for order, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        wishes.append((-_weight(weight), order, tag.strip().lower()[:2]))
    return next((tag for rank, _, tag in sorted(wishes) if tag in LANGUAGES and rank < 0), default)


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
