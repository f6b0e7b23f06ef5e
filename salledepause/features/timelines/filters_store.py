"""SQL of filters, their keywords and their posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from salledepause.features import posts
from salledepause.features.timelines.filters_model import Caught, Filter, Keyword
from salledepause.kernel.db import Tx

KEYWORDS = "SELECT k.id, k.filter_id, k.keyword, k.whole_word FROM filter_keywords k JOIN filters f ON f.id = k.filter_id"
POSTS = "SELECT s.id, s.filter_id, s.post_id FROM filter_posts s JOIN filters f ON f.id = s.filter_id"
ACTIVE = "(f.expires_at IS NULL OR f.expires_at > now())"


async def filters(tx: Tx, me: int, *, active: bool = False) -> list[Filter]:
    """Return one's filters, whole, the oldest first; only those that have not expired when `active`."""
    where = f"f.account_id = %(me)s AND {ACTIVE if active else 'true'}"
    values: dict[str, Any] = {"me": me}
    rows = await tx.rows(
        f"SELECT f.id, f.title, f.contexts, f.action, f.expires_at FROM filters f WHERE {where} ORDER BY f.id", values
    )
    if not rows:
        return []
    words = await tx.all(Keyword, f"{KEYWORDS} WHERE {where} ORDER BY k.id", values)
    caught = await tx.all(Caught, f"{POSTS} WHERE {where} ORDER BY s.id", values)
    return [
        Filter(
            row[0],
            row[1],
            tuple(row[2]),
            row[3],
            row[4],
            tuple(one for one in words if one.filter_id == row[0]),
            tuple(one for one in caught if one.filter_id == row[0]),
        )
        for row in rows
    ]


async def whose(tx: Tx, account_ids: Sequence[int]) -> list[int]:
    """Return those of the people who have filters that have not expired."""
    query = f"SELECT DISTINCT f.account_id FROM filters f WHERE f.account_id = ANY(%s) AND {ACTIVE}"
    return await tx.values(query, [list(account_ids)])


async def texts(tx: Tx, post_ids: Sequence[int]) -> dict[int, str]:
    """Return all that posts say, by id: their warning, text, pictures' descriptions and poll."""
    query = """SELECT p.id, p.sealed, concat_ws(E'\\n', p.warning, p.text,
            (SELECT string_agg(m.description, E'\\n') FROM media m WHERE m.post_id = p.id AND m.position >= 0),
            (SELECT array_to_string(o.options, E'\\n') FROM polls o WHERE o.post_id = p.id))
        FROM posts p WHERE p.id = ANY(%s)"""
    rows = await tx.rows(query, [list(post_ids)])
    return {one: said if sealed is None else "\n".join(posts.opened(tx, one, sealed) or ()) for one, sealed, said in rows}


async def insert(tx: Tx, me: int, title: str, contexts: Sequence[str], action: str) -> int:
    """Write a filter that never expires; return its id."""
    query = "INSERT INTO filters (account_id, title, contexts, action) VALUES (%s, %s, %s, %s) RETURNING id"
    return int(await tx.value(query, [me, title, list(contexts), action]))


async def update(tx: Tx, filter_id: int, values: dict[str, Any]) -> None:
    """Change columns of a filter (names are ours)."""
    columns = ", ".join(f"{name} = %({name})s" for name in values)
    await tx.send(f"UPDATE filters SET {columns} WHERE id = %(id)s", values | {"id": filter_id})


async def expire(tx: Tx, filter_id: int, at: datetime | None) -> None:
    """Set when a filter ends."""
    await tx.send("UPDATE filters SET expires_at = %s WHERE id = %s", [at, filter_id])


async def erase(tx: Tx, filter_id: int) -> None:
    """Drop a filter and what it holds."""
    await tx.send("DELETE FROM filters WHERE id = %s", [filter_id])


async def keyword(tx: Tx, me: int, keyword_id: int) -> Keyword | None:
    """Return a keyword of one of one's filters."""
    return await tx.one(Keyword, f"{KEYWORDS} WHERE k.id = %s AND f.account_id = %s", [keyword_id, me])


async def add_keyword(tx: Tx, filter_id: int, text: str, *, whole_word: bool) -> int:
    """Write a keyword; return its id."""
    query = "INSERT INTO filter_keywords (filter_id, keyword, whole_word) VALUES (%s, %s, %s) RETURNING id"
    return int(await tx.value(query, [filter_id, text, whole_word]))


async def change_keyword(tx: Tx, one: Keyword) -> None:
    """Rewrite a keyword."""
    await tx.send("UPDATE filter_keywords SET keyword = %s, whole_word = %s WHERE id = %s", [one.keyword, one.whole_word, one.id])


async def drop_keyword(tx: Tx, keyword_id: int) -> None:
    """Drop a keyword."""
    await tx.send("DELETE FROM filter_keywords WHERE id = %s", [keyword_id])


async def caught(tx: Tx, me: int, caught_id: int) -> Caught | None:
    """Return a post of one of one's filters."""
    return await tx.one(Caught, f"{POSTS} WHERE s.id = %s AND f.account_id = %s", [caught_id, me])


async def catch(tx: Tx, filter_id: int, post_id: int) -> Caught | None:
    """Write a post into a filter, or return the one there is."""
    return await tx.one(
        Caught,
        """INSERT INTO filter_posts (filter_id, post_id) VALUES (%s, %s)
        ON CONFLICT (filter_id, post_id) DO UPDATE SET post_id = excluded.post_id RETURNING id, filter_id, post_id""",
        [filter_id, post_id],
    )


async def release(tx: Tx, caught_id: int) -> None:
    """Take a post out of its filter."""
    await tx.send("DELETE FROM filter_posts WHERE id = %s", [caught_id])
