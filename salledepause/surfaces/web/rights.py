"""What each right of an app lets it do, in words that a person can decide on (docs.joinmastodon.org/api/oauth-scopes)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Right(NamedTuple):
    """A right as the consent page names it: French sentences to translate; `strong` ones ask for thought."""

    title: str
    detail: str
    strong: bool = False


WIDE = {
    "profile": Right("Savoir qui vous êtes ici", "votre pseudonyme et votre profil, rien d'autre"),
    "read": Right("Lire tout ce que vous pouvez lire", "votre fil, vos messages « entre nous », vos notifications, vos listes"),
    "write": Right("Agir en votre nom", "écrire, effacer, aimer, partager, changer votre profil", strong=True),
    "follow": Right("Gérer vos liens", "suivre, masquer, bloquer, et en voir la liste"),
    "push": Right("Vous prévenir", "recevoir vos notifications sur votre appareil"),
    "admin": Right("Tenir la maison", "les gestes des hôtes, si vous en êtes", strong=True),
}
READS = {
    "accounts": "les profils, dont le vôtre",
    "blocks": "qui vous bloquez",
    "bookmarks": "ce que vous gardez",
    "collections": "vos collections",
    "favourites": "ce que vous aimez",
    "filters": "vos filtres",
    "follows": "qui vous suivez",
    "lists": "vos listes",
    "mutes": "qui vous rendez muet",
    "notifications": "vos notifications",
    "search": "chercher à votre place",
    "statuses": "les messages que vous pouvez lire, même « entre nous »",
}
WRITES = {
    "accounts": "changer votre profil",
    "blocks": "bloquer et débloquer",
    "bookmarks": "garder des messages",
    "collections": "changer vos collections",
    "conversations": "ranger vos conversations",
    "favourites": "aimer des messages",
    "filters": "changer vos filtres",
    "follows": "suivre et ne plus suivre",
    "lists": "changer vos listes",
    "media": "envoyer des images et des vidéos",
    "mutes": "masquer et démasquer",
    "notifications": "effacer vos notifications",
    "reports": "signaler aux hôtes",
    "statuses": "écrire et effacer des messages en votre nom",
}
READING, WRITING = "Lire", "Agir"


def granted(scopes: Sequence[str]) -> list[Right]:
    """Return what these scopes let an app do, the widest first; each house scope counts as the whole house."""
    held = {"admin" if one.startswith("admin:") else one for one in scopes}
    wide = [right for name, right in WIDE.items() if name in held]
    reads = [Right(READING, READS[noun]) for noun in READS if f"read:{noun}" in scopes]
    writes = [Right(WRITING, WRITES[noun], strong=noun == "statuses") for noun in WRITES if f"write:{noun}" in scopes]
    return [*wide, *reads, *writes]
