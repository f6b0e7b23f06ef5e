"""Graduated limits: why a post waits for a person, what its author answers, what a host decides; and whether to hold at all.

How far a text goes is judged elsewhere (language.limits). Here is what is written of it: `hold` when a post waits, `contest` when
its author answers, `settle` when a host decides, `forget` when it is gone. None of its words is kept. `rules` say whether the
house holds and asks at all, which an administrator changes. Who takes the post out of sight and gives it back, and tells
people, is above (posts.withholding, moderation.holds).
"""

from salledepause.features.limits.model import CONTEST_LENGTH, Held, Rules, Verdict
from salledepause.features.limits.store import (
    contest,
    forget,
    held,
    hold,
    mine,
    rules,
    settle,
    sweep_refused,
    together,
    waiting,
    write_rules,
)

__all__ = [
    "CONTEST_LENGTH",
    "Held",
    "Rules",
    "Verdict",
    "contest",
    "forget",
    "held",
    "hold",
    "mine",
    "rules",
    "settle",
    "sweep_refused",
    "together",
    "waiting",
    "write_rules",
]
