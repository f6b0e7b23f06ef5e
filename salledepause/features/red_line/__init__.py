"""The red line of pictures: what the house refuses by how it looks, and what is held from view until a host decides.

Of a refused picture only how it looks (kernel/likeness.py), the rule and the day are kept. `admit` stands at every way in: what
looks like one of them is refused (`CloseTo`), and whoever sent it is told (`TurnedAway`). `alike` finds which media here do.
`hold`, `contest` and `settle` write down why a medium is held, what its author answers and what a host decides, `withdraw` that
a refusal was wrong; who takes it out of view, and tells people, is above (posts, moderation).
"""

from salledepause.features.red_line.actions import admit
from salledepause.features.red_line.model import (
    IMAGE_RULE,
    CloseTo,
    Held,
    RefusedPicture,
    TurnedAway,
    Verdict,
    Waiting,
    checked_rule,
)
from salledepause.features.red_line.store import (
    alike,
    begin,
    cleared,
    contest,
    done,
    held,
    hold,
    insert,
    listed,
    looked,
    near,
    settle,
    strike,
    undone_by,
    waiting,
    withdraw,
)

__all__ = [
    "IMAGE_RULE",
    "CloseTo",
    "Held",
    "RefusedPicture",
    "TurnedAway",
    "Verdict",
    "Waiting",
    "admit",
    "alike",
    "begin",
    "checked_rule",
    "cleared",
    "contest",
    "done",
    "held",
    "hold",
    "insert",
    "listed",
    "looked",
    "near",
    "settle",
    "strike",
    "undone_by",
    "waiting",
    "withdraw",
]
