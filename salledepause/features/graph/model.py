"""What ties one account to another: wishes, relationships, lists, and what happened between two people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import idna
import msgspec

from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, scan, tag_key

MOST_LISTS = 100
MOST_MEMBERS = 500
TITLE_LENGTH = 255
NOTE_LENGTH = 2000
MOST_ENDORSED = 100
"""People recommended on one profile."""
MOST_FOLLOWED_TAGS = 500
MOST_FEATURED_TAGS = 10
MOST_LANGUAGES = 50
MOST_BLOCKED_DOMAINS = 1000
LONGEST_DOMAIN = 253
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_MUTE = 10 * 366 * 86_400
"""Seconds; longer than that is for ever, which is written 0."""
REPLIES = ("followed", "list", "none")
"""Whose answers a list shows: to people one follows, to its members, none."""
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})?")


class Follow(msgspec.Struct, frozen=True):
    """How one wants to follow; `None` leaves as it is (at first: with boosts, without alerts, in every language)."""

    boosts: bool | None = None
    notify: bool | None = None
    languages: tuple[str, ...] | None = None
    """Codes such as `fr`; empty: every language."""


class Relationship(NamedTuple):
    """What ties the viewer to the account `id`; field order is the order of `store.RELATIONSHIP`."""

    id: int
    following: bool
    boosts: bool
    notify: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: datetime | None
    requested: bool
    requested_by: bool
    endorsed: bool
    note: str
    limiting: bool


class Side(NamedTuple):
    """The few columns that rules need of one of the two accounts."""

    id: int
    state: str
    locked: bool
    silenced: bool


class Quiet(NamedTuple):
    """Somebody muted, and until when (`None`: for ever)."""

    account_id: int
    expires_at: datetime | None


class People(NamedTuple):
    """A list of accounts that one person keeps."""

    id: int
    title: str
    replies_policy: str
    exclusive: bool


class Collection(NamedTuple):
    """People whom somebody recommends together."""

    id: int
    account_id: int
    name: str
    description: str
    language: str | None
    tag: str | None
    sensitive: bool
    discoverable: bool
    updated_at: datetime


class Collected(NamedTuple):
    """Somebody in a collection, and why in the words of its owner (empty: nothing is said)."""

    id: int
    collection_id: int
    account_id: int
    reason: str


class CollectionChange(msgspec.Struct, frozen=True):
    """What to write of a collection; `None` leaves as it is, an empty language or tag takes it away."""

    name: str | None = None
    description: str | None = None
    language: str | None = None
    tag: str | None = None
    sensitive: bool | None = None
    discoverable: bool | None = None


class Change(msgspec.Struct, frozen=True):
    """New title or manners of a list; `None` leaves as it is."""

    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None


class FeaturedTag(NamedTuple):
    """A tag shown on a profile: its id there, its key, its name as written."""

    id: int
    tag: str
    name: str


class Followed(Event, frozen=True):
    """Somebody now follows somebody."""

    account_id: int
    target_id: int


class Unfollowed(Event, frozen=True):
    """Somebody no longer follows somebody, whoever ended it."""

    account_id: int
    target_id: int


class FollowRequested(Event, frozen=True):
    """Somebody asks to follow somebody."""

    account_id: int
    target_id: int


class RequestDecided(Event, frozen=True):
    """A request to follow is gone: accepted, refused or taken back."""

    account_id: int
    target_id: int


class Blocked(Event, frozen=True):
    """Somebody blocked somebody; the follows between them are already gone."""

    account_id: int
    target_id: int


class Unblocked(Event, frozen=True):
    """Somebody no longer blocks somebody."""

    account_id: int
    target_id: int


class Muted(Event, frozen=True):
    """Somebody muted somebody, for a while or for ever."""

    account_id: int
    target_id: int


class Unmuted(Event, frozen=True):
    """Somebody no longer mutes somebody."""

    account_id: int
    target_id: int


class Recommended(Event, frozen=True):
    """Somebody put somebody else in a collection of theirs."""

    collection_id: int
    owner_id: int
    account_id: int


class Limited(Event, frozen=True):
    """Somebody limited somebody."""

    account_id: int
    target_id: int


class Unlimited(Event, frozen=True):
    """Somebody no longer limits somebody."""

    account_id: int
    target_id: int


def title_of(text: str) -> str:
    """Return the title of a list as it is stored; raises BadInput when it is empty or too long."""
    title = clean(text)
    if not title:
        raise BadInput("Donnez un titre à la liste.")
    if len(title) > TITLE_LENGTH:
        raise BadInput("Titre trop long : {most} caractères au plus.", most=TITLE_LENGTH)
    return title


def replies_of(policy: str) -> str:
    """Return whose answers a list shows; raises BadInput for an unknown word."""
    if policy not in REPLIES:
        raise BadInput("Réponses de la liste : attendu followed, list ou none.")
    return policy


def languages_of(codes: Sequence[str] | None) -> list[str] | None:
    """Return the languages one wants to read of somebody, `None` for all; raises BadInput."""
    if not codes:
        return None
    if len(codes) > MOST_LANGUAGES or not all(LANGUAGE.fullmatch(code) for code in codes):
        raise BadInput("Langues inconnues : attendu au plus {most} codes comme « fr » ou « en ».", most=MOST_LANGUAGES)
    return sorted({code.lower() for code in codes})


def mute_of(seconds: int) -> int:
    """Return how long to mute, in seconds, 0 for ever; raises BadInput."""
    if not 0 <= seconds <= LONGEST_MUTE:
        raise BadInput("Durée refusée : attendu un nombre de secondes, 0 pour toujours.")
    return seconds


def note_of(text: str) -> str:
    """Return what one writes about somebody as it is stored; raises BadInput when it is too long."""
    note = clean(text)
    if len(note) > NOTE_LENGTH:
        raise BadInput("Note trop longue : {most} caractères au plus.", most=NOTE_LENGTH)
    return note


def named_tag(name: str) -> str:
    """Return a tag's name as written, without #; raises Missing for what can be no tag."""
    bare = name.removeprefix("#")
    if not tag_key(bare) or scan(f"#{bare}").tags != (bare,):
        raise Missing
    return bare


def domain_of(text: str) -> str:
    """Return the domain of a server as it is compared: lower case, in ASCII (RFC 5891), without a port; raises BadInput."""
    bare = text.strip().lower().removesuffix("/")
    if len(bare) <= LONGEST_DOMAIN and not bare.isascii():
        try:
            bare = idna.encode(bare, uts46=True).decode("ascii")
        except idna.IDNAError:
            bare = ""
    if len(bare) > LONGEST_DOMAIN or not DOMAIN.fullmatch(bare):
        raise BadInput("Donnez le nom de domaine d'un serveur.")
    return bare
