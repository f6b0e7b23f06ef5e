"""Tags one follows, and tags one shows on one's profile."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.graph import tags_store as store
from salledepause.features.graph.model import MOST_FEATURED_TAGS, MOST_FOLLOWED_TAGS, FeaturedTag, named_tag
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page
from salledepause.kernel.text import tag_key


async def follow_tag(tx: Tx, me: int, name: str) -> str:
    """Follow a tag, used or not; return its key. Raises Missing for what can be no tag, BadInput for one too many."""
    key = tag_key(named_tag(name))
    tx.touches(Subject.PERSON, me)
    await store.follow(tx, me, key)
    if await store.followed_number(tx, me) > MOST_FOLLOWED_TAGS:
        raise BadInput("Au plus {most} mots-dièse suivis.", most=MOST_FOLLOWED_TAGS)
    return key


async def unfollow_tag(tx: Tx, me: int, name: str) -> str:
    """Stop following a tag, whether one did or not; return its key. Raises Missing for what can be no tag."""
    key = tag_key(named_tag(name))
    tx.touches(Subject.PERSON, me)
    await store.unfollow(tx, me, key)
    return key


async def followed_tags(tx: Tx, me: int, page: Page) -> Listed[str]:
    """Return the keys of the tags one follows, the latest first."""
    return await store.followed(tx, me, page)


async def followed_among(tx: Tx, me: int | None, keys: Sequence[str]) -> set[str]:
    """Return those of the tags that one follows."""
    return set(await store.followed_among(tx, me, keys)) if me and keys else set()


async def featured_among(tx: Tx, me: int | None, keys: Sequence[str]) -> set[str]:
    """Return those of the tags that one shows on one's profile."""
    return set(await store.featured_among(tx, me, keys)) if me and keys else set()


async def featured_tags(tx: Tx, account_id: int) -> list[FeaturedTag]:
    """Return the tags that an account shows on its profile, in the order they were put there."""
    return await store.featured(tx, account_id)


async def feature_tag(tx: Tx, me: int, name: str) -> FeaturedTag:
    """Show a tag on one's profile; twice equals once. Raises BadInput for what can be no tag and for one too many."""
    try:
        bare = named_tag(name)
    except Missing as error:
        raise BadInput("Mot-dièse refusé : des lettres, des chiffres et _, dont une lettre au moins.") from error
    made = await store.feature(tx, me, tag_key(bare), bare)
    if len(await store.featured(tx, me)) > MOST_FEATURED_TAGS:
        raise BadInput("Au plus {most} mots-dièse sur un profil.", most=MOST_FEATURED_TAGS)
    return made


async def unfeature(tx: Tx, me: int, featured_id: int) -> None:
    """Take a tag off one's profile by its id there. Raises Missing."""
    if not await store.unfeature(tx, me, featured_id):
        raise Missing


async def unfeature_tag(tx: Tx, me: int, name: str) -> str:
    """Take a tag off one's profile, whether it was there or not; return its key. Raises Missing for what can be no tag."""
    key = tag_key(named_tag(name))
    await store.unfeature_tag(tx, me, key)
    return key
