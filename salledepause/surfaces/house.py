"""What the house says of itself, the same at every door: the rules of its charter, what it is, what it keeps of people.

Title, description, languages and contact are settings; these texts are the project's. French sentences are the msgids.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from html import escape
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from salledepause import __version__
from salledepause.features import timelines
from salledepause.kernel import words
from salledepause.kernel.db import Tx
from salledepause.kernel.pool import Database

T = TypeVar("T")

SOFTWARE = "salledepause"
VERSION = __version__
WRITTEN_AT = datetime(2026, 11, 29, tzinfo=UTC)
"""When these texts last changed."""


class HouseRule(NamedTuple):
    """A rule of the charter and what it means."""

    text: str
    hint: str


RULES = (
    HouseRule(
        "On ne reconnaît personne.",
        "Ni nom, ni visage, ni chambre, ni date qui désigne un patient, un proche ou un collègue. "
        "Changez, retardez, regroupez : le secret vaut aussi ici.",
    ),
    HouseRule(
        "On s'en prend aux idées, jamais aux personnes.",
        "Ni insulte, ni menace, ni acharnement, ni moquerie d'un patient. "
        "Critiquer une décision, une organisation ou une profession reste permis.",
    ),
    HouseRule(
        "Aucune discrimination.",
        "Racisme, sexisme, homophobie, transphobie, validisme, mépris d'un métier : c'est non, même pour rire.",
    ),
    HouseRule(
        "On ne cherche pas qui est derrière un pseudonyme.",
        "Ni nom, ni employeur, ni indice, même amical. Chacun choisit ce qu'il montre.",
    ),
    HouseRule(
        "Aucune image sexuelle, sexiste ou humiliante.",
        "Ni fresque, ni montage, ni photo volée : l'humour n'excuse rien, même entre soi. Signalée, une image quitte la vue "
        "jusqu'à ce qu'un hôte décide. Une image difficile se cache derrière un avertissement.",
    ),
    HouseRule(
        "On ne consulte pas ici.",
        "Pour une urgence, appelez le 15 ou le 112. Une information médicale cite sa source et ne remplace pas une consultation.",
    ),
    HouseRule(
        "On n'affirme pas ce que l'on sait faux.",
        "Un bruit de couloir se dit comme tel, une erreur se corrige.",
    ),
    HouseRule(
        "Rien à vendre, rien en série.",
        "Ni publicité, ni démarchage, ni messages à la chaîne. Un compte automatique le dit sur son profil.",
    ),
)
"""The charter, in order; the number of a rule is its place, from 1."""

Section = tuple[str, tuple[str, ...]]

ABOUT: tuple[Section, ...] = (
    (
        "Ce que c'est",
        (
            "La salle de pause des gens du soin : on y souffle, on y rit, on y doute, on y remercie, de jour comme de nuit.",
            "On y parle sous pseudonyme, d'où l'on est : soignant, direction, administratif ou technique, patient ou proche.",
            "On peut aussi ne faire que lire.",
        ),
    ),
    (
        "Comment ça marche",
        (
            "Les fils sont dans l'ordre du temps, le plus récent d'abord : personne ne choisit à votre place ce que vous voyez.",
            "Chaque message dit ce qu'il est : opinion, doute, histoire, victoire, merci, question, idée, coup de gueule, info.",
        ),
    ),
    (
        "Si quelque chose ne va pas",
        ("Signalez un message ou un compte : les hôtes de la maison le lisent et décident d'après la charte.",),
    ),
)

PRIVACY: tuple[Section, ...] = (
    (
        "Ce que la maison garde",
        (
            "Votre pseudonyme, votre famille de rôle, ce que vous écrivez, vos abonnements et vos réglages.",
            "Du mot de passe et des mots de récupération, seulement des empreintes, que personne ne peut relire.",
        ),
    ),
    (
        "Ce qu'elle ne garde pas",
        (
            "Ni nom, ni adresse électronique, ni adresse IP, ni navigateur : rien de cela n'est écrit, ni en base ni en journal.",
            "L'adresse d'où vient une demande est comptée en mémoire quelques minutes, pour freiner les abus.",
            "Les images perdent leurs métadonnées dès leur arrivée.",
        ),
    ),
    (
        "Qui lit quoi",
        (
            "Un message public se lit sans compte. Les autres ne sont montrés qu'à qui vous les adressez.",
            "Rien n'est chiffré de bout en bout : qui administre le serveur pourrait techniquement lire un message privé.",
            "Qui ne fait que lire n'est nommé nulle part.",
        ),
    ),
    (
        "Ce qui s'efface",
        (
            "Un message effacé l'est pour de bon ; il ne reste que sa place dans le fil quand on lui avait répondu.",
            "Ses images ne se lisent plus ; elles attendent un jour votre nouveau brouillon, puis s'effacent.",
            "Un compte effacé emporte tout ce qu'il avait écrit.",
        ),
    ),
    (
        "Personne d'autre",
        (
            "Ni publicité, ni mesure d'audience, ni image ou police chargée ailleurs.",
            "Si vous activez les alertes d'une application, la maison garde l'adresse de son service d'envoi.",
            "Ce service ne reçoit que des messages chiffrés : l'application seule les lit.",
        ),
    ),
)


def said(text: str, language: str) -> str:
    """Return one of these texts in a language."""
    return words.catalogue(language).gettext(text)


def pages(sections: tuple[Section, ...], language: str) -> list[tuple[str, list[str]]]:
    """Return (title, paragraphs) of each section, in a language."""
    return [(said(title, language), [said(one, language) for one in paragraphs]) for title, paragraphs in sections]


def to_html(sections: tuple[Section, ...], language: str) -> str:
    """Return sections as HTML."""
    parts = []
    for title, paragraphs in pages(sections, language):
        parts.append(f"<h2>{escape(title, quote=False)}</h2>")
        parts.extend(f"<p>{escape(one, quote=False)}</p>" for one in paragraphs)
    return "".join(parts)


class Remembered(Generic[T]):
    """A figure asked of the database at most once in a while, for each database of this process."""

    def __init__(self, ask: Callable[[Tx], Awaitable[T]], seconds: float) -> None:
        """Ask with `ask` when what is kept is `seconds` old."""
        self._ask = ask
        self._seconds = seconds
        self._kept: WeakKeyDictionary[Database, tuple[float, T]] = WeakKeyDictionary()

    async def of(self, db: Database, tx: Tx) -> T:
        """Return the figure, asked through `tx` when the one kept is too old."""
        now = time.monotonic()
        held = self._kept.get(db)
        if held is not None and now - held[0] < self._seconds:
            return held[1]
        found = await self._ask(tx)
        self._kept[db] = (now, found)
        return found


USAGE = Remembered(timelines.usage, 60)
WEEKS = Remembered(timelines.weeks, 600)
