"""SQL of followed and featured tags."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.graph.model import FeaturedTag
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed


async def follow(tx: Tx, me: int, key: str) -> None:
    """Write that one follows a tag."""
    await tx.send("INSERT INTO followed_tags (account_id, tag) VALUES (%s, %s) ON CONFLICT DO NOTHING", [me, key])


async def unfollow(tx: Tx, me: int, key: str) -> None:
    """Drop a followed tag."""
    await tx.send("DELETE FROM followed_tags WHERE account_id = %s AND tag = %s", [me, key])


async def followed_number(tx: Tx, me: int) -> int:
    """Return how many tags somebody follows."""
    return int(await tx.value("SELECT count(*) FROM followed_tags WHERE account_id = %s", [me]))


async def followed(tx: Tx, me: int, page: Page) -> Listed[str]:
    """Return the keys of followed tags, the latest first."""
    query = f"SELECT id, tag FROM followed_tags WHERE account_id = %(me)s AND {page.where('id')} ORDER BY {page.order('id')}"
    rows = await tx.rows(query, page.params | {"me": me})
    return listed([row[1] for row in rows], [row[0] for row in rows], page)


async def followed_among(tx: Tx, me: int, keys: Sequence[str]) -> list[str]:
    """Return those of the keys that one follows."""
    return await tx.values("SELECT tag FROM followed_tags WHERE account_id = %s AND tag = ANY(%s)", [me, list(keys)])


async def featured_among(tx: Tx, me: int, keys: Sequence[str]) -> list[str]:
    """Return those of the keys that one shows on one's profile."""
    return await tx.values("SELECT tag FROM featured_tags WHERE account_id = %s AND tag = ANY(%s)", [me, list(keys)])


async def featured(tx: Tx, account_id: int) -> list[FeaturedTag]:
    """Return the tags of a profile, the first put there first."""
    return await tx.all(FeaturedTag, "SELECT id, tag, name FROM featured_tags WHERE account_id = %s ORDER BY id", [account_id])


async def feature(tx: Tx, me: int, key: str, name: str) -> FeaturedTag:
    """Write a tag of one's profile, or return the one there is."""
    query = """INSERT INTO featured_tags (account_id, tag, name) VALUES (%s, %s, %s)
        ON CONFLICT (account_id, tag) DO UPDATE SET name = featured_tags.name RETURNING id, tag, name"""
    row = await tx.rows(query, [me, key, name])
    return FeaturedTag(*row[0])


async def unfeature(tx: Tx, me: int, featured_id: int) -> bool:
    """Drop a tag of one's profile by id; return whether it was there."""
    return await tx.run("DELETE FROM featured_tags WHERE id = %s AND account_id = %s", [featured_id, me]) > 0


async def unfeature_tag(tx: Tx, me: int, key: str) -> None:
    """Drop a tag of one's profile by key."""
    await tx.send("DELETE FROM featured_tags WHERE account_id = %s AND tag = %s", [me, key])
