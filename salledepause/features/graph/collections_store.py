"""SQL of collections and of who is in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from salledepause.features.graph.model import Collected, Collection
from salledepause.features.graph.store import HIDDEN_FROM
from salledepause.kernel.db import Tx

COLUMNS = "c.id, c.account_id, c.name, c.description, c.language, c.tag, c.sensitive, c.discoverable, c.updated_at"
"""What `Collection` takes, in its order."""
SHOWN = """a.state = 'active' AND a.mode = 'contributor' AND NOT EXISTS (SELECT FROM blocks b
    WHERE b.account_id = a.id AND b.target_id = %(viewer)s)"""
"""Whether somebody may be shown to the viewer: readers are not named, nobody to whom they block."""


async def one(tx: Tx, collection_id: int, viewer: int) -> Collection | None:
    """Return a collection whose owner the viewer may see."""
    query = f"""SELECT {COLUMNS} FROM collections c JOIN accounts a ON a.id = c.account_id
        WHERE c.id = %(id)s AND (a.id = %(viewer)s OR {SHOWN})"""
    return await tx.one(Collection, query, {"id": collection_id, "viewer": viewer})


async def lock(tx: Tx, me: int, collection_id: int) -> Collection | None:
    """Return one's own collection, held until the commit."""
    query = f"SELECT {COLUMNS} FROM collections c WHERE c.id = %s AND c.account_id = %s FOR UPDATE"
    return await tx.one(Collection, query, [collection_id, me])


async def number(tx: Tx, me: int) -> int:
    """Return how many collections somebody has; whoever asks next waits for this commit."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('collections', %s))", [me])
    return int(await tx.value("SELECT count(*) FROM collections WHERE account_id = %s", [me]))


async def insert(tx: Tx, me: int, values: Mapping[str, Any]) -> Collection:
    """Write a collection."""
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    query = f"INSERT INTO collections AS c (account_id, {names}) VALUES (%(me)s, {places}) RETURNING {COLUMNS}"
    (made,) = await tx.all(Collection, query, {**values, "me": me})
    return made


async def update(tx: Tx, collection_id: int, values: Mapping[str, Any]) -> Collection:
    """Change columns of a collection."""
    changes = "".join(f", {name} = %({name})s" for name in values)
    query = f"UPDATE collections c SET updated_at = now(){changes} WHERE id = %(id)s RETURNING {COLUMNS}"
    (changed,) = await tx.all(Collection, query, {**values, "id": collection_id})
    return changed


async def erase(tx: Tx, collection_id: int) -> None:
    """Drop a collection."""
    await tx.send("DELETE FROM collections WHERE id = %s", [collection_id])


async def members(tx: Tx, collection_id: int) -> list[int]:
    """Return who is in a collection, shown or not."""
    rows = await tx.rows("SELECT account_id FROM collection_items WHERE collection_id = %s AND NOT revoked", [collection_id])
    return [account_id for (account_id,) in rows]


async def of_owner(tx: Tx, owner: int, viewer: int, limit: int, offset: int) -> list[Collection]:
    """Return the collections of somebody, the latest first; to others, those that are to be found."""
    query = f"""SELECT {COLUMNS} FROM collections c WHERE c.account_id = %s AND (c.discoverable OR c.account_id = %s)
        ORDER BY c.id DESC LIMIT %s OFFSET %s"""
    return await tx.all(Collection, query, [owner, viewer, limit, offset])


async def holding(tx: Tx, me: int, limit: int, offset: int) -> list[Collection]:
    """Return the collections that somebody is in, the latest to take them first."""
    query = f"""SELECT {COLUMNS} FROM collection_items i JOIN collections c ON c.id = i.collection_id
        JOIN accounts a ON a.id = c.account_id
        WHERE i.account_id = %(viewer)s AND NOT i.revoked AND {SHOWN} ORDER BY i.id DESC LIMIT %(limit)s OFFSET %(offset)s"""
    return await tx.all(Collection, query, {"viewer": me, "limit": limit, "offset": offset})


async def held_by(tx: Tx, me: int, collection_ids: Sequence[int]) -> list[Collection]:
    """Return, of these collections, those that somebody is in and whose owner they may see."""
    query = f"""SELECT {COLUMNS} FROM collection_items i JOIN collections c ON c.id = i.collection_id
        JOIN accounts a ON a.id = c.account_id
        WHERE i.account_id = %(viewer)s AND NOT i.revoked AND c.id = ANY(%(ids)s) AND {SHOWN}"""
    return await tx.all(Collection, query, {"viewer": me, "ids": list(collection_ids)})


async def items(tx: Tx, collection_ids: Sequence[int], viewer: int) -> dict[int, list[Collected]]:
    """Return who is in collections, by collection, the first one first: those who may be shown to the viewer."""
    query = f"""SELECT i.id, i.collection_id, i.account_id, i.reason
        FROM collection_items i JOIN accounts a ON a.id = i.account_id
        WHERE i.collection_id = ANY(%(ids)s) AND NOT i.revoked AND (a.id = %(viewer)s OR {SHOWN})
            AND a.id <> ALL({HIDDEN_FROM}) ORDER BY i.id"""
    found: defaultdict[int, list[Collected]] = defaultdict(list)
    for one_item in await tx.all(Collected, query, {"ids": list(collection_ids), "viewer": viewer}):
        found[one_item.collection_id].append(one_item)
    return found


async def add(tx: Tx, collection_id: int, account_id: int, reason: str | None) -> Collected | None:
    """Put somebody in, or find them there, the reason changed if one is given; `None` when they refuse it of its owner."""
    query = """INSERT INTO collection_items AS i (collection_id, account_id, reason)
        SELECT c.id, %(account)s, coalesce(%(reason)s, '') FROM collections c WHERE c.id = %(collection)s AND NOT EXISTS (
            SELECT FROM refused_recommendations r WHERE r.owner_id = c.account_id AND r.account_id = %(account)s)
        ON CONFLICT (collection_id, account_id) DO UPDATE SET reason = coalesce(%(reason)s, i.reason) WHERE NOT i.revoked
        RETURNING i.id, i.collection_id, i.account_id, i.reason"""
    return await tx.one(Collected, query, {"account": account_id, "collection": collection_id, "reason": reason})


async def size(tx: Tx, collection_id: int) -> int:
    """Return how many people a collection holds, shown or not."""
    return int(await tx.value("SELECT count(*) FROM collection_items WHERE collection_id = %s AND NOT revoked", [collection_id]))


async def remove(tx: Tx, collection_id: int, item_id: int) -> int | None:
    """Take somebody out; return who it was, `None` when nobody was there."""
    query = "DELETE FROM collection_items WHERE id = %s AND collection_id = %s AND NOT revoked RETURNING account_id"
    gone: int | None = await tx.value(query, [item_id, collection_id])
    return gone


async def revoke(tx: Tx, me: int, collection_id: int, item_id: int) -> bool:
    """Take oneself out for good; return whether one was in."""
    query = """UPDATE collection_items SET revoked = true, reason = ''
        WHERE id = %s AND collection_id = %s AND account_id = %s AND NOT revoked"""
    return await tx.run(query, [item_id, collection_id, me]) > 0


async def refuse(tx: Tx, me: int, collection_id: int, item_id: int) -> bool:
    """Take oneself out of all that its owner gathered, for good; return whether one was in."""
    query = """WITH left_one AS (SELECT c.account_id AS owner_id
            FROM collection_items i JOIN collections c ON c.id = i.collection_id
            WHERE i.id = %(item)s AND c.id = %(collection)s AND i.account_id = %(me)s AND NOT i.revoked),
        refused AS (INSERT INTO refused_recommendations (owner_id, account_id) SELECT owner_id, %(me)s FROM left_one
            ON CONFLICT DO NOTHING)
        UPDATE collection_items i SET revoked = true, reason = '' FROM left_one JOIN collections c ON c.account_id = owner_id
        WHERE i.collection_id = c.id AND i.account_id = %(me)s"""
    return await tx.run(query, {"item": item_id, "collection": collection_id, "me": me}) > 0
