"""The graph: who follows, asks, blocks, mutes and lists whom; which tags one follows or shows.

`follow` follows or, when the other is locked or one is silenced, asks; `authorize` and `reject` decide. `block` ends every tie
both ways; `mute` hides, for a while or for ever. `relationships` says in one query what ties one to many. `followers` and
`following` name no reader to others and respect those who hide them. Lists hold people one follows and are known to their owner
alone, as is what one notes about somebody; whom one recommends (`endorse`) is open. Tags are compared by key
(`kernel.text.tag_key`). `HIDDEN_FROM` is the SQL array, for the `viewer` parameter, of accounts whose things the viewer does
not want or may not see; every list of posts or people applies it. Counters change in the same transaction as the rows they
count. Others hear of all this through the events below.
"""

from salledepause.features.graph.actions import (
    authorize,
    block,
    follow,
    follow_many,
    mute,
    reject,
    remove_follower,
    unblock,
    unfollow,
    unmute,
)
from salledepause.features.graph.domains import block_domain, blocked_domains, unblock_domain
from salledepause.features.graph.lists import (
    add_members,
    all_lists,
    change_list,
    create_list,
    erase_list,
    lists_with,
    members,
    one_list,
    remove_members,
)
from salledepause.features.graph.model import (
    MOST_FEATURED_TAGS,
    MOST_MEMBERS,
    Blocked,
    Change,
    FeaturedTag,
    Follow,
    Followed,
    FollowRequested,
    Muted,
    People,
    Quiet,
    Relationship,
    RequestDecided,
    Unblocked,
    Unfollowed,
    Unmuted,
    domain_of,
    named_tag,
)
from salledepause.features.graph.reactions import leave, let_in
from salledepause.features.graph.readings import followers, following, relationship, relationships
from salledepause.features.graph.regards import endorse, endorsed, familiar, note, unendorse
from salledepause.features.graph.store import HIDDEN_FROM, blocked, muted, request_count, requests, whom
from salledepause.features.graph.tags import (
    feature_tag,
    featured_among,
    featured_tags,
    follow_tag,
    followed_among,
    followed_tags,
    unfeature,
    unfeature_tag,
    unfollow_tag,
)

__all__ = [
    "HIDDEN_FROM",
    "MOST_FEATURED_TAGS",
    "MOST_MEMBERS",
    "Blocked",
    "Change",
    "FeaturedTag",
    "Follow",
    "FollowRequested",
    "Followed",
    "Muted",
    "People",
    "Quiet",
    "Relationship",
    "RequestDecided",
    "Unblocked",
    "Unfollowed",
    "Unmuted",
    "add_members",
    "all_lists",
    "authorize",
    "block",
    "block_domain",
    "blocked",
    "blocked_domains",
    "change_list",
    "create_list",
    "domain_of",
    "endorse",
    "endorsed",
    "erase_list",
    "familiar",
    "feature_tag",
    "featured_among",
    "featured_tags",
    "follow",
    "follow_many",
    "follow_tag",
    "followed_among",
    "followed_tags",
    "followers",
    "following",
    "leave",
    "let_in",
    "lists_with",
    "members",
    "mute",
    "muted",
    "named_tag",
    "note",
    "one_list",
    "reject",
    "relationship",
    "relationships",
    "remove_follower",
    "remove_members",
    "request_count",
    "requests",
    "unblock",
    "unblock_domain",
    "unendorse",
    "unfeature",
    "unfeature_tag",
    "unfollow",
    "unfollow_tag",
    "unmute",
    "whom",
]
