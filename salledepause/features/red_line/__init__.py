"""The red line of pictures: what the house refuses by how it looks, and what is held from view until a host decides.

Of a refused picture only how it looks (kernel/likeness.py), the rule and the day are kept. `check` stands at every way in: what
looks like one of them is refused (`CloseTo`), with the rule and how to contest. `alike` finds which media already here do.
`hold`, `contest` and `settle` write down why a medium is held, what its author answers and what a host decides; who takes it out
of view, and tells people, is above (posts, moderation).
"""

from salledepause.features.red_line.model import (
    CONTEST_LENGTH,
    IMAGE_RULE,
    CloseTo,
    Held,
    RefusedPicture,
    Verdict,
    Waiting,
    checked_rule,
)
from salledepause.features.red_line.store import (
    alike,
    begin,
    check,
    cleared,
    contest,
    done,
    held,
    hold,
    insert,
    listed,
    looked,
    settle,
    strike,
    undone_by,
    waiting,
)

__all__ = [
    "CONTEST_LENGTH",
    "IMAGE_RULE",
    "CloseTo",
    "Held",
    "RefusedPicture",
    "Verdict",
    "Waiting",
    "alike",
    "begin",
    "check",
    "checked_rule",
    "cleared",
    "contest",
    "done",
    "held",
    "hold",
    "insert",
    "listed",
    "looked",
    "settle",
    "strike",
    "undone_by",
    "waiting",
]
