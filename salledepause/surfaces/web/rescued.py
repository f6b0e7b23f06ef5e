"""What somebody wrote in a form that could not be taken comes back to them, on a page whose button sends it again.

A session that is over, a page left open for too long, too many requests, a fault of ours: what was typed is neither written nor
lost. Only what a page of this site sent comes back, or others could put words into somebody's mouth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from salledepause.surfaces.edge import Call
from salledepause.surfaces.web import answers

DESCRIPTION = "Ce qu'elle montre, pour qui ne la voit pas"
MESSAGE = {
    "text": "Votre message",
    "warning": "Avertissement, montré avant le texte (facultatif)",
    "description": "Décrivez-la en quelques mots, pour qui ne la voit pas",
    "options": "Réponse %(n)s",
}
PROFILE = {
    "name": "Nom affiché",
    "note": "Présentation",
    "titles": "Titre de la ligne %(n)s",
    "values": "Texte de la ligne %(n)s",
    "avatar_description": DESCRIPTION,
    "header_description": DESCRIPTION,
}
CARD = {
    "remark": "La remarque à laquelle elle répond",
    "answer": "La réponse, en 500 caractères",
    "nuance": "La nuance : ce qui dépend, ce qui n'est pas si simple (facultatif)",
    "sources": "Sources, une par ligne : adresse, texte de loi, décision",
}
HELP = {"name": "Qui répond", "number": "Numéro", "hours": "Quand", "note": "Pour qui, en une phrase"}
SERVER = {"public_comment": "Pourquoi, pour tout le monde (facultatif)", "private_comment": "Note pour les hôtes (facultatif)"}
FORMS = {
    r"/ecrire(/destinataires|/medias)?": MESSAGE,
    r"/gestes/\d+/modifier": MESSAGE,
    r"/signaler": {"comment": "Avec vos mots (facultatif si une règle suffit)"},
    r"/images/\d+": {"words": "Pourquoi elle a sa place ici"},
    r"/retenus/\d+": {"words": "Pourquoi ce message a sa place ici"},
    r"/maison/retenus/\d+": {"reason": "Ce que la personne lira (pour refuser, il faut une raison)"},
    r"/decisions/\d+": {"words": "Pourquoi cette décision est à revoir"},
    r"/maison/contestations/\d+": {"reason": "Ce que la personne lira (pour maintenir, il faut une raison)"},
    r"/pieces/[^/]+/garder": {"reason": "Pourquoi : la personne le lira"},
    r"/aide": {"words": "Ce que vous voulez leur dire (facultatif)"},
    r"/personnes/\d+/note": {"note": "D'où vous connaissez cette personne, ce qu'il ne faut pas oublier"},
    r"/prendre-l-air": {"note": "Ce que les autres liront sur votre profil (facultatif)"},
    r"/listes(/\d+/reglages)?": {"title": "Son titre"},
    r"/reglages/filtres/(nouveau|\d+)": {"title": "Son nom", "words": "Les mots, un par ligne"},
    r"/reglages/profil": PROFILE,
    r"/inscription/qui": {"reason": "Pourquoi venez-vous ?"},
    r"/guichets/\d+": {"text": "Votre question ou votre remarque"},
    r"/guichets(/\d+/reglages)?": {"name": "Son nom", "purpose": "Ce qu'on peut lui demander (facultatif)"},
    r"(/guichets/\d+)?/fiches(/\d+)?": CARD,
    r"/remarques/\d+": {"text": "Votre réponse"},
    r"/maison/annonces/(nouvelle|\d+)": {"text": "Ce que tout le monde lira"},
    r"/maison/(comptes|signalements)/\d+": {"reason": "Ce que la personne lira"},
    r"/maison/images/\d+": {"reason": "Ce que la personne lira (facultatif)"},
    r"/maison/serveurs/(nouveau|\d+)": SERVER,
    r"/maison/aide/(nouvelle|\d+)": HELP,
}
"""By the addresses of forms that hold words: their fields, as they are labelled there; none of secrets."""
LABELS = {label for fields in FORMS.values() for label in fields.values()}
LINE = 34
"""Characters that one line of a form shows on a phone."""
CARRIED_ANEW = {"csrf"}


class Field(NamedTuple):
    """One field: words to show under a label, or what goes along unseen: empty, or without a label."""

    name: str
    value: str
    label: str
    place: int
    """Among those that are labelled alike, from 1."""

    @property
    def long(self) -> bool:
        """Whether it takes more than a line."""
        return len(self.value) > LINE or "\n" in self.value


class Rescued(NamedTuple):
    """What a form held; `files` when files went with it, which have to be chosen again."""

    fields: list[Field]
    files: bool


def labels(call: Call) -> Mapping[str, str]:
    """Return the labels of the words in the form that a request brings; empty for any other, and for one from elsewhere."""
    if call.scope["method"] != "POST" or not from_here(call.headers):
        return {}
    path = str(call.scope["path"])
    return next((fields for pattern, fields in FORMS.items() if re.fullmatch(pattern, path, re.ASCII)), {})


def from_here(headers: Headers) -> bool:
    """Tell whether a page of this site sent a request, as browsers say it; what says nothing is not from a page of others.

    Source: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header; over plain http there is only `Origin`.
    """
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def of(call: Call) -> Rescued | None:
    """Return what the form of a request held, `None` where it held no words."""
    known, seen = {} if answers.wants_fragment(call) else labels(call), dict[str, int]()
    fields, files = [], False
    for name, value in _flat(call.given) if known else ():
        if not isinstance(value, str):
            files = True
        elif name not in CARRIED_ANEW:
            label = known.get(_key(name), "")
            seen[label] = seen.get(label, 0) + 1
            fields.append(Field(name, value, label, seen[label]))
    written = any(one.label and one.value.strip() for one in fields)
    return Rescued(fields, files) if written else None


def _flat(held: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return what `params.nest` made of a form as its pairs, under the names that make the same again."""
    for name, value in held.items():
        yield from _pairs(name, value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _pairs(f"{name}[{place}]", inner)
    else:
        yield name, value


def _key(name: str) -> str:
    """Return the word that names a field: the last of its brackets that is no number."""
    return [one for one in name.replace("]", "").split("[") if not one.isdigit()][-1]
