"""Victories and thanks: to whom they go, one team or several, inside the house or outside.

`thank` says whom one's post thanks: a site of the official register, a team by its words (the same words are the same team), or
somebody with an account; `of` says it of many posts at once. `suggested` finds teams and people as one types, `lately` the
teams thanked last. A team has a page: `team` returns it with how many thanks anybody may read, `posts_to` lists them by time.
Teams are counted one by one and never ranked: nothing in here orders them by a count. A host may `merge` the words of a team
into another team. A thank-you that names people and says nobody else thanks them (`implied`): apps that know nothing of this
need do nothing.
"""

from salledepause.features.victories.actions import merge, thank
from salledepause.features.victories.model import (
    LONGEST_NAME,
    MOST,
    THANKING,
    Recipient,
    Team,
    Thanked,
    Way,
    check_now,
    implied,
)
from salledepause.features.victories.reactions import edited, forget_account, published, renamed, sweep
from salledepause.features.victories.readings import lately, posts_to, suggested, team, typed
from salledepause.features.victories.store import of

__all__ = [
    "LONGEST_NAME",
    "MOST",
    "THANKING",
    "Recipient",
    "Team",
    "Thanked",
    "Way",
    "check_now",
    "edited",
    "forget_account",
    "implied",
    "lately",
    "merge",
    "of",
    "posts_to",
    "published",
    "renamed",
    "suggested",
    "sweep",
    "team",
    "thank",
    "typed",
]
