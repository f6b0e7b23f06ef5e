"""What is held and why, and whether the house holds at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

TO_CONTEST: Final = timedelta(days=14)
"""How long what was refused stays to its author, who may contest; then it is erased."""
Verdict = Literal["published", "refused"]


class Rules(NamedTuple):
    """Whether what is rouge waits for a host, and whether our pages ask for a second thought before what is orange."""

    holds: bool = True
    asks: bool = True


class Held(NamedTuple):
    """Why a post is, or was, held, and what it was meant for; `verdict` is empty until a host decides."""

    post_id: int
    account_id: int
    audience: str
    quote_policy: str
    quoted_id: int | None
    ground: str
    contest: str
    verdict: Verdict | None
    reason: str
    held_at: datetime
    decided_at: datetime | None
    edit: str | None = None
    """Of an edit, what it changes, as JSON, nothing once it was published or refused for good; `None` where the post waits."""

    @property
    def may_contest(self) -> bool:
        """Whether its author may still answer: until a host decided after they did."""
        return self.verdict is None or (self.verdict == "refused" and not self.contest)
