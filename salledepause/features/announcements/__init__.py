"""Announcements: what the hosts tell everybody in the house.

`announce` writes one, at once or as a draft that `publish` shows; `rewrite` changes it, `withdraw` erases it; each is written in
the journal of moderation. `shown` returns those that a person may read now, with what they read and how people reacted, by
counts only; `dismiss` puts one away, `react` and `unreact` add or take back an emoji. Times are told and nothing more: an
announcement is shown from its publication until its end. `Announced`, `Reacted` and `Withdrawn` reach open streams.
"""

from salledepause.features.announcements.actions import announce, drafts_too, one, publish, rewrite, withdraw
from salledepause.features.announcements.model import (
    MOST_REACTIONS,
    TEXT_LENGTH,
    Announced,
    Announcement,
    Draft,
    Reacted,
    Reaction,
    Shown,
    Withdrawn,
)
from salledepause.features.announcements.readings import one_shown, shown
from salledepause.features.announcements.replies import dismiss, react, unreact

__all__ = [
    "MOST_REACTIONS",
    "TEXT_LENGTH",
    "Announced",
    "Announcement",
    "Draft",
    "Reacted",
    "Reaction",
    "Shown",
    "Withdrawn",
    "announce",
    "dismiss",
    "drafts_too",
    "one",
    "one_shown",
    "publish",
    "react",
    "rewrite",
    "shown",
    "unreact",
    "withdraw",
]
