"""The community that the benchmark measures, as plain values: the same for everybody, made in seconds, no database here.

People are numbered: first the readers who also write, then one writer for each size of audience, then the crowd that follows
the last writer. Posts are numbered from the oldest to the newest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate, cycle
from random import Random
from typing import NamedTuple

from bench.french import sentence, text

SEED = 3984
ACCOUNTS = 2_000
POSTS = 200_000
FOLLOWS = 150
THREAD = 50
AUDIENCES = (0, 50, 5_000)
"""Followers of each writer."""
HOME = 400
"""Newest rows kept in each reader's home."""
LIKES = 60
READER = 100
"""The account whose home and notifications are read."""
END = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
SPACING = 40_000
"""Mean milliseconds between two posts: 200 000 posts span about three months."""
FAMILIES = ("soignant-medical", "soignant-paramedical", "direction", "administratif-technique", "patient-proche", "autre")
KINDS = ("opinion", "opinion", "opinion", "story", "story", "rant", "thanks", "question", "info", "victory", "idea")


class Account(NamedTuple):
    """One pseudonym."""

    handle: str
    name: str
    note: str
    family: str


class Post(NamedTuple):
    """One public post."""

    author: int
    text: str
    at: int
    """Milliseconds since 1970."""
    kind: str
    parent: int | None
    """Number of the post it answers."""


class World(NamedTuple):
    """Everything to load, by number."""

    accounts: list[Account]
    posts: list[Post]
    follows: list[tuple[int, int]]
    """(who, whom)."""
    likes: list[tuple[int, int]]
    """(who, post): the reader's notifications."""
    root: int
    """The post that the thread of 50 answers."""
    writers: dict[int, int]
    """Account of the writer for each number of followers."""
    busiest: int
    """The account with the most posts."""


def world(readers: int = ACCOUNTS, count: int = POSTS) -> World:
    """Return the community of the benchmark: `count` posts by `readers` people, the writers and their crowd."""
    people = [*accounts(readers), *accounts(len(AUDIENCES), "plume"), *accounts(AUDIENCES[-1], "foule")]
    writers = {followers: readers + rank for rank, followers in enumerate(AUDIENCES)}
    written = posts(count, people[:readers])
    return World(
        accounts=people,
        posts=written,
        follows=[*follows(readers, FOLLOWS), *audiences(writers, readers + len(AUDIENCES))],
        likes=likes(written, READER, LIKES),
        root=root(count),
        writers=writers,
        busiest=busiest(written),
    )


def accounts(count: int, prefix: str = "blouse") -> list[Account]:
    """Return `count` accounts with handles `prefix_0`, `prefix_1` and so on."""
    families = cycle(FAMILIES)
    return [Account(f"{prefix}_{n}", f"{prefix.capitalize()} nº {n}", sentence(-1 - n), next(families)) for n in range(count)]


def posts(count: int, people: Sequence[Account], end: int = END) -> list[Post]:
    """Return `count` posts up to the instant `end` (milliseconds), a few people writing most of them, with one thread."""
    rng = Random(SEED)
    pauses = [rng.randrange(1, 2 * SPACING) for _ in range(count)]
    began = end - sum(pauses)
    authors = [int(len(people) * rng.random() ** 2) for _ in range(count)]
    kinds = rng.choices(KINDS, k=count)
    parents = thread(root(count), min(THREAD, count - 1), rng)
    rows = enumerate(zip(authors, accumulate(pauses, initial=began), kinds, strict=False))
    return [Post(author, text(number), at, kind, parents.get(number)) for number, (author, at, kind) in rows]


def root(count: int) -> int:
    """Return the number of the post that begins the thread, in the middle of `count` posts."""
    return max((count - THREAD) // 2, 0)


def thread(first: int, replies: int, rng: Random) -> dict[int, int]:
    """Return the parent of each of the `replies` posts after `first`: a conversation with branches, all under `first`."""
    return {number: rng.randrange(max(first, number - 6), number) for number in range(first + 1, first + 1 + replies)}


def follows(people: int, each: int) -> list[tuple[int, int]]:
    """Return a graph where each of `people` follows `each` others."""
    rng = Random(SEED + 1)
    pairs = []
    for who in range(people):
        chosen = rng.sample(range(people - 1), min(each, people - 1))
        pairs += [(who, whom + (whom >= who)) for whom in chosen]
    return pairs


def audiences(writers: dict[int, int], crowd: int) -> Iterator[tuple[int, int]]:
    """Yield the followers of each writer, taken from the crowd that begins at number `crowd`."""
    for followers, writer in writers.items():
        yield from ((crowd + rank, writer) for rank in range(followers))


def likes(written: Sequence[Post], liked: int, count: int) -> list[tuple[int, int]]:
    """Return `count` likes of the newest posts of the account `liked`, by other accounts in turn."""
    own = [number for number, post in enumerate(written) if post.author == liked][-10:]
    others = [who for who in range(count + 1) if who != liked]
    return [(others[rank], own[rank % len(own)]) for rank in range(count)]


def busiest(written: Iterable[Post]) -> int:
    """Return the account that wrote most."""
    counts: defaultdict[int, int] = defaultdict(int)
    for post in written:
        counts[post.author] += 1
    return max(counts, key=counts.__getitem__)


def homes(written: Sequence[Post], pairs: Iterable[tuple[int, int]], limit: int = HOME) -> Iterator[tuple[int, int]]:
    """Yield (reader, post): the newest `limit` posts of those whom each reader follows and of the reader, newest first.

    Answers are left out, as they reach only those who follow both sides.
    """
    followers: defaultdict[int, list[int]] = defaultdict(list)
    for who, whom in pairs:
        followers[whom].append(who)
    filled: defaultdict[int, int] = defaultdict(int)
    for number in range(len(written) - 1, -1, -1):
        post = written[number]
        if post.parent is None:
            for reader in (post.author, *followers[post.author]):
                if filled[reader] < limit:
                    filled[reader] += 1
                    yield reader, number
