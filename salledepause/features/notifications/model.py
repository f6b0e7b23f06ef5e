"""What a notification is, which ones stand together, and that somebody was told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

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


GROUPED = (Kind.FAVOURITE, Kind.FOLLOW, Kind.REBLOG, Kind.SIGN_UP)
"""Kinds that stand together; each is about something of one's own, which one may always see."""


class Told(NamedTuple):
    """A notification's row; field order is the order of `store.COLUMNS`."""

    id: int
    kind: str
    from_id: int
    post_id: int | None
    report_id: int | None
    group_key: str


class Notification(NamedTuple):
    """A notification as its person may see it; `seen` is the post that says something (of a boost: the boosted one)."""

    told: Told
    seen: Seen | None

    @property
    def created_at(self) -> datetime:
        """When it was told."""
        return ids.made_at(self.told.id)


class Wanted(msgspec.Struct, frozen=True):
    """Which notifications: of these kinds (none: all), not of those, from one account; which kinds may stand together."""

    kinds: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    from_id: int | None = None
    grouped: tuple[str, ...] = GROUPED


class Group(NamedTuple):
    """Notifications that stand together: the newest of them within the page, and who is behind the whole group."""

    key: str
    newest: Notification
    size: int
    page_min_id: int
    account_ids: list[int]
    """A sample, the newest first."""


class Notified(Event, frozen=True):
    """Somebody was told of something."""

    notification_id: int
    account_id: int
