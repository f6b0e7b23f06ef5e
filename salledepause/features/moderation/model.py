"""What a report says, what it may say, and that one was filed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean

CATEGORIES = ("spam", "legal", "violation", "other")
COMMENT_LENGTH = 1000
CONTESTABLE = ("sensitive", "silence", "disable", "suspend", "delete_statuses", "put_out", "refuse_image", "turn_away")
"""What is decided about somebody that they may have looked at again: measures, a room closed to them, pictures refused."""
OUTSIDE = "Vous pouvez aussi saisir un organe de règlement extrajudiciaire des litiges, ou un juge."
"""What each statement of reasons ends with."""
MOST_POSTS = 100
MOST_RULES = 50


class Complaint(msgspec.Struct, frozen=True):
    """What somebody wants to tell the hosts of an account; the posts are its own, the rules those of the charter."""

    target_id: int
    post_ids: tuple[int, ...] = ()
    category: str | None = None
    comment: str = ""
    rule_ids: tuple[int, ...] = ()


class Report(NamedTuple):
    """A report as its row holds it; field order is the order of `store.COLUMNS`."""

    id: int
    account_id: int | None
    target_id: int
    post_ids: list[int]
    rule_ids: list[int]
    category: str
    comment: str
    resolved_at: datetime | None
    created_at: datetime
    resolved_by: int | None
    assigned_to: int | None
    updated_at: datetime


class Sought(NamedTuple):
    """Which reports: settled or waiting; of somebody, about somebody."""

    resolved: bool = False
    account_id: int | None = None
    target_id: int | None = None


class ReportFiled(Event, frozen=True):
    """Somebody reported an account to the hosts."""

    report_id: int


class Warned(Event, frozen=True):
    """The hosts decided something about an account, and it must know."""

    act_id: int
    account_id: int


def checked(complaint: Complaint) -> Complaint:
    """Return a complaint with its defaults, each thing once; raises BadInput when it says too much."""
    comment = clean(complaint.comment)
    category = category_of(complaint.category or ("violation" if complaint.rule_ids else "other"))
    if len(comment) > COMMENT_LENGTH:
        raise BadInput("Commentaire trop long : {most} caractères au plus.", most=COMMENT_LENGTH)
    posts, rules = tuple(dict.fromkeys(complaint.post_ids)), tuple(dict.fromkeys(complaint.rule_ids))
    if len(posts) > MOST_POSTS or len(rules) > MOST_RULES:
        raise BadInput("Au plus {posts} messages et {rules} règles par signalement.", posts=MOST_POSTS, rules=MOST_RULES)
    return Complaint(complaint.target_id, posts, category, comment, rules if category == "violation" else ())


def category_of(word: str) -> str:
    """Return what a report is about; raises BadInput for an unknown word."""
    if word not in CATEGORIES:
        raise BadInput("Motif inconnu : attendu spam, legal, violation ou other.")
    return word


def reason_of(text: str) -> str:
    """Return why something is decided, as it is kept; raises BadInput when it is too long."""
    reason = clean(text)
    if len(reason) > COMMENT_LENGTH:
        raise BadInput("Commentaire trop long : {most} caractères au plus.", most=COMMENT_LENGTH)
    return reason
