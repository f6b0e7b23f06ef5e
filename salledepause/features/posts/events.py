"""What happened to a post, as it is told up: ids, never words."""

from __future__ import annotations

from salledepause.features.posts.model import Kind
from salledepause.kernel.events import Event


class PostPublished(Event, frozen=True):
    """A post or a boost is there."""

    post_id: int
    author_id: int
    heard: bool = True
    """Whether somebody may want to be told: whom it names, who follows its author with alerts."""
    followers: int | None = None
    """How many followers its author has, where that is known."""
    room_id: int | None = None
    """The room that it is said in: it comes into no home."""
    kind: Kind | None = None
    answers: bool = False
    """Whether it answers another post."""


class PostHeld(Event, frozen=True):
    """A post, or an edit of it, waits for a host: nobody but its author sees it."""

    post_id: int
    author_id: int


class PostEdited(Event, frozen=True):
    """A post says something else."""

    post_id: int
    author_id: int


class PostErased(Event, frozen=True):
    """A post or a boost is gone: one that showed in the public rooms or not, one in lists or not; `named` are whom it named.

    What was said in a room is told to who listens there alone.
    """

    post_id: int
    author_id: int
    public: bool = False
    listed: bool = True
    named: tuple[int, ...] = ()
    room_id: int | None = None


class Favourited(Event, frozen=True):
    """Somebody favoured a post."""

    post_id: int
    account_id: int


class Unfavourited(Event, frozen=True):
    """Somebody took a favourite back."""

    post_id: int
    account_id: int


class Boosted(Event, frozen=True):
    """Somebody boosted a post; `boost_id` is the boost's own id."""

    boost_id: int
    post_id: int
    account_id: int


class Quoted(Event, frozen=True):
    """A post quotes somebody else's."""

    post_id: int


class QuoteWithdrawn(Event, frozen=True):
    """What a post quoted shows there no more: its author took it back, or erased it."""

    post_id: int


class PollEnded(Event, frozen=True):
    """A poll closed."""

    post_id: int
