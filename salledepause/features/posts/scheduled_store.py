"""SQL of scheduled posts."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from salledepause.features.posts.model import Draft
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page

COLUMNS = "id, at, draft, app_id"


class Scheduled(NamedTuple):
    """A post that waits for its hour."""

    id: int
    at: datetime
    draft: Draft


def _made(identifier: int, at: datetime, draft: object, app_id: int | None) -> Scheduled:
    return Scheduled(identifier, at, msgspec.structs.replace(msgspec.convert(draft, Draft), app_id=app_id))


async def insert(tx: Tx, account_id: int, draft: Draft, at: datetime, scheduled_id: int) -> Scheduled:
    """Write a scheduled post."""
    query = f"""INSERT INTO scheduled_posts (id, account_id, app_id, at, draft)
        VALUES (%(id)s, %(account)s, %(app)s, %(at)s, %(draft)s::jsonb) RETURNING {COLUMNS}"""
    kept = msgspec.json.encode(draft).decode()
    values = {"id": scheduled_id, "account": account_id, "app": draft.app_id, "at": at, "draft": kept}
    (made,) = await tx.all(_made, query, values)
    return made


async def count(tx: Tx, account_id: int, at: datetime) -> tuple[int, int]:
    """Return how many posts an account has scheduled, in all and on the day (UTC) of `at`; others wait until the commit."""
    await tx.send("SELECT pg_advisory_xact_lock(%s)", [account_id])
    query = """SELECT count(*), count(*) FILTER (WHERE at::date = %(at)s::timestamptz::date) FROM scheduled_posts
        WHERE account_id = %(account)s"""
    row = await tx.row(query, {"account": account_id, "at": at})
    return (row[0], row[1]) if row else (0, 0)


async def page(tx: Tx, account_id: int, page: Page) -> list[Scheduled]:
    """Return a page of what an account has scheduled."""
    query = f"""SELECT {COLUMNS} FROM scheduled_posts WHERE account_id = %(account)s AND {page.where("id")}
        ORDER BY {page.order("id")}"""
    return await tx.all(_made, query, page.params | {"account": account_id})


async def one(tx: Tx, account_id: int, scheduled_id: int) -> Scheduled | None:
    """Return an account's scheduled post."""
    query = f"SELECT {COLUMNS} FROM scheduled_posts WHERE id = %s AND account_id = %s"
    return await tx.one(_made, query, [scheduled_id, account_id])


async def move(tx: Tx, account_id: int, scheduled_id: int, at: datetime) -> bool:
    """Change the hour of a scheduled post; return whether there was one."""
    query = "UPDATE scheduled_posts SET at = %s WHERE id = %s AND account_id = %s"
    return await tx.run(query, [at, scheduled_id, account_id]) > 0


async def cancel(tx: Tx, account_id: int, scheduled_id: int) -> bool:
    """Erase a scheduled post, its media loose again; return whether there was one."""
    return await tx.run("DELETE FROM scheduled_posts WHERE id = %s AND account_id = %s", [scheduled_id, account_id]) > 0


async def take(tx: Tx, scheduled_id: int) -> tuple[int, Draft] | None:
    """Take a scheduled post whose hour has come out of the waiting ones; return (author id, draft), its media loose again."""
    query = "DELETE FROM scheduled_posts WHERE id = %s AND at <= now() RETURNING account_id, draft, app_id"
    row = await tx.row(query, [scheduled_id])
    return (row[0], msgspec.structs.replace(msgspec.convert(row[1], Draft), app_id=row[2])) if row else None
