"""Company: nobody who asks for a word stays without an answer, and nobody is counted for asking.

`ask` puts a post of one's own among the calls that volunteers on shift see (`queue`), the longest waiting first, and rings them;
`withdraw` takes it back. One says « je réponds » (`claim`, which lapses by itself, or `release`), so that three do not answer at
once. A call is answered when somebody else gives support; who says that they give advice (`advise`) leaves it open. After twenty
minutes a host is paged, then the next one (`page`, a job). The rota is by the hour, instants that the clock of Paris shows:
`take`, `leave`, `repeat`, `rota`, and for hosts `uncovered`. Who is on shift is shown to nobody; off shift one sees no call.
"""

from salledepause.features.company.actions import advise, ask, claim, release, withdraw
from salledepause.features.company.model import (
    AHEAD,
    CLAIMED_FOR,
    NEXT_AFTER,
    PAGED_AFTER,
    Call,
    Gap,
    Hour,
    Queue,
    Rung,
    Standing,
    gaps,
    hour_of,
    hours,
    wall,
)
from salledepause.features.company.reactions import page, published, sweep
from salledepause.features.company.readings import advice_among, called, calls_of, queue, standing, waiting
from salledepause.features.company.rota import hours_of, leave, repeat, rota, take, uncovered, week_of

__all__ = [
    "AHEAD",
    "CLAIMED_FOR",
    "NEXT_AFTER",
    "PAGED_AFTER",
    "Call",
    "Gap",
    "Hour",
    "Queue",
    "Rung",
    "Standing",
    "advice_among",
    "advise",
    "ask",
    "called",
    "calls_of",
    "claim",
    "gaps",
    "hour_of",
    "hours",
    "hours_of",
    "leave",
    "page",
    "published",
    "queue",
    "release",
    "repeat",
    "rota",
    "standing",
    "sweep",
    "take",
    "uncovered",
    "waiting",
    "wall",
    "week_of",
    "withdraw",
]
