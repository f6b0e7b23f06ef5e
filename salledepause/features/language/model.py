"""What the engine is asked and what it answers, as records; the shapes of the three commands are those of `docs/language.md`."""

from __future__ import annotations

from typing import Literal

import msgspec

Relation = Literal["stranger", "met", "follows", "friend"]
RELATIONS: tuple[Relation, ...] = ("stranger", "met", "follows", "friend")
KINDS = (
    "thanks",
    "question",
    "recurring_remark",
    "criticism_of_idea",
    "attack_on_profession",
    "attack_on_person",
    "threat",
    "misdirected_request",
    "distress",
    "friendly_banter",
    "neutral",
)
HOSTILE = ("attack_on_profession", "attack_on_person", "threat")
"""Kinds that hurt."""
TARGETS = ("patient", "colleague", "manager", "institution", "person", "profession", "nobody")
ZONES = ("vert", "orange", "rouge")
LABELS = ("direct", "combination", "safe")


class Card(msgspec.Struct, frozen=True):
    """A ready answer: the remark that it answers, and the answer."""

    id: str
    remark: str
    answer: str = ""


class Example(msgspec.Struct, frozen=True):
    """A text that was said to be the remark of a card."""

    remark: str
    """Id of the card."""
    text: str


class Candidate(msgspec.Struct, frozen=True):
    """A card that may answer, how sure that is (0 to 1), and the words known that are nearest."""

    card: str
    score: float
    example: str


class RemarkVerdict(msgspec.Struct, frozen=True):
    """Whether a text is a remark that a card answers: `card` is None when that is not sure enough to answer by oneself."""

    card: str | None
    score: float
    candidates: tuple[Candidate, ...]
    """The three nearest cards, for a person to choose."""
    reason: str


class Mention(msgspec.Struct, frozen=True):
    """A text sent to somebody, and what its author is to them."""

    text: str
    to: str = ""
    relation: Relation = "stranger"


class MentionVerdict(msgspec.Struct, frozen=True):
    """What a mention does. `hostile` is said only when that is sure enough to keep it aside; `chance` is how likely it is."""

    kind: str
    hostile: bool
    target: str
    zone: str
    reason: str
    chance: float


class Span(msgspec.Struct, frozen=True):
    """A part of a text that identifies, from `start` to `end` (code points, end excluded)."""

    start: int
    end: int
    kind: str


class SecretVerdict(msgspec.Struct, frozen=True):
    """Whether a text lets somebody be recognised: directly, by what it combines, or not; and the parts that identify."""

    label: str
    spans: tuple[Span, ...]
    reason: str
    chance: float
    """How likely it is that somebody can be recognised."""
