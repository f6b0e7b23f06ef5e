"""SQL of media: loose until a post, or a scheduled one, takes them; kept out of sight while a history shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from salledepause.features.posts.media_model import Media, MediaWords
from salledepause.kernel.db import Tx
from salledepause.kernel.ids import floor

COLUMNS = ", ".join(Media.__struct_fields__)
FILES = "original, small, source, held_small"
LOOSE = "post_id IS NULL AND scheduled_id IS NULL"


async def of(tx: Tx, post_ids: Sequence[int]) -> dict[int, tuple[Media, ...]]:
    """Return what posts show, by post, each in its order; posts without any are left out."""
    query = f"SELECT {COLUMNS} FROM media WHERE post_id = ANY(%s) AND position >= 0 ORDER BY post_id, position"
    found: defaultdict[int, list[Media]] = defaultdict(list)
    for one in await tx.all(Media, query, [list(post_ids)]):
        found[one.post_id or 0].append(one)
    return {post_id: tuple(media) for post_id, media in found.items()}


async def load(tx: Tx, ids: Sequence[int]) -> dict[int, Media]:
    """Return media by id."""
    found = await tx.all(Media, f"SELECT {COLUMNS} FROM media WHERE id = ANY(%s)", [list(ids)])
    return {one.id: one for one in found}


async def own(tx: Tx, account_id: int, media_id: int) -> Media | None:
    """Return an account's medium, attached or not."""
    return await tx.one(Media, f"SELECT {COLUMNS} FROM media WHERE id = %s AND account_id = %s", [media_id, account_id])


async def lock(tx: Tx, account_id: int, ids: Sequence[int], post_id: int = 0) -> dict[int, str]:
    """Return the state of those media that the account may attach (loose, or already of the post), held until the commit."""
    query = f"""SELECT id, state FROM media WHERE id = ANY(%(ids)s) AND account_id = %(account)s
        AND ({LOOSE} OR post_id = %(post)s) ORDER BY id FOR UPDATE"""
    return dict(await tx.rows(query, {"ids": list(ids), "account": account_id, "post": post_id}))


async def place(tx: Tx, post_id: int, ids: Sequence[int]) -> None:
    """Give a post its media, in this order; others it had are kept out of sight."""
    query = """UPDATE media SET post_id = %(post)s, position = coalesce(array_position(%(ids)s::bigint[], id) - 1, -1)
        WHERE id = ANY(%(ids)s) OR post_id = %(post)s"""
    await tx.send(query, {"post": post_id, "ids": list(ids)})


async def set_aside(tx: Tx, post_id: int, ids: Sequence[int]) -> None:
    """Keep media for an edit of a post that waits, out of sight as what only its history shows."""
    await tx.send("UPDATE media SET post_id = %s, position = -1 WHERE id = ANY(%s)", [post_id, list(ids)])


async def loosen(tx: Tx, post_id: int, ids: Sequence[int]) -> None:
    """Free media of a post that are out of sight and named by no edit of it, neither one that was made nor one that waits."""
    query = """UPDATE media m SET post_id = NULL, position = 0, freed_at = now()
        WHERE m.id = ANY(%(ids)s) AND m.post_id = %(post)s AND m.position < 0
        AND NOT EXISTS (SELECT FROM held_posts h WHERE h.post_id = %(post)s AND h.edit->'media_ids' @> to_jsonb(m.id))
        AND NOT EXISTS (SELECT FROM post_edits e WHERE e.post_id = %(post)s
            AND e.media @> jsonb_build_array(jsonb_build_object('id', m.id)))"""
    await tx.send(query, {"post": post_id, "ids": list(ids)})


async def reserve(tx: Tx, scheduled_id: int, ids: Sequence[int]) -> None:
    """Keep media for a scheduled post."""
    await tx.send("UPDATE media SET scheduled_id = %s WHERE id = ANY(%s)", [scheduled_id, list(ids)])


async def describe(tx: Tx, post_id: int, words: Sequence[MediaWords]) -> None:
    """Write new words of media of a post, and what stands for them."""
    query = """UPDATE media SET description = coalesce(%(description)s, description), focus_x = coalesce(%(x)s, focus_x),
        focus_y = coalesce(%(y)s, focus_y) WHERE id = %(id)s AND post_id = %(post)s"""
    for one in words:
        x, y = one.focus or (None, None)
        await tx.send(query, {"post": post_id, "id": one.id, "description": one.description, "x": x, "y": y})
        if one.still:
            changes = ", ".join(f"{name} = %({name})s" for name in one.still.__struct_fields__)
            values = {"post": post_id, "id": one.id, **asdict(one.still)}
            await tx.send(f"UPDATE media SET {changes} WHERE id = %(id)s AND post_id = %(post)s AND state = 'ready'", values)


async def insert(tx: Tx, values: Mapping[str, Any]) -> Media:
    """Write a medium; `values` are columns."""
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    (made,) = await tx.all(Media, f"INSERT INTO media ({names}) VALUES ({places}) RETURNING {COLUMNS}", values)
    return made


async def free(tx: Tx, media_id: int, original: str | None, small: str | None) -> Media:
    """Take a medium off its post, under other keys."""
    query = f"""UPDATE media SET post_id = NULL, position = 0, freed_at = now(), original = %s, small = %s
        WHERE id = %s RETURNING {COLUMNS}"""
    (freed,) = await tx.all(Media, query, [original, small, media_id])
    return freed


async def loose(tx: Tx, account_id: int) -> list[tuple[str | None, ...]]:
    """Return (original, small, source) of what was sent and waits for a post; whoever asks next waits for this commit."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('loose media', %s))", [account_id])
    query = (
        f"SELECT original, small, source FROM media WHERE account_id = %s AND {LOOSE} AND freed_at IS NULL AND state <> 'failed'"
    )
    return await tx.rows(query, [account_id])


async def change(tx: Tx, account_id: int, media_id: int, values: Mapping[str, Any]) -> Media | None:
    """Change columns of a medium that no post has yet; return it, or `None` when there is none."""
    changes = ", ".join(f"{name} = %({name})s" for name in values) or "id = id"
    query = f"""UPDATE media SET {changes} WHERE id = %(id)s AND account_id = %(account)s AND post_id IS NULL
        RETURNING {COLUMNS}"""
    return next(iter(await tx.all(Media, query, {**values, "id": media_id, "account": account_id})), None)


async def redraw(tx: Tx, before: Media, values: Mapping[str, Any]) -> Media | None:
    """Write the files that take the place of those of a medium; `None` when it is no more what it was."""
    changes = ", ".join(f"{name} = %({name})s" for name in values)
    query = f"""UPDATE media SET {changes} WHERE id = %(id)s AND state = 'ready' AND original = %(before)s
        AND post_id IS NOT DISTINCT FROM %(post)s RETURNING {COLUMNS}"""
    found = await tx.all(Media, query, {**values, "id": before.id, "before": before.original, "post": before.post_id})
    return next(iter(found), None)


async def waiting(tx: Tx, media_id: int) -> tuple[str, bool, int] | None:
    """Return the private name of what is still to decode, whether it has its own thumbnail, and whose it is."""
    query = """SELECT source, small IS NOT NULL, account_id FROM media
        WHERE id = %s AND state = 'processing' AND source IS NOT NULL"""
    row = await tx.row(query, [media_id])
    return (row[0], row[1], row[2]) if row else None


async def settle(tx: Tx, media_id: int, values: Mapping[str, Any]) -> bool:
    """Write what a medium became, its own thumbnail kept; return whether it was still waited for."""
    kept = {"small", "small_width", "small_height", "blurhash"}
    changes = [f"{name} = coalesce({name}, %({name})s)" if name in kept else f"{name} = %({name})s" for name in values]
    query = f"UPDATE media SET {', '.join(changes)}, source = NULL WHERE id = %(id)s AND state = 'processing'"
    return await tx.run(query, {**values, "id": media_id}) > 0


async def drop(tx: Tx, account_id: int, media_id: int) -> tuple[str | None, ...] | None:
    """Erase a loose medium; return its `FILES`, or `None` when there is no such loose one."""
    query = f"DELETE FROM media WHERE id = %s AND account_id = %s AND {LOOSE} RETURNING {FILES}"
    return await tx.row(query, [media_id, account_id])


async def drop_loose(tx: Tx, before: datetime) -> list[tuple[str | None, ...]]:
    """Erase media that are loose since before an instant; return the `FILES` of each."""
    query = f"DELETE FROM media WHERE id < %s AND {LOOSE} AND (freed_at IS NULL OR freed_at < %s) RETURNING {FILES}"
    return await tx.rows(query, [floor(before), before])


async def keys(tx: Tx, post_ids: Sequence[int]) -> list[str]:
    """Return the keys of all blobs of posts, those that only their history shows included."""
    rows = await tx.rows(f"SELECT {FILES} FROM media WHERE post_id = ANY(%s)", [list(post_ids)])
    return [key for row in rows for key in row if key]


async def unnamed(tx: Tx, keys: Sequence[str]) -> list[str]:
    """Return those keys of blobs or private names that no row holds."""
    query = """SELECT key FROM unnest(%s::text[]) AS key EXCEPT (
        SELECT original FROM media UNION SELECT small FROM media UNION SELECT source FROM media
        UNION SELECT held_small FROM media
        UNION SELECT avatar FROM accounts UNION SELECT header FROM accounts
        UNION SELECT picture FROM emojis UNION SELECT still FROM emojis)"""
    return await tx.values(query, [list(keys)])
