"""What is refused, why something is held, and how near two pictures must look."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event

IMAGE_RULE: Final = 5
"""Place in the charter, from 1, of the rule about pictures (surfaces/house.py; a test holds the two together)."""
NEAR: Final = 64
"""Bits of 256 that two likenesses may differ by and still be of one picture (docs/dependencies.md says what was measured)."""
Verdict = Literal["restored", "refused", "withdrawn"]
"""`withdrawn`: it was refused and erased, and another host found that it had its place here."""


class CloseTo(BadInput):
    """A picture that looks like one the house refuses."""

    def __init__(self, picture_id: int, rule: int) -> None:
        """Say which rule, and how to contest."""
        super().__init__(
            "Cette image n'est pas acceptée ici : elle ressemble à une image que les hôtes ont refusée, d'après la règle {rule} "
            "de la charte. L'image n'est pas gardée. Si c'est une erreur, contestez-le sur la page « Décisions vous concernant » "
            ": une personne relira.",
            rule=rule,
        )
        self.picture_id, self.rule = picture_id, rule


class TurnedAway(Event, frozen=True):
    """What somebody sent was refused, since it looks like a refused picture; nothing of it is kept."""

    account_id: int
    picture_id: int
    rule: int


class RefusedPicture(NamedTuple):
    """A picture that the house refuses, and how far what was here already has been compared with it."""

    id: int
    rule: int
    listed_on: date
    looked: int
    to_look: int
    done: bool


class Held(NamedTuple):
    """Why a medium is, or was, held from view; `verdict` is empty until a host decides."""

    media_id: int
    account_id: int
    rule: int
    automated: bool
    report_id: int | None
    contest: str
    verdict: Verdict | None
    reason: str
    held_at: datetime
    act_id: int | None = None
    """The decision that refused it, which its author may contest."""


class Waiting(NamedTuple):
    """A medium to compare: where the still that stands for it lies, `None` when how it looks is known."""

    id: int
    small: str | None


def checked_rule(rule: int, rules: int) -> int:
    """Return the place of a rule in a charter of so many; raises BadInput."""
    if not 1 <= rule <= rules:
        raise BadInput("Cette règle n'est pas dans la charte.")
    return rule
