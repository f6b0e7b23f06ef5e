"""SQL of noticeboards: items, their steps, and who was shown a rumour, which nothing but its denial reads."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.noticeboard.model import REMEMBERED_DAYS, UNDECIDED, By, Item, State, Step
from salledepause.kernel.db import Tx

COLUMNS = "n.post_id, n.room_id, n.state, n.changed_at, n.source, n.pinned"
STEPS = "state, at, by, source"
OPEN = ", ".join(f"'{state}'" for state in UNDECIDED)
UNTOLD = f"""SELECT n.post_id, v.id FROM notices n JOIN posts p ON p.id = n.post_id
    CROSS JOIN unnest(%(viewers)s::bigint[]) AS v (id)
    WHERE n.post_id = ANY(%(posts)s) AND n.state IN ({OPEN}) AND p.account_id <> v.id AND NOT EXISTS (
        SELECT FROM notice_readers r WHERE r.post_id = n.post_id AND r.account_id = v.id AND r.met_on = current_date)"""
"""Pairs of an undecided item and somebody who is shown it, not noted today; its author knows what they said."""
HELD = "SELECT post_id, state FROM notices WHERE post_id = ANY(%s) ORDER BY post_id FOR SHARE"
NOTE = """INSERT INTO notice_readers (post_id, account_id) SELECT s.post_id, s.account_id
    FROM unnest(%(posts)s::bigint[], %(accounts)s::bigint[]) AS s (post_id, account_id)
    JOIN notices n ON n.post_id = s.post_id JOIN accounts a ON a.id = s.account_id
    ON CONFLICT (post_id, account_id) DO UPDATE SET met_on = current_date"""


async def of(tx: Tx, post_ids: Sequence[int]) -> dict[int, Item]:
    """Return what is known of items, by post; it asks no gate: ids come from `visible` or `listing`."""
    rows = await tx.rows(f"SELECT {COLUMNS} FROM notices n WHERE n.post_id = ANY(%s)", [list(post_ids)])
    return {row[0]: Item(row[0], row[1], State(row[2]), *row[3:]) for row in rows}


async def steps(tx: Tx, post_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Return the changes of items by post, the newest first."""
    rows = await tx.rows(f"SELECT post_id, {STEPS} FROM notice_steps WHERE post_id = ANY(%s) ORDER BY id DESC", [list(post_ids)])
    found: dict[int, list[Step]] = {}
    for post_id, state, at, by, source in rows:
        found.setdefault(post_id, []).append(Step(State(state), at, By(by), source))
    return found


async def hold(tx: Tx, post_id: int) -> State | None:
    """Return the state of an item, held until the commit, `None` where a post is none."""
    found = await tx.value("SELECT state FROM notices WHERE post_id = %s FOR UPDATE", [post_id])
    return State(found) if found else None


async def pinned(tx: Tx, room_id: int) -> int:
    """Return how many items are on a board."""
    return int(await tx.value("SELECT count(*) FROM notices WHERE room_id = %s AND pinned", [room_id]))


async def insert(tx: Tx, post_id: int, room_id: int) -> None:
    """Write a new item: a rumour, pinned."""
    query = "INSERT INTO notices (post_id, room_id, state, changed_at) VALUES (%s, %s, %s, now())"
    await tx.send(query, [post_id, room_id, State.RUMOUR])


async def pin(tx: Tx, post_id: int, *, on: bool) -> None:
    """Put an item on its board, or take it off."""
    await tx.send("UPDATE notices SET pinned = %s WHERE post_id = %s", [on, post_id])


async def change(tx: Tx, post_id: int, state: State, source: str) -> None:
    """Give an item another state."""
    query = "UPDATE notices SET state = %s, source = %s, changed_at = now() WHERE post_id = %s"
    await tx.send(query, [state, source, post_id])


async def note_step(tx: Tx, post_id: int, state: State, by: By, source: str) -> None:
    """Write a step of an item."""
    query = "INSERT INTO notice_steps (post_id, state, by, source) VALUES (%s, %s, %s, %s)"
    await tx.send(query, [post_id, state, by, source])


async def untold(tx: Tx, post_ids: Sequence[int], viewers: Sequence[int]) -> list[tuple[int, int]]:
    """Return which of some posts are undecided items that which of some people were not noted to be shown today."""
    rows = await tx.rows(UNTOLD, {"posts": list(post_ids), "viewers": list(viewers)})
    return [(row[0], row[1]) for row in rows]


async def note_met(tx: Tx, post_ids: Sequence[int], account_ids: Sequence[int]) -> list[int]:
    """Note who was shown what, pairs side by side; return the items that are denied by now.

    The items are held first: a denial on its way is waited for, the next one waits and finds who is noted here.
    """
    states = await tx.rows(HELD, [sorted(set(post_ids))])
    await tx.send(NOTE, {"posts": list(post_ids), "accounts": list(account_ids)})
    return [post_id for post_id, state in states if state == State.DENIED]


async def forget(tx: Tx, post_id: int, account_id: int | None = None) -> None:
    """Forget who was shown an item, or that one person was."""
    query = "DELETE FROM notice_readers WHERE post_id = %(post)s AND (%(who)s::bigint IS NULL OR account_id = %(who)s)"
    await tx.send(query, {"post": post_id, "who": account_id})


async def sweep(tx: Tx) -> None:
    """Forget who was shown items so long ago that no denial is to reach them."""
    await tx.send("DELETE FROM notice_readers WHERE met_on < current_date - %s::int", [REMEMBERED_DAYS])
