"""The noticeboard of a room: what is said to be so there, whether it holds, and who must hear that it does not.

A short info of a room is pinned to its board (`pin`) as a rumour; its author, who keeps the room and the hosts who read there
`decide`: to be checked, confirmed, denied. Confirming and denying need a source; every step is dated. Whoever was shown a rumour
while nothing was decided is remembered, for that alone (`owe`, `remember`): a denial tells each of them once, then forgets
them; without one they are forgotten after thirty days (`sweep`). Nothing reads that memory for anybody.
"""

from salledepause.features.noticeboard.actions import decide, pin, unpin
from salledepause.features.noticeboard.model import (
    NEXT,
    SOURCED,
    STATE_LABELS,
    UNDECIDED,
    By,
    Item,
    ItemDenied,
    ItemsMet,
    State,
    Step,
)
from salledepause.features.noticeboard.reactions import edited, forget, remember, sweep
from salledepause.features.noticeboard.readings import View, board, histories, of, one, owe

__all__ = [
    "NEXT",
    "SOURCED",
    "STATE_LABELS",
    "UNDECIDED",
    "By",
    "Item",
    "ItemDenied",
    "ItemsMet",
    "State",
    "Step",
    "View",
    "board",
    "decide",
    "edited",
    "forget",
    "histories",
    "of",
    "one",
    "owe",
    "pin",
    "remember",
    "sweep",
    "unpin",
]
