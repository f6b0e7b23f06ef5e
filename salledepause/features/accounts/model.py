"""What an account is: a pseudonym, its role family, its manners; and who is calling through a token."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum

import msgspec

from salledepause.kernel.events import Event


class Family(StrEnum):
    """Role families; the values are fixed names, also on the command line."""

    MEDICAL = "soignant-medical"
    PARAMEDICAL = "soignant-paramedical"
    DIRECTION = "direction"
    SUPPORT = "administratif-technique"
    PATIENT = "patient-proche"
    OTHER = "autre"


LABELS = {
    Family.MEDICAL: "soignant·e médical·e",
    Family.PARAMEDICAL: "soignant·e paramédical·e",
    Family.DIRECTION: "direction",
    Family.SUPPORT: "administratif / technique",
    Family.PATIENT: "patient·e ou proche",
    Family.OTHER: "autre",
}
BITS = {family: 1 << position for position, family in enumerate(Family)}
"""A bit each, for the set of families that spoke in a conversation."""

HANDLE = re.compile(r"[A-Za-z0-9_]{1,30}")
NAME_LENGTH, NOTE_LENGTH, FIELDS, FIELD_LENGTH = 30, 500, 4, 255


class Account(msgspec.Struct, frozen=True):
    """A pseudonym as its row holds it; counts are totals. Field order is the order of `store.COLUMNS`."""

    id: int
    handle: str
    name: str
    family: Family
    shows_family: bool
    mode: str
    role: str
    state: str
    silenced: bool
    note: str
    fields: list[tuple[str, str]]
    avatar: str | None
    header: str | None
    avatar_description: str
    header_description: str
    locked: bool
    bot: bool
    discoverable: bool
    indexable: bool
    hide_collections: bool
    language: str
    default_audience: str
    default_sensitive: bool
    followers_count: int
    following_count: int
    posts_count: int
    last_post_on: date | None
    version: int
    created_at: datetime
    attribution_domains: list[str] = []
    quote_policy: str = "nobody"
    disabled: bool = False
    """Whether nobody gets in; what was said stays readable."""
    sensitized: bool = False
    """Whether its pictures are shown veiled."""
    show_media: bool = True
    """Which pages apps show beside its posts: pictures, those of its answers too, what it recommends."""
    show_media_replies: bool = True
    show_featured: bool = True

    @property
    def reads_only(self) -> bool:
        """Whether this is a reader: never counted by name, never shown as present."""
        return self.mode == "reader"

    @property
    def findable(self) -> bool:
        """Whether this account may be come upon; `discoverable` is what its owner wishes for when it writes."""
        return self.discoverable and not self.reads_only

    @property
    def keeps_house(self) -> bool:
        """Whether this account may moderate."""
        return self.role in {"host", "admin"}


class Caller(msgspec.Struct, frozen=True):
    """Who holds a token or a session: an app, and the account that let it in, if any."""

    account_id: int | None
    app_id: int | None
    token_id: int
    scopes: frozenset[str]
    state: str = "active"
    used_today: bool = True
    """Whether it is already noted that what opened was used today."""

    def may(self, wanted: str) -> bool:
        """Tell whether the scopes cover one of `wanted` (several are separated by `|`).

        `read:statuses` is covered by itself or `read`; `follow` covers reading and writing follows, blocks and mutes
        (https://docs.joinmastodon.org/api/oauth-scopes/).
        """
        return any(covered(one, self.scopes) for one in wanted.split("|"))


FOLLOW = {f"{verb}:{noun}" for verb in ("read", "write") for noun in ("follows", "blocks", "mutes")}


def covered(wanted: str, scopes: frozenset[str]) -> bool:
    """Tell whether one scope is among these, by itself or by a wider one."""
    parts = wanted.split(":")
    return (
        wanted in scopes
        or any(":".join(parts[:length]) in scopes for length in range(1, len(parts)))
        or ("follow" in scopes and wanted in FOLLOW)
    )


class App(msgspec.Struct, frozen=True):
    """A client application; its secret is known to it alone."""

    id: int
    client_id: str
    name: str
    website: str | None
    redirect_uris: list[str]
    scopes: list[str]


class Session(msgspec.Struct, frozen=True):
    """A browser that somebody opened: whose, the word that its forms must carry, the state of the account."""

    account_id: int
    csrf: str
    state: str
    used_today: bool
    """Whether that is already noted."""


class SignedUp(Event, frozen=True):
    """An account was made; it may still wait for approval."""

    account_id: int


class ProfileChanged(Event, frozen=True):
    """What an account shows of itself changed."""

    account_id: int


class AccessRevoked(Event, frozen=True):
    """Tokens or sessions of an account, or every token of an app, no longer open anything: forget them, close their streams."""

    account_id: int | None
    app_id: int | None


class Suspended(Event, frozen=True):
    """An account was suspended: nothing of it shows any more, its tokens are refused."""

    account_id: int


class Restored(Event, frozen=True):
    """An account became active: again after a suspension, or for the first time after approval."""

    account_id: int


class Veiled(Event, frozen=True):
    """The hosts veiled the pictures of an account, or no longer do."""

    account_id: int


class AccountErased(Event, frozen=True):
    """An account is about to be erased; said before its rows go, so that others can erase what hangs on them."""

    account_id: int


def last_day(asleep: date) -> date:
    """Return the last day to wake an account: that of the same name a year later, the 28th for a 29 February."""
    leap_day = (asleep.month, asleep.day) == (2, 29)
    return asleep.replace(year=asleep.year + 1, day=28 if leap_day else asleep.day)


def local_handle(text: str, domain: str) -> str | None:
    """Return the handle that `name`, `@name`, `name@domain` or `@name@domain` means here; `None` when it is no local one."""
    handle, at, host = text.strip().removeprefix("@").partition("@")
    if at and (not domain or host.lower() != domain.lower()):
        return None
    return handle if HANDLE.fullmatch(handle) else None


class Wanted(msgspec.Struct, frozen=True):
    """Whom is looked for: a text, which part of who is found, and people close to who asks, found first, or alone."""

    text: str
    limit: int = 40
    offset: int = 0
    near: tuple[int, ...] = ()
    only_near: bool = False
