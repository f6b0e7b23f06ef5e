"""Graduated limits: why a post waits for a person, what its author answers, what a host decides; and whether to hold at all.

How far a text goes is judged elsewhere (language.limits). Here is what is written of it: `hold` when a post waits, or an edit,
`contest` when its author answers, `settle` when a host decides, `forget` when it is gone. No word is kept but those of an edit
that waits: `drop_edit` forgets them, `edit_waits` tells of them. `rules` say whether the house holds and asks at all, which an
administrator changes. Who takes the post out of sight and gives it back, and tells people, is above (posts.withholding,
moderation.holds).
"""

from salledepause.features.limits.model import Held, Rules, Verdict
from salledepause.features.limits.store import (
    contest,
    drop_edit,
    edit_waits,
    forget,
    held,
    hold,
    mine,
    rules,
    settle,
    sweep_edits,
    sweep_refused,
    together,
    waiting,
    write_rules,
)

__all__ = [
    "Held",
    "Rules",
    "Verdict",
    "contest",
    "drop_edit",
    "edit_waits",
    "forget",
    "held",
    "hold",
    "mine",
    "rules",
    "settle",
    "sweep_edits",
    "sweep_refused",
    "together",
    "waiting",
    "write_rules",
]
