"""What a notification is, which ones stand together, and that somebody was told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec

from salledepause.features.posts import Seen
from salledepause.kernel import ids
from salledepause.kernel.events import Event

SPAN = 12 * 3600
"""Seconds: notifications alike stand together when they fall into the same half day."""
SAMPLE = 8
"""People of a group who are shown."""


class Kind(StrEnum):
    """What one is told of; the words are Mastodon's."""

    MENTION = "mention"
    STATUS = "status"
    REBLOG = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FAVOURITE = "favourite"
    POLL = "poll"
    UPDATE = "update"
    SIGN_UP = "admin.sign_up"
    REPORT = "admin.report"
    WARNING = "moderation_warning"
    QUOTE = "quote"
    QUOTED_UPDATE = "quoted_update"
    COLLECTED = "added_to_collection"
    WAVE = "wave"
    PROMPT = "victory_prompt"
    DESK = "desk"
    DIGEST = "shield_digest"
    ASKED = "shield_asked"
    PILE_ON = "pile_on"
    ROOM_RED = "room_red"


GROUPED = (Kind.FAVOURITE, Kind.FOLLOW, Kind.REBLOG, Kind.SIGN_UP)
"""Kinds that stand together; each is about something of one's own, which one may always see."""


OURS = frozenset({Kind.WAVE, Kind.PROMPT, Kind.DESK, Kind.DIGEST, Kind.ASKED, Kind.PILE_ON, Kind.ROOM_RED})
"""Kinds that are of this house alone: an app that does not name them may not know what to do with one."""
HOUSE = (Kind.SIGN_UP, Kind.REPORT)
"""Kinds that reach the hosts whoever did it."""
FILTERABLE = (Kind.MENTION, Kind.REBLOG, Kind.FOLLOW, Kind.FOLLOW_REQUEST, Kind.FAVOURITE, Kind.QUOTE, Kind.COLLECTED)
"""Kinds that a policy may put aside or drop: the others one asked for."""
NEW_DAYS = 30
"""How long an account is new."""
Choice = Literal["accept", "filter", "drop"]


class Policy(msgspec.Struct, frozen=True):
    """What becomes of the notifications of strangers; field order is the order of the table's columns."""

    for_not_following: Choice = "accept"
    for_not_followers: Choice = "accept"
    for_new_accounts: Choice = "accept"
    for_private_mentions: Choice = "accept"
    for_limited_accounts: Choice = "filter"


class Aside(NamedTuple):
    """How much was put aside: from how many people (counted up to a hundred), how many notifications of theirs."""

    people: int
    notifications: int


class Request(NamedTuple):
    """What was put aside of one account; `last` is the newest post among it that one may see."""

    id: int
    from_id: int
    size: int
    newest_id: int
    last: Seen | None

    @property
    def created_at(self) -> datetime:
        """When the first was put aside."""
        return ids.made_at(self.id)

    @property
    def updated_at(self) -> datetime:
        """When the newest was put aside."""
        return ids.made_at(self.newest_id)


class Told(NamedTuple):
    """A notification's row; field order is the order of `store.COLUMNS`."""

    id: int
    kind: str
    from_id: int
    post_id: int | None
    report_id: int | None
    group_key: str
    collection_id: int | None


class Notification(NamedTuple):
    """A notification as its person may see it; `seen` is the post that says something (of a boost: the boosted one)."""

    told: Told
    seen: Seen | None

    @property
    def created_at(self) -> datetime:
        """When it was told."""
        return ids.made_at(self.told.id)


class ReplyDue(Event, frozen=True):
    """Somebody who is away was written to in private, and has an answer for whoever does."""

    account_id: int
    post_id: int


class Wanted(msgspec.Struct, frozen=True):
    """Which notifications: of these kinds (none: all), not of those, from one account, which may stand together."""

    kinds: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    from_id: int | None = None
    grouped: tuple[str, ...] = GROUPED
    filtered: bool = False
    """Also those that the policy put aside."""


class Group(NamedTuple):
    """Notifications that stand together: the newest of them within the page, and who is behind the whole group."""

    key: str
    newest: Notification
    size: int
    page_min_id: int
    account_ids: list[int]
    """A sample, the newest first."""


PushPolicy = Literal["all", "followed", "follower", "none"]


class Wish(msgspec.Struct, frozen=True):
    """Where an app or a browser wants to be woken, and for what; the keys are in base64."""

    token: bytes | None
    """Of an app, sealed."""
    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    alerts: tuple[Kind, ...]
    policy: PushPolicy


class Subscription(NamedTuple):
    """A row of a push subscription; field order is the order of `push_store.COLUMNS`."""

    id: int
    account_id: int
    token: bytes | None
    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    alerts: list[str]
    policy: str
    failures: int
    """Attempts in a row that reached nobody."""


class PushDue(Event, frozen=True):
    """Somebody was told of something that an app of theirs wants to be woken for."""

    notification_id: int
    subscription_id: int


class Notified(Event, frozen=True):
    """Somebody was told of something."""

    notification_id: int
    account_id: int


class Admitted(Event, frozen=True):
    """Somebody accepted requests: what was put aside is now among their notifications."""

    account_id: int
