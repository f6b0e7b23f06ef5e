"""What one sees of support: one's own word, and, of one's own posts, which words came from which role families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from salledepause.features import posts
from salledepause.features.accounts import Family
from salledepause.features.posts import Post
from salledepause.features.supports import store
from salledepause.features.supports.model import Received, Support, Word
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.marks import Subject


async def supported(tx: Tx, viewer: int, post_id: int) -> Post:
    """Return a post that takes words of support, to whom may read it; raises Missing, BadInput for any other post."""
    post = await posts.typed(tx, post_id, viewer)
    if not post.supported:
        raise BadInput("Ce message ne se soutient pas d'un mot : il n'est pas dans une pièce sans compteur.")
    return post


async def one(tx: Tx, viewer: int, post_id: int) -> tuple[Support, bool]:
    """Return what somebody sees of the support of a post, and whether it is theirs; raises Missing, BadInput."""
    post = await supported(tx, viewer, post_id)
    found = (await of(tx, viewer, [post.id])).get(post.id, Support())
    return found, post.account_id == viewer


async def of(tx: Tx, viewer: int, post_ids: Sequence[int]) -> dict[int, Support]:
    """Return what somebody sees of the support of posts, by post; it asks no gate."""
    tx.stands_on(Subject.PERSON, viewer)
    tx.stands_on(Subject.POST, *post_ids)
    mine: dict[int, Word] = {}
    came: defaultdict[int, defaultdict[Word, set[Family]]] = defaultdict(lambda: defaultdict(set))
    for post_id, word, own, family in await store.seen(tx, viewer, post_ids):
        if own:
            mine[post_id] = Word(word)
        else:
            came[post_id][Word(word)] |= {Family(family)} if family else set()
    return {one: Support(mine.get(one), _received(came[one])) for one in {*mine, *came}}


def _received(came: dict[Word, set[Family]]) -> tuple[Received, ...]:
    """Return words in their own order, and families in theirs: neither tells who came first or most."""
    return tuple(Received(word, tuple(one for one in Family if one in came[word])) for word in Word if word in came)


async def waiting(tx: Tx, me: int) -> list[tuple[str, str]]:
    """Return (handle, name) of the rooms where somebody finds words of support."""
    tx.passing = True
    return await store.waiting(tx, me)
