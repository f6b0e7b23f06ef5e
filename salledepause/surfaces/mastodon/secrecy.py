"""The guard of the secret in our API: a warning beside what was published, and a check alone; nothing refused or kept."""

from __future__ import annotations

import msgspec

from salledepause.features.language import Advice
from salledepause.features.posts import MOST_CHARACTERS
from salledepause.kernel import words
from salledepause.kernel.errors import BadInput
from salledepause.surfaces import secrecy
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import described
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.routes import user


class HintEntity(msgspec.Struct, frozen=True):
    """A part of a text that identifies, from `start` to `end` (code points), and what may be said instead.

    `instead` takes the place of `replaces_from` to `replaces_to`, a little word before the part included; null where no rule says
    it better. `kind` is a word of `docs/language.md`, `what` the same in the language of the request.
    """

    start: int
    end: int
    kind: str
    what: str
    words: str
    instead: str | None
    replaces_from: int
    replaces_to: int


class SecretEntity(msgspec.Struct, frozen=True):
    """What a text lets be recognised: `label` is direct, combination or safe; `rewritten` says all of it otherwise.

    `together` counts the sorts of hints that point at somebody only together, from three on.
    """

    label: str
    chance: float
    together: int
    hints: list[HintEntity]
    rewritten: str


class Asked(msgspec.Struct):
    """A text to look at."""

    text: str = ""


def entity(found: Advice, language: str) -> SecretEntity:
    """Return what was found."""
    hints = [
        HintEntity(
            one.start,
            one.end,
            one.kind,
            words.catalogue(language).gettext(one.what),
            one.words,
            one.instead,
            one.start_at,
            one.end_at,
        )
        for one in found.hints
    ]
    return SecretEntity(found.label, found.chance, found.together, hints, found.text)


async def warning(call: Call, text: str, *more: str) -> SecretEntity | None:
    """Return what stands beside a status in the one answer that its author gets; its positions are those of the text."""
    found = await secrecy.advice(call.site, text, sent=True) or await secrecy.advice(call.site, *more, sent=True)
    return entity(found, call.language) if found else None


async def look(call: Call) -> Answer:
    """POST /api/salledepause/v1/language/secret: what a text lets be recognised; it is looked at here and kept nowhere."""
    text = call.read(Asked).text
    if len(text) > MOST_CHARACTERS:
        raise BadInput("Texte trop long : {most} caractères au plus.", most=MOST_CHARACTERS)
    found = await secrecy.advice(call.site, text)
    return json(entity(found, call.language) if found else SecretEntity("safe", 0.0, 0, [], text))


OWN = [
    own("POST /api/salledepause/v1/language/secret", look, user("write:statuses", budget="glance"), (Asked, SecretEntity)),
]
ROUTES = described.lines(OWN)
