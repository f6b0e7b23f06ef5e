"""Notifications: what a person is told of, once each.

The reactions write them in the transaction of what happened: a mention, a boost, a favourite, a follow, a poll's end, an edit
of what one boosted or quoted, a quote, a collection that one was put in, a warning, a wave at one's victory, the question of the
week; for the hosts, a sign-up and a report.
Nobody is told of what they did themselves, nor across a block or a mute, nor in the name of a reader, nor of what they may not
see. Doing a reaction twice tells once; what is undone is forgotten; what is dismissed is not told again. Reading goes through
the gate of posts again, so that what has since become invisible is left out. `notifications` is the plain list, `groups` the one
where favourites, boosts, follows and sign-ups of one half day stand together. What one's `policy` puts aside, and what is of
somebody one limits, waits in `requests`, told to nobody, until one accepts or refuses, or limits them no more. Nothing rings in
one's quiet hours; while one is away (`go_away`), what comes is kept aside until one is back (`come_back`).
"""

from salledepause.features.notifications import push
from salledepause.features.notifications.model import (
    GROUPED,
    OURS,
    Admitted,
    Aside,
    Choice,
    Group,
    Kind,
    Notification,
    Notified,
    Policy,
    PushDue,
    PushPolicy,
    ReplyDue,
    Request,
    Subscription,
    Told,
    Wanted,
    Wish,
)
from salledepause.features.notifications.quiet import Quiet
from salledepause.features.notifications.reactions import (
    asked_for_victory,
    asked_no_more,
    blocked,
    boosted,
    collected,
    edited,
    favourited,
    follow_requested,
    followed,
    limited,
    poll_ended,
    published,
    quoted,
    report_filed,
    request_decided,
    signed_up,
    thanked,
    unfavourited,
    unfollowed,
    warned,
    wave_opened,
)
from salledepause.features.notifications.readings import (
    clear,
    dismiss,
    dismiss_group,
    group_accounts,
    groups,
    notifications,
    one,
    one_group,
    unread,
    unread_groups,
)
from salledepause.features.notifications.requests import accept, aside, change_policy, policy, refuse, request, requests
from salledepause.features.notifications.rest import answer, come_back, empty, go_away, held_until, hushed, keep_quiet, kept, rest
from salledepause.features.notifications.rest_store import Kept, Rest
from salledepause.features.notifications.store import waiting
from salledepause.features.notifications.warnings_store import acts

__all__ = [
    "GROUPED",
    "OURS",
    "Admitted",
    "Aside",
    "Choice",
    "Group",
    "Kept",
    "Kind",
    "Notification",
    "Notified",
    "Policy",
    "PushDue",
    "PushPolicy",
    "Quiet",
    "ReplyDue",
    "Request",
    "Rest",
    "Subscription",
    "Told",
    "Wanted",
    "Wish",
    "accept",
    "acts",
    "answer",
    "aside",
    "asked_for_victory",
    "asked_no_more",
    "blocked",
    "boosted",
    "change_policy",
    "clear",
    "collected",
    "come_back",
    "dismiss",
    "dismiss_group",
    "edited",
    "empty",
    "favourited",
    "follow_requested",
    "followed",
    "go_away",
    "group_accounts",
    "groups",
    "held_until",
    "hushed",
    "keep_quiet",
    "kept",
    "limited",
    "notifications",
    "one",
    "one_group",
    "policy",
    "poll_ended",
    "published",
    "push",
    "quoted",
    "refuse",
    "report_filed",
    "request",
    "request_decided",
    "requests",
    "rest",
    "signed_up",
    "thanked",
    "unfavourited",
    "unfollowed",
    "unread",
    "unread_groups",
    "waiting",
    "warned",
    "wave_opened",
]
