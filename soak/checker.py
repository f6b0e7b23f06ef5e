"""Holds what the house says at the end against the clients' own log: pure, so that tests can feed it a wrong one.

Acknowledged is there, once; erased is gone; counts are right; nobody is told twice. Each rule returns what is wrong, in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from soak.journal import Fact, Journal, Post

OPEN = {"public", "unlisted", "private"}
"""Audiences that reach every follower."""


class Status(NamedTuple):
    """A post as its author reads it in the end."""

    id: str
    mark: str
    favourites: int
    boosts: int
    answers: int


class Told(NamedTuple):
    """A notification."""

    kind: str
    who: str
    post: str | None


class Reading(NamedTuple):
    """All that one person reads in the end; accounts by id."""

    posts: list[Status]
    home: list[str]
    """Ids of the newest posts of their home, boosts left out."""
    whole: bool
    """Whether the home has no more than that."""
    told: list[Told]
    following: set[str]
    blocking: set[str]
    counts: tuple[int, int, int]
    """Statuses, followers, following, as the account shows them."""


House = dict[str, Reading]
"""What each account reads."""


def check(journal: Journal, house: House) -> list[str]:
    """Return everything that is wrong."""
    rules = (_posts, _tallies, _ties, _counts, _homes, _told_once, _told_truly)
    return [*journal.problems, *(problem for rule in rules for problem in rule(journal, house))]


def _posts(journal: Journal, house: House) -> Iterator[str]:
    for account, reading in house.items():
        expected = {post.id: post.mark for post in journal.alive() if post.author == account}
        read = {one.id: one.mark for one in reading.posts}
        yield from (f"{account} reads {number} times {one}" for one, number in _many(status.id for status in reading.posts))
        yield from (f"acknowledged post {one} ({expected[one]}) is not there" for one in expected.keys() - read.keys())
        for one in read.keys() - expected.keys():
            if read[one].split(" ")[0] not in journal.doubtful:
                yield f"post {one} ({read[one]}) is there, {'erased' if one in journal.posts else 'acknowledged to nobody'}"
        for one in read.keys() & expected.keys():
            if read[one] != expected[one]:
                yield f"post {one} says {read[one]} instead of {expected[one]}"
    yield from (
        f"{number} posts say {one}" for one, number in _many(one.mark for reading in house.values() for one in reading.posts)
    )


def _tallies(journal: Journal, house: House) -> Iterator[str]:
    alive = {post.id for post in journal.alive()}
    sure, maybe = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for fact in journal.facts:
        if fact.what in alive:
            ends = journal.ends(*fact)
            sure[fact.kind, fact.what] += ends == {True}
            maybe[fact.kind, fact.what] += True in ends
    answers = Counter(post.parent for post in journal.alive() if post.audience != "direct")
    for status in (one for reading in house.values() for one in reading.posts if one.id in alive):
        for kind, number in (("favourite", status.favourites), ("boost", status.boosts)):
            low, high = sure[kind, status.id], maybe[kind, status.id]
            if not low <= number <= high:
                yield f"post {status.id} counts {number} {kind}s instead of {low} to {high}"
        if status.answers != answers[status.id] and not journal.doubtful:
            yield f"post {status.id} counts {status.answers} answers instead of {answers[status.id]}"


def _ties(journal: Journal, house: House) -> Iterator[str]:
    for account, reading in house.items():
        for other in house.keys() - {account}:
            for kind, so in (("follow", other in reading.following), ("block", other in reading.blocking)):
                if so not in journal.ends(kind, account, other):
                    yield f"{account} {'does' if so else 'does not'} {kind} {other}"


def _counts(journal: Journal, house: House) -> Iterator[str]:
    followers = Counter(other for reading in house.values() for other in reading.following)
    alive = {post.id for post in journal.alive()}
    for account, reading in house.items():
        own = len(reading.posts)
        boosts = [journal.ends(*fact) for fact in journal.facts if fact[:2] == ("boost", account) and fact.what in alive]
        low, high = own + boosts.count({True}), own + sum(True in ends for ends in boosts)
        said, followed, following = reading.counts
        if not low <= said <= high:
            yield f"{account} counts {said} statuses instead of {low} to {high}"
        if (followed, following) != (followers[account], len(reading.following)):
            right = f"{followers[account]}, {len(reading.following)}"
            yield f"{account} counts {followed} followers, following {following} instead of {right}"


def _homes(journal: Journal, house: House) -> Iterator[str]:
    for account, reading in house.items():
        home = set(reading.home)
        oldest = 0 if reading.whole else min(map(int, reading.home), default=0)
        yield from (f"home of {account} shows {one} {number} times" for one, number in _many(reading.home))
        yield from (f"home of {account} shows {one}, erased" for one in home if (post := journal.posts.get(one)) and post.erased)
        for post in journal.alive():
            if int(post.id) < oldest:
                continue
            if post.id not in home and _reaches(journal, post, account):
                yield f"home of {account} lacks {post.id} of {post.author}"
            if post.id in home and _stays_out(journal, post, account):
                yield f"home of {account} shows {post.id} of {post.author}, whom it does not follow"


def _reaches(journal: Journal, post: Post, account: str) -> bool:
    """Tell whether a post must be in a home: its author was followed before it was written, and still is."""
    if post.author == account:
        return True
    followed = journal.last("follow", account, post.author)
    sure = journal.ends("follow", account, post.author) == {True} and followed and followed.ended < post.span.began
    return bool(sure) and post.audience in OPEN and post.parent is None


def _stays_out(journal: Journal, post: Post, account: str) -> bool:
    """Tell whether a post may not be in a home: its author is not followed, and was not let go just as it was written."""
    if post.author == account or journal.ends("follow", account, post.author) == {True}:
        return False
    if True in journal.ends("follow", account, post.author):
        return False
    spans = [one.span for one in journal.facts.get(Fact("follow", account, post.author), ())]
    return not any(span.began <= post.span.ended and post.span.began <= span.ended for span in spans)


def _told_once(journal: Journal, house: House) -> Iterator[str]:
    for account, reading in house.items():
        yield from (f"{account} is told {number} times of {one}" for one, number in _many(reading.told))
        for one in reading.told:
            if one.post in journal.posts and journal.posts[one.post].erased:
                yield f"{account} is told of {one.post}, erased"


def _told_truly(journal: Journal, house: House) -> Iterator[str]:
    """Say who was not told of what concerns them, or of what is not so, among people who never blocked each other."""
    alive = {post.id: post for post in journal.alive()}
    must, may_not = set[tuple[str, Told]](), set[tuple[str, Told]]()
    for post in alive.values():
        must |= {(one, Told("mention", post.author, post.id)) for one in post.named if one != post.author}
    for fact in journal.facts:
        kind = {"favourite": "favourite", "boost": "reblog", "follow": "follow"}.get(fact.kind)
        to = fact.what if kind == "follow" else alive[fact.what].author if fact.what in alive else None
        if kind and to and to != fact.who:
            told = (to, Told(kind, fact.who, None if kind == "follow" else fact.what))
            ends = journal.ends(*fact)
            if len(ends) == 1:
                (must if True in ends else may_not).add(told)
    for account, reading in house.items():
        heard = set(reading.told)
        for one in (told for to, told in must if to == account):
            if one not in heard and not journal.quarrelled(account, one.who):
                yield f"{account} is not told of {one}"
        yield from (f"{account} is told of {told}, which is not so" for to, told in may_not if to == account and told in heard)


def _many(things: Iterable[object]) -> list[tuple[object, int]]:
    return [(one, number) for one, number in Counter(things).items() if number > 1]
