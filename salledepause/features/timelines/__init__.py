"""Timelines: which posts a person reads, in which order: always the newest first, by one rule each.

`home` is materialised: one narrow row a reader and post, written when a post is published (`spread`: in its own transaction up
to 5 000 followers, in a job beyond). It has no end; `balanced` is the same, what weighs leaving room for the rest. `public`,
`tag`, `members` (a list), `of_account`, `of_room`(`_calmly`) read; `favourites` and `bookmarks` page by the gesture's own id.
Every one goes through the gate of posts. Each takes an optional tuple of kinds: every list filters by kind.
"""

from salledepause.features.timelines import figures, filters
from salledepause.features.timelines.balance import Balanced, balanced
from salledepause.features.timelines.balance_model import HEAVY, Edge
from salledepause.features.timelines.calmly import of_room_calmly
from salledepause.features.timelines.census import Day, Usage, Week, days, first_keeper, usage, weeks
from salledepause.features.timelines.conversations import (
    Conversation,
    conversation,
    conversations,
    hide_conversation,
    read_conversation,
)
from salledepause.features.timelines.markers import Marker, mark, markers
from salledepause.features.timelines.people import Suggestion, directory, dismiss_suggestion, suggestions
from salledepause.features.timelines.query_model import ME, Query, parse
from salledepause.features.timelines.reach import Reach, lists_holding, lists_reached, reach
from salledepause.features.timelines.reactions import (
    HomesReached,
    ManyReaders,
    follow_up,
    forget_account,
    part,
    retract,
    spread,
    spread_far,
    sweep,
)
from salledepause.features.timelines.readings import (
    Profile,
    Wish,
    bookmarks,
    direct,
    favourites,
    home,
    home_readers,
    list_members,
    of_account,
    of_room,
    public,
    tagged,
)
from salledepause.features.timelines.search import FAREST, first_id, lively_posts, lively_tags, search_posts, search_tags

__all__ = [
    "FAREST",
    "HEAVY",
    "ME",
    "Balanced",
    "Conversation",
    "Day",
    "Edge",
    "HomesReached",
    "ManyReaders",
    "Marker",
    "Profile",
    "Query",
    "Reach",
    "Suggestion",
    "Usage",
    "Week",
    "Wish",
    "balanced",
    "bookmarks",
    "conversation",
    "conversations",
    "days",
    "direct",
    "directory",
    "dismiss_suggestion",
    "favourites",
    "figures",
    "filters",
    "first_id",
    "first_keeper",
    "follow_up",
    "forget_account",
    "hide_conversation",
    "home",
    "home_readers",
    "list_members",
    "lists_holding",
    "lists_reached",
    "lively_posts",
    "lively_tags",
    "mark",
    "markers",
    "of_account",
    "of_room",
    "of_room_calmly",
    "parse",
    "part",
    "public",
    "reach",
    "read_conversation",
    "retract",
    "search_posts",
    "search_tags",
    "spread",
    "spread_far",
    "suggestions",
    "sweep",
    "tagged",
    "usage",
    "weeks",
]
