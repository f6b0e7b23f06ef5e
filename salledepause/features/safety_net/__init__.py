"""The safety net: who seems to be in pain is shown whom they can call, and nobody else is told anything.

`concern` says whose distress a text seems to tell of (`concerns` by rules alone); nothing of it is kept, counted or logged.
A door that finds something shows the card (`card`) to the author of that text, in the answer to what they sent, and nowhere else;
it never holds anything back. `lines` are the numbers to call, which an administrator edits (`write_line`, `drop_line`): each says
when it was last checked, and `stale` says when that is too long ago. Who wants a word from the hosts asks for it (`call_hosts`),
in their own words, and takes it back (`withdraw`); hosts see those who asked (`calls`), take one over (`take`) and settle it
(`settle`), which leaves nothing behind.
"""

from salledepause.features.safety_net.actions import (
    asked,
    call_hosts,
    calls,
    card,
    drop_line,
    forget_calls,
    lines,
    settle,
    stale,
    take,
    waiting_calls,
    withdraw,
    write_line,
)
from salledepause.features.safety_net.hearing import concern
from salledepause.features.safety_net.model import WORDS_LENGTH, HelpCall, HelpLine, Line, is_stale
from salledepause.features.safety_net.rules import Concern, concerns, preload

__all__ = [
    "WORDS_LENGTH",
    "Concern",
    "HelpCall",
    "HelpLine",
    "Line",
    "asked",
    "call_hosts",
    "calls",
    "card",
    "concern",
    "concerns",
    "drop_line",
    "forget_calls",
    "is_stale",
    "lines",
    "preload",
    "settle",
    "stale",
    "take",
    "waiting_calls",
    "withdraw",
    "write_line",
]
