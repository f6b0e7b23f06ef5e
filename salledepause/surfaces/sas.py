"""What waits behind a shield, in a sentence made by rule: how many of what, since when; never a word of what was said."""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations

from salledepause.features.shield import Counted
from salledepause.kernel import clock, words


def told(counted: Counted, language: str, *, own: bool = True) -> str:
    """Return « 3 attaques contre la profession, 1 attaque contre vous, depuis hier », in a language; "" for nothing.

    `own`: whether its wearer reads it, not who helps them.
    """
    if counted.since is None:
        return ""
    spoken = words.catalogue(language)
    parts = [kind(name, number, language, own=own) for name, number in counted.kinds.items()]
    return ", ".join([*parts, _since(counted.since, spoken)])


def kind(name: str, number: int, language: str, *, own: bool = True) -> str:
    """Return how many of a kind there are."""
    spoken, one = words.catalogue(language), number == 1
    match name:
        case "threat":
            said = spoken.gettext("%(n)s menace" if one else "%(n)s menaces")
        case "attack_on_person" if not own:
            said = spoken.gettext("%(n)s attaque contre cette personne" if one else "%(n)s attaques contre cette personne")
        case "attack_on_person":
            said = spoken.gettext("%(n)s attaque contre vous" if one else "%(n)s attaques contre vous")
        case _:
            said = spoken.gettext("%(n)s attaque contre la profession" if one else "%(n)s attaques contre la profession")
    return said % {"n": number}


def _since(instant: datetime, spoken: NullTranslations) -> str:
    days = (clock.today() - instant.astimezone(clock.PARIS).date()).days
    if days <= 0:
        return spoken.gettext("depuis aujourd'hui")
    return spoken.gettext("depuis hier") if days == 1 else spoken.gettext("depuis %(n)s jours") % {"n": days}
