"""What a site of the register is, how its name is written, and by which words it is found: pure rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean


def folded(text: str) -> str:
    """Return a text as it is compared: small letters without accents, one space between words, no punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    return " ".join("".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one)).split())


FINESS: Final = re.compile(r"(?:\d\d|2[AB])\d{7}", re.ASCII)
POSTCODE: Final = re.compile(r"\d{5}|", re.ASCII)
LONGEST_NAME, LONGEST_TOWN = 200, 100
MOST_WORDS: Final = 8
"""Words of a question that are looked for."""
SHORT: Final = {
    "ch": "centre hospitalier",
    "chu": "centre hospitalier universitaire",
    "chr": "centre hospitalier regional",
    "chru": "centre hospitalier regional universitaire",
    "chs": "centre hospitalier specialise",
    "chi": "centre hospitalier intercommunal",
    "gh": "groupe hospitalier",
    "ghu": "groupe hospitalier universitaire",
    "ghi": "groupe hospitalier intercommunal",
    "hia": "hopital instruction armees",
    "hl": "hopital local",
    "hj": "hopital jour",
    "hdj": "hopital jour",
    "epsm": "etablissement public sante mentale",
    "usld": "unite soins longue duree",
    "ssr": "soins suite readaptation",
    "had": "hospitalisation domicile",
    "cmp": "centre medico psychologique",
    "clcc": "centre lutte contre cancer",
    "aphp": "assistance publique hopitaux paris",
    "aphm": "assistance publique hopitaux marseille",
    "hcl": "hospices civils lyon",
    "ctre": "centre",
    "grp": "groupe",
    "hop": "hopital",
    "univ": "universitaire",
    "st": "saint",
    "ste": "sainte",
}
"""Abbreviations of the register and of everyday talk, spelt out in folded words."""
CLIPPED: Final = frozenset({"st", "ste", "ctre", "grp", "hop", "univ"})
"""Those that are shortened words rather than initials."""
INITIALS: Final = (
    frozenset({"aphm", "aphp", "cash", "cattp", "cdag", "crf", "ehpad", "samu", "smpr", "smur"}) | SHORT.keys() - CLIPPED
)
"""What stays in capitals."""
SMALL: Final = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "pour", "sous", "sur"})
"""Words that nobody looks for, written small inside a name."""
COMMON: Final = (
    "centre centres hospitalier hospitaliers hospitalière universitaire universitaires régional régionale spécialisé groupe "
    "intercommunal intercommunale hôpital hôpitaux clinique polyclinique maison institut unité unités soins longue durée "
    "moyen séjour suite réadaptation rééducation fonctionnelle santé mentale public privé privée médical médicale médico "
    "psychologique psychiatrie psychiatrique thérapeutique chirurgical chirurgicale gériatrique gérontologique pédiatrique "
    "jour enfants adultes adolescents site service local établissement convalescence cure accueil générale général antenne"
)
ACCENTED: Final[dict[str, str]] = {folded(word): word for word in re.findall(r"\w+", COMMON)}
"""Common nouns of names by what they are without accents, which the register mostly writes so."""
CEDEX: Final = re.compile(r"\s+(?:cedex\b.*|\d{1,2})$", re.IGNORECASE)


class Hospital(NamedTuple):
    """A site of the register: its FINESS number (nine characters), its name and town as they are shown, its postcode."""

    finess: str
    name: str
    town: str
    postcode: str


class HospitalsChanged(Event, frozen=True):
    """Sites of the register are there, or bear another name."""

    finess: tuple[str, ...]


def hospital_of(row: Mapping[str, str | None]) -> Hospital:
    """Return the site of a line of the register, by the names of its columns; raises BadInput saying what cannot be read."""
    finess = (row.get("id") or "").strip().upper().zfill(9)
    if not FINESS.fullmatch(finess):
        raise BadInput("Le numéro FINESS est illisible.")
    name = presentable(_said(row, "hospital_name"))
    place = presentable(_said(row, "site_name"))
    town = presentable(CEDEX.sub("", _said(row, "city")))
    if not name or len(name) > LONGEST_NAME or len(place) > LONGEST_NAME:
        raise BadInput("Le nom manque, ou il est trop long.")
    if not town or len(town) > LONGEST_TOWN:
        raise BadInput("La ville manque, ou elle est trop longue.")
    if "\ufffd" in f"{name}{place}{town}":
        raise BadInput("Le texte n'est pas en UTF-8.")
    postcode = _said(row, "postcode")
    if not POSTCODE.fullmatch(postcode):
        raise BadInput("Le code postal est illisible.")
    return Hospital(finess, f"{name}, {place}" if place else name, town, postcode)


def _said(row: Mapping[str, str | None], column: str) -> str:
    return " ".join(clean((row.get(column) or "").replace("\x92", "'").replace('"', " ")).split())


def presentable(name: str) -> str:
    """Return a name in small letters where the register shouts it; what is not all in capitals stays as it is."""
    if name != name.upper():
        return name
    words = re.split(r"([^\W\d_]+)", name)
    written = [_written(word, first=not place) for place, word in enumerate(words[1::2])]
    return "".join(part for pair in zip(words[::2], [*written, ""], strict=True) for part in pair)


def _written(word: str, *, first: bool) -> str:
    fold = folded(word)
    if fold in INITIALS:
        return word
    if fold in SMALL and not first:
        return word.lower()
    if fold in ACCENTED:
        return ACCENTED[fold].capitalize() if first else ACCENTED[fold]
    return word if fold not in CLIPPED and len(word) > 1 and not set(fold) & set("aeiouy") else word.capitalize()


def abbreviated(text: str) -> list[str]:
    """Return the words by which a name is found: its own, its abbreviations spelt out, its long names abbreviated, each once."""
    own = [word for word in folded(text).split() if word not in SMALL]
    spelt = [part for word in own for part in SHORT.get(word, word).split()]
    line = f" {' '.join(spelt)} "
    short = [one for one, whole in SHORT.items() if f" {whole} " in line]
    said = ["chu"] if "chru" in short else []  # as everybody says
    return list(dict.fromkeys([*own, *spelt, *short, *said]))


def asked(text: str) -> str:
    """Return a question as PostgreSQL's `tsquery` (simple): every word, or what begins with it; empty when it asks nothing.

    Only letters and digits are left of what was typed: no operator of the language of questions comes through.
    """
    words = [word for word in folded(text[: 40 * MOST_WORDS]).split() if word not in SMALL]
    if not any(len(word) > 1 for word in words):
        return ""
    return " & ".join(f"{word}:*" for word in dict.fromkeys(words[:MOST_WORDS]))


def words_of(one: Hospital) -> Iterable[str]:
    """Return the words by which a site is found, its number among them."""
    return dict.fromkeys([*abbreviated(f"{one.name} {one.town}"), one.postcode, one.finess.lower()])
