"""Signposts: who does what at the hospital, and where what was asked of the wrong person goes.

Each names a kind of request (a medical file, pay, a breakdown…), the desk that answers it, what that desk does, a courteous reply
and the words that such requests are recognised by. The house comes with some thirty (`words.toml`), which an administrator
changes, adds to or takes out (`write`, `drop`). `known` returns all of them as they are now, `proposed` which of them texts seem
to be for: one where it is clear, else the nearest. It proposes and nothing more: whoever was asked chooses, changes and sends,
or says that it is not that one (`refuse`), which `proposed_to` heeds.
"""

from salledepause.features.signposts.actions import drop, known, one, proposed, write
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
from salledepause.features.signposts.refusals import proposed_to, refuse, unrefuse

__all__ = [
    "DESK_LENGTH",
    "DOES_LENGTH",
    "NAME_LENGTH",
    "REPLY_LENGTH",
    "WORDS_LENGTH",
    "Read",
    "Signpost",
    "Wanted",
    "defaults",
    "drop",
    "found",
    "key_of",
    "known",
    "one",
    "proposed",
    "proposed_to",
    "read",
    "refuse",
    "unrefuse",
    "write",
]
