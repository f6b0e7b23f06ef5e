"""What a verification is, and who may vouch for whom: frozen records and pure rules."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from salledepause.features.accounts import Family
from salledepause.kernel.events import Event

CARERS = (Family.MEDICAL, Family.PARAMEDICAL)
"""Families of those who care by profession."""


class Method(StrEnum):
    """How a family was proven."""

    CODE = "code"
    VOUCHING = "vouching"
    PROOF = "proof"


METHOD_LABELS = {
    Method.CODE: "par le code d'une équipe",
    Method.VOUCHING: "par deux membres vérifié·e·s",
    Method.PROOF: "par un justificatif, vu une fois et détruit",
}


class Standing(msgspec.Struct, frozen=True):
    """What somebody proved and what they wait for; `vouched` counts, and nobody learns who."""

    family: Family
    verified: Family | None = None
    method: Method | None = None
    on: date | None = None
    waits: Method | None = None
    vouched: int = 0


class Request(NamedTuple):
    """A proof that waits for a host: nobody's name is on it but what the file itself shows."""

    id: int
    family: str
    asked_on: date


class TeamCode(NamedTuple):
    """A code that still opens: which family it proves, how often and until when."""

    id: int
    family: str
    uses_left: int
    expires_at: datetime


class VerificationChanged(Event, frozen=True):
    """Somebody's family was proven, or is proven no more: what they wrote with their family shown is shown anew."""

    account_id: int


def may_vouch(mine: Family | None, theirs: Family) -> bool:
    """Tell whether somebody who proved `mine` may vouch for `theirs`: carers for carers, each other family for itself."""
    return mine is not None and (mine is theirs or (mine in CARERS and theirs in CARERS))
