"""What the clients know: every post and gesture that was acknowledged, and when. Pure; it asks the house nothing.

Whatever two people do to one thing at the same time may end either way: a fact's possible ends are those of the changes that no
later one followed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

GRACE = 1.0
"""Seconds after an acknowledgement in which what changed may still be met."""


class Span(NamedTuple):
    """From the first sending of a request to its acknowledgement."""

    began: float
    ended: float


class Fact(NamedTuple):
    """Something that is so or not: `follow` and `block` between two accounts, `favourite` and `boost` of a post."""

    kind: str
    who: str
    what: str


class Change(NamedTuple):
    """What made a fact so, or not."""

    so: bool
    span: Span


@dataclass
class Post:
    """A post that was acknowledged."""

    id: str
    author: str
    mark: str
    """What its text begins with, and which nothing else begins with."""
    audience: str
    parent: str | None
    named: tuple[str, ...]
    span: Span
    erased: Span | None = None


def possible(changes: Iterable[Change]) -> set[bool]:
    """Return how a fact may have ended; what nobody ever changed is not so."""
    known = list(changes)
    return {one.so for one in known if not any(other.span.began > one.span.ended for other in known)} or {False}


@dataclass
class Journal:
    """The log of all clients of a run."""

    posts: dict[str, Post] = field(default_factory=dict)
    facts: defaultdict[Fact, list[Change]] = field(default_factory=lambda: defaultdict(list))
    doubtful: set[str] = field(default_factory=set)
    """Marks of posts that were refused after an attempt of unknown end: they may be there."""
    open_ids: list[str] = field(default_factory=list)
    """Posts that anybody may read, in order, for people to act on."""
    asked: Counter[Fact] = field(default_factory=Counter)
    """Facts that somebody asked to change and has no answer about: it may be done already."""
    problems: list[str] = field(default_factory=list)
    """What went wrong already while the clients lived."""

    def publish(self, post: Post) -> None:
        """Note a post."""
        self.posts[post.id] = post
        if post.audience in {"public", "unlisted"}:
            self.open_ids.append(post.id)

    @contextmanager
    def asking(self, fact: Fact) -> Iterator[None]:
        """Note for a block that a change of a fact was asked for."""
        self.asked[fact] += 1
        try:
            yield
        finally:
            self.asked[fact] -= 1

    def note(self, fact: Fact, span: Span, *, so: bool) -> None:
        """Note that a fact is so or no longer; a block ends both follows."""
        self.facts[fact].append(Change(so, span))
        if fact.kind == "block" and so:
            for who, what in ((fact.who, fact.what), (fact.what, fact.who)):
                self.facts[Fact("follow", who, what)].append(Change(so=False, span=span))

    def ends(self, kind: str, who: str, what: str) -> set[bool]:
        """Return how a fact may have ended."""
        return possible(self.facts.get(Fact(kind, who, what), ()))

    def last(self, kind: str, who: str, what: str) -> Span | None:
        """Return the span of a fact's latest change."""
        spans = [one.span for one in self.facts.get(Fact(kind, who, what), ())]
        return max(spans, key=lambda span: span.ended) if spans else None

    def quarrelled(self, one: str, other: str) -> bool:
        """Tell whether either ever blocked the other."""
        return any(Fact("block", *pair) in self.facts for pair in ((one, other), (other, one)))

    def alive(self) -> list[Post]:
        """Return the posts that were not erased."""
        return [post for post in self.posts.values() if post.erased is None]

    def gone(self, post_id: str, moment: float) -> bool:
        """Tell whether a post had long been erased at a moment, and may not be met."""
        post = self.posts.get(post_id)
        return post is not None and post.erased is not None and post.erased.ended + GRACE < moment

    def shunned(self, who: str, author: str, moment: float) -> bool:
        """Tell whether somebody's things had long been hidden from `who` by a block at a moment, and nobody changed it since."""
        return any(
            self.ends("block", *pair) == {True}
            and not self.asked[Fact("block", *pair)]
            and (span := self.last("block", *pair))
            and span.ended + GRACE < moment
            for pair in ((who, author), (author, who))
        )
