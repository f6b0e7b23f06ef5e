"""What an announcement says, when, and how people may react to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.graphemes import is_emoji
from salledepause.kernel.text import clean, fits

TEXT_LENGTH = 5000
MOST_REACTIONS = 8
"""Different emojis under one announcement, as in Mastodon."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the hosts want to tell; when what it tells of begins and ends, if ever; `all_day`: hours do not matter."""

    text: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False


class Announcement(NamedTuple):
    """An announcement as its row holds it; field order is the order of `store.COLUMNS`."""

    id: int
    text: str
    starts_at: datetime | None
    ends_at: datetime | None
    all_day: bool
    published_at: datetime | None
    updated_at: datetime


class Reaction(NamedTuple):
    """How many people reacted with an emoji (or the code of one of the house's), and whether the viewer did."""

    name: str
    number: int
    mine: bool


class Shown(NamedTuple):
    """An announcement as one person sees it."""

    announcement: Announcement
    read: bool
    reactions: tuple[Reaction, ...]


class Announced(Event, frozen=True):
    """An announcement is shown, or says something else."""

    announcement_id: int


class Withdrawn(Event, frozen=True):
    """An announcement is gone."""

    announcement_id: int


class Reacted(Event, frozen=True):
    """The number of people who react to an announcement with one emoji changed."""

    announcement_id: int
    name: str


def checked(draft: Draft) -> Draft:
    """Return a draft with clean text; raises BadInput when it says nothing, too much, or ends before it begins."""
    text = clean(draft.text)
    if not text:
        raise BadInput("Écrivez l'annonce.")
    if not fits(text, TEXT_LENGTH):
        raise BadInput("Annonce trop longue : au plus {most} caractères.", most=TEXT_LENGTH)
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise BadInput("Une annonce finit après son début.")
    return msgspec.structs.replace(draft, text=text)


def reaction_of(name: str, codes: Collection[str]) -> str:
    """Return what to react with: one emoji, or one of the house's `codes`; raises BadInput."""
    if name not in codes and not is_emoji(name):
        raise BadInput("Réagissez par un seul émoji.")
    return name
