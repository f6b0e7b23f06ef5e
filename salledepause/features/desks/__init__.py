"""Desks: a few people answer many together, by cards that say what was already said three thousand times.

A desk is owned by several (`create`, `invite`, `join`, `leave`); its cards (`write`, `change_card`) hold an answer of 500
characters, a nuance, sources, « à jour au », an owner, a date after which they are not sent, and each version. Remarks come in
from posts to members who switched it on, and from whoever asks (`ask`); `consider`, a job, finds the three nearest cards and
says why.
`waiting` groups them, so that one `answer` serves many: privately, each learned as a wording; `refuse` teaches what does not fit;
drafts are shared. By itself a desk answers only what is sure, where it was switched on and the card's owner wants so: never twice
to the same person, never past the date, never where somebody said « stop », which they may `take_back`, and not often.
`bring` counts what was said before.
`bot` and `follow` do the same through an account on another server that speaks Mastodon's API, by the same rules.
"""

from salledepause.features.desks.actions import Change, be_there, change, close, create, invite, join, leave, take_in
from salledepause.features.desks.cards import change as change_card
from salledepause.features.desks.cards import erase as erase_card
from salledepause.features.desks.cards import word, write
from salledepause.features.desks.importing import Step, bring
from salledepause.features.desks.model import (
    LONGEST_ANSWER,
    LONGEST_NAME,
    LONGEST_NUANCE,
    LONGEST_PURPOSE,
    LONGEST_REMARK,
    LONGEST_SOURCE,
    LONGEST_WORDING,
    MENTIONS,
    MINUTES,
    MOST_MINUTES,
    MOST_PACE,
    MOST_SOURCES,
    RINGS,
    Card,
    Desk,
    Group,
    Member,
    Near,
    Remark,
    Version,
    Waiting,
    Wording,
    Written,
    grouped,
    may_ring,
)
from salledepause.features.desks.reactions import lapse, published, sweep
from salledepause.features.desks.readings import (
    Asked,
    Counter,
    Pile,
    card,
    cards,
    counter,
    members,
    mine,
    one,
    own,
    remark,
    rota,
    sent_by_desk,
    to_ask,
    to_watch,
    waiting,
)
from salledepause.features.desks.remarks import answer, answer_freely, ask, draft, put_aside, refuse
from salledepause.features.desks.sending import deliver
from salledepause.features.desks.stops import forgive, stop, stopped, stopped_in, take_back
from salledepause.features.desks.stops_store import Stopped
from salledepause.features.desks.thinking import Judged, consider, judged, taught
from salledepause.features.desks.watching import Bot, Round, bot, follow, look

__all__ = [
    "LONGEST_ANSWER",
    "LONGEST_NAME",
    "LONGEST_NUANCE",
    "LONGEST_PURPOSE",
    "LONGEST_REMARK",
    "LONGEST_SOURCE",
    "LONGEST_WORDING",
    "MENTIONS",
    "MINUTES",
    "MOST_MINUTES",
    "MOST_PACE",
    "MOST_SOURCES",
    "RINGS",
    "Asked",
    "Bot",
    "Card",
    "Change",
    "Counter",
    "Desk",
    "Group",
    "Judged",
    "Member",
    "Near",
    "Pile",
    "Remark",
    "Round",
    "Step",
    "Stopped",
    "Version",
    "Waiting",
    "Wording",
    "Written",
    "answer",
    "answer_freely",
    "ask",
    "be_there",
    "bot",
    "bring",
    "card",
    "cards",
    "change",
    "change_card",
    "close",
    "consider",
    "counter",
    "create",
    "deliver",
    "draft",
    "erase_card",
    "follow",
    "forgive",
    "grouped",
    "invite",
    "join",
    "judged",
    "lapse",
    "leave",
    "look",
    "may_ring",
    "members",
    "mine",
    "one",
    "own",
    "published",
    "put_aside",
    "refuse",
    "remark",
    "rota",
    "sent_by_desk",
    "stop",
    "stopped",
    "stopped_in",
    "sweep",
    "take_back",
    "take_in",
    "taught",
    "to_ask",
    "to_watch",
    "waiting",
    "word",
    "write",
]
