"""Whom thanks go to: frozen records and pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from salledepause.features.posts import Kind, Post
from salledepause.features.sources import folded
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, fits

THANKING = frozenset({Kind.THANKS, Kind.VICTORY})
"""Kinds of post that go to somebody."""
MOST = 12
"""Recipients of one post."""
LONGEST_NAME = 80
"""Graphemes of a team's name."""
REGISTER = "finess:"
"""What the word of a site of the register begins with."""


class Way(StrEnum):
    """What a recipient is."""

    HOSPITAL = "hospital"
    TEAM = "team"
    ACCOUNT = "account"


class Recipient(NamedTuple):
    """Whom thanks go to: `key` is a FINESS number, a handle, or the words of a team as they are compared; `name` as shown.

    Of a team, `slug` is the last part of the address of its page; `town` only of a site of the register.
    """

    way: Way
    key: str
    name: str
    town: str = ""
    slug: str = ""

    @property
    def word(self) -> str:
        """What one writes to thank them: `finess:660000092`, `@handle`, or the name of a team."""
        return {Way.HOSPITAL: f"{REGISTER}{self.key}", Way.ACCOUNT: f"@{self.key}"}.get(self.way, self.name)


class Team(NamedTuple):
    """A team with the number of thanks that anybody may read; `id` is `None` while nobody thanked this site of the register."""

    id: int | None
    recipient: Recipient
    thanks: int


class Thanked(Event, frozen=True):
    """A post says whom it thanks."""

    post_id: int


def asked(words: Sequence[str]) -> list[Recipient]:
    """Return whom words mean, each once, still to be looked for; raises BadInput for too many, and for what is no name."""
    found = list(dict.fromkeys(_asked(word) for word in words if word.strip()))
    unique = list({(one.way, one.key): one for one in reversed(found)}.values())[::-1]
    if len(unique) > MOST:
        raise BadInput("Au plus {most} destinataires par message.", most=MOST)
    return unique


def _asked(word: str) -> Recipient:
    name = " ".join(clean(word[: 40 * LONGEST_NAME]).split())
    if name.lower().startswith(REGISTER):
        return Recipient(Way.HOSPITAL, name[len(REGISTER) :].strip().upper(), "")
    if name.startswith("@"):
        return Recipient(Way.ACCOUNT, name[1:].strip().lower(), "")
    if len(word) > 40 * LONGEST_NAME or not fits(name, LONGEST_NAME):
        raise BadInput("Le nom d'une équipe compte au plus {most} caractères.", most=LONGEST_NAME)
    key = folded(name)
    if not key:
        raise BadInput("Le nom d'une équipe s'écrit avec des lettres ou des chiffres.")
    return Recipient(Way.TEAM, key, name)


def check_now(words: Sequence[str]) -> None:
    """Raise BadInput when a message that is planned for later goes to somebody."""
    if any(word.strip() for word in words):
        raise BadInput("Un message adressé à quelqu'un ne se programme pas : publiez-le maintenant.")


def implied(post: Post) -> tuple[Recipient, ...]:
    """Return whom a new post thanks without saying it apart: a thank-you, those that it names."""
    named = post.mentions[:MOST] if post.kind is Kind.THANKS else ()
    return tuple(Recipient(Way.ACCOUNT, one.handle, one.handle) for one in named)
