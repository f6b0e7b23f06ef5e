"""Threads: what came before a post and what answers it, whole even where something was erased or is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from salledepause.features.posts import gate, store
from salledepause.features.posts.model import Seen
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject

MEMBER = (4096, 4096, 4096)
VISITOR = (40, 60, 20)
"""Ancestors, descendants and depth that the API shows to whom (https://docs.joinmastodon.org/methods/statuses/#context)."""


class Context(msgspec.Struct, frozen=True):
    """What surrounds a post: ancestors from the root down, descendants depth first, oldest answer first."""

    ancestors: list[Seen]
    descendants: list[Seen]
    closers: tuple[int, ...]
    """Who closed the post, or what it answers."""
    slow_until: datetime | None
    """Until when the thread is slowed, if it is."""


Bounds = tuple[int, int, int]


async def context(tx: Tx, post_id: int, viewer: int | None, bounds: Bounds = MEMBER) -> Context:
    """Return what surrounds a post, as the viewer may see it; raises Missing when they may not see the post itself."""
    subject = await gate.subject(tx, post_id, viewer)
    bare = await store.parent(tx, subject)
    if bare is None:
        raise Missing
    query = f"""SELECT p.parent_id, ({gate.GATE}) AND (({gate.WANTED}) OR p.account_id = %(viewer)s), p.id, {gate.COLUMNS}
        FROM posts p {gate.JOINS} WHERE p.conversation_id = %(conversation)s
        UNION ALL SELECT parent_id, false, id, {gate.NO_COLUMNS} FROM tombstones
        WHERE conversation_id = %(conversation)s"""
    rows = await tx.rows(query, {"viewer": viewer or 0, "conversation": bare.conversation_id})
    parents = {row[2]: row[0] for row in rows}
    open_ones = {row[2]: gate.seen(row[2:]) for row in rows if row[1]}
    tx.stands_on(Subject.THREAD, bare.conversation_id)
    tx.changes_at(bare.slow_until)
    gate.stands_on(tx, open_ones.values(), viewer)
    above, below, depth = bounds
    return Context(
        [open_ones[one] for one in ancestors(parents, subject) if one in open_ones][-above:],
        [open_ones[one] for one in descendants(parents, subject, depth) if one in open_ones][:below],
        bare.closers,
        bare.slow_until,
    )


async def mute_thread(tx: Tx, account_id: int, post_id: int) -> int:
    """Be told nothing more of the thread of a post; return the post that says something. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    tx.touches(Subject.PERSON, account_id)
    query = """INSERT INTO conversation_mutes (account_id, conversation_id)
        SELECT %s, conversation_id FROM posts WHERE id = %s ON CONFLICT DO NOTHING"""
    await tx.send(query, [account_id, subject])
    return subject


async def unmute_thread(tx: Tx, account_id: int, post_id: int) -> int:
    """Be told again of the thread of a post; return the post that says something. Raises Missing."""
    subject = await gate.subject(tx, post_id, account_id)
    tx.touches(Subject.PERSON, account_id)
    query = """DELETE FROM conversation_mutes
        WHERE account_id = %s AND conversation_id = (SELECT conversation_id FROM posts WHERE id = %s)"""
    await tx.send(query, [account_id, subject])
    return subject


def ancestors(parents: Mapping[int, int | None], post_id: int) -> list[int]:
    """Return the ids above a post, root first; a cycle or a gap ends the climb."""
    path: list[int] = []
    known = {post_id}
    above = parents.get(post_id)
    while above is not None and above in parents and above not in known:
        path.append(above)
        known.add(above)
        above = parents[above]
    return path[::-1]


def descendants(parents: Mapping[int, int | None], post_id: int, depth: int) -> Sequence[int]:
    """Return the ids below a post down to `depth`, each before its own answers, older answers first."""
    answers: defaultdict[int, list[int]] = defaultdict(list)
    for one in sorted(parents, reverse=True):
        above = parents[one]
        if above is not None:
            answers[above].append(one)
    found: list[int] = []
    waiting = [(one, 1) for one in answers[post_id]]
    while waiting:
        one, level = waiting.pop()
        found.append(one)
        if level < depth:
            waiting.extend((below, level + 1) for below in answers[one])
    return found
