"""Signposts: who does what at the hospital, and where what was asked of the wrong person goes.

Each names a kind of request (a medical file, pay, a breakdown…), the desk that answers it, what that desk does, a courteous reply
and the words that such requests are recognised by. The house comes with some thirty (`words.toml`), which an administrator
changes, adds to or takes out (`write`, `drop`). `known` returns all of them as they are now, `proposed` which of them texts seem
to be for: one where it is clear, else the nearest. It proposes and nothing more: whoever was asked chooses, changes and sends,
or says that it is not that one (`refuse`), which `proposed_to` heeds. Words for
which several people refuse it count less for everybody, until others `confirm` them (`lessons`).
"""

from salledepause.features.signposts.actions import drop, forget, known, one, proposed, write
from salledepause.features.signposts.lessons import SEVERAL, Lesson, lessons
from salledepause.features.signposts.matching import Read, read
from salledepause.features.signposts.model import (
    DESK_LENGTH,
    DOES_LENGTH,
    NAME_LENGTH,
    REPLY_LENGTH,
    WORDS_LENGTH,
    Signpost,
    Wanted,
    defaults,
    found,
    key_of,
)
from salledepause.features.signposts.refusals import answered, confirm, proposed_to, refuse, said_to, unrefuse

__all__ = [
    "DESK_LENGTH",
    "DOES_LENGTH",
    "NAME_LENGTH",
    "REPLY_LENGTH",
    "SEVERAL",
    "WORDS_LENGTH",
    "Lesson",
    "Read",
    "Signpost",
    "Wanted",
    "answered",
    "confirm",
    "defaults",
    "drop",
    "forget",
    "found",
    "key_of",
    "known",
    "lessons",
    "one",
    "proposed",
    "proposed_to",
    "read",
    "refuse",
    "said_to",
    "unrefuse",
    "write",
]
