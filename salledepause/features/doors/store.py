"""SQL of open doors: which rooms are doors, who was asked to keep their diaries, what visitors ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from salledepause.features.doors.model import MOST_ENTRIES, Asked, Diary, Own, Question
from salledepause.kernel.db import Tx

DIARIES = """d.room_id, d.place, d.account_id, d.title,
    coalesce(m.standing IN ('member', 'keeper'), false), coalesce(m.standing = 'invited', false)"""
SEATED = "door_diarists d LEFT JOIN room_members m ON m.room_id = d.room_id AND m.account_id = d.account_id"
ALSO = """EXISTS (SELECT FROM door_questions o WHERE o.leader_id = q.id AND o.account_id <> q.account_id)"""
"""Whether somebody else asks the same as question `q`."""
OPEN = "q.leader_id IS NULL AND q.answer_id IS NULL"
"""What waits for an answer by itself."""
HEARD = "NOT EXISTS (SELECT FROM blocks b WHERE b.account_id = %(viewer)s AND b.target_id = q.account_id)"
"""Whether the viewer does not block who asks."""


async def insert(tx: Tx, room_id: int, diaries: Sequence[tuple[str, int]]) -> None:
    """Write a door and who is asked to keep its diaries, (title, account) in their places."""
    await tx.send("INSERT INTO doors (room_id) VALUES (%s)", [room_id])
    for place, (title, account_id) in enumerate(diaries):
        query = "INSERT INTO door_diarists (room_id, place, account_id, title) VALUES (%s, %s, %s, %s)"
        await tx.send(query, [room_id, place, account_id, title])


async def latest(tx: Tx, limit: int) -> list[int]:
    """Return the doors announced last, those that are not ended first."""
    return await tx.values("SELECT room_id FROM doors ORDER BY ended, room_id DESC LIMIT %s", [limit])


async def diaries(tx: Tx, room_ids: Sequence[int]) -> dict[int, tuple[Diary, ...]]:
    """Return the diaries of doors by room, in their places; what is no door is left out."""
    query = f"""SELECT {DIARIES} FROM {SEATED} WHERE d.room_id = ANY(%s) ORDER BY d.room_id, d.place"""
    found: dict[int, tuple[Diary, ...]] = dict.fromkeys(
        await tx.values("SELECT room_id FROM doors WHERE room_id = ANY(%s)", [list(room_ids)]), ()
    )
    for one in await tx.all(Diary, query, [list(room_ids)]):
        found[one.room_id] = (*found[one.room_id], one)
    return found


async def entries(tx: Tx, room_id: int) -> list[int]:
    """Return what is written in the diaries of a door, in the order of time; it asks no gate."""
    query = "SELECT id FROM posts WHERE room_id = %s AND boost_of_id IS NULL ORDER BY id LIMIT %s"
    return await tx.values(query, [room_id, MOST_ENTRIES])


async def answered(tx: Tx, room_id: int) -> dict[int, list[Asked]]:
    """Return the questions that entries answer, by entry; those asked again are told by the one that leads them."""
    query = f"""SELECT q.answer_id, q.text, {ALSO} FROM door_questions q
        WHERE q.room_id = %s AND q.answer_id IS NOT NULL AND q.leader_id IS NULL ORDER BY q.id"""
    found: dict[int, list[Asked]] = {}
    for entry, text, also in await tx.rows(query, [room_id]):
        found.setdefault(entry, []).append(Asked(text, also))
    return found


async def waiting(tx: Tx, room_id: int, viewer: int, limit: int) -> list[Question]:
    """Return the questions of a door that wait, those set aside last, each with whether others ask it too.

    Those of whom the viewer blocks are left out.
    """
    query = f"""SELECT q.id, q.account_id, q.text, q.aside, {ALSO} FROM door_questions q
        WHERE q.room_id = %(room)s AND {OPEN} AND {HEARD} ORDER BY q.aside, q.id LIMIT %(limit)s"""
    return await tx.all(Question, query, {"room": room_id, "viewer": viewer, "limit": limit})


async def asked_by(tx: Tx, room_id: int, account_id: int) -> list[tuple[int, str, int | None]]:
    """Return what somebody asked behind a door: id, text, and the entry that answers it."""
    query = "SELECT id, text, answer_id FROM door_questions WHERE room_id = %s AND account_id = %s ORDER BY id"
    return [(row[0], row[1], row[2]) for row in await tx.rows(query, [room_id, account_id])]


async def own(tx: Tx, account_id: int) -> list[Own]:
    """Return all that somebody asked behind doors, the oldest first, with the entry that answers it."""
    query = """SELECT q.room_id, q.id, r.name, q.text, q.answer_id FROM door_questions q JOIN rooms r ON r.id = q.room_id
        WHERE q.account_id = %s ORDER BY q.id"""
    return await tx.all(Own, query, [account_id])


async def answering(tx: Tx, account_id: int, entry_ids: Sequence[int]) -> set[int]:
    """Return which of some entries answer something that somebody asked."""
    query = "SELECT answer_id FROM door_questions WHERE account_id = %s AND answer_id = ANY(%s)"
    return set(await tx.values(query, [account_id, list(entry_ids)]))


async def ask(tx: Tx, room_id: int, account_id: int, text: str) -> int:
    """Write a question; return its id."""
    query = "INSERT INTO door_questions (room_id, account_id, text) VALUES (%s, %s, %s) RETURNING id"
    return int(await tx.value(query, [room_id, account_id, text]))


async def place_of(tx: Tx, question_id: int) -> tuple[int, int] | None:
    """Return the room of a question, and the question that stands for it: itself, or the one it follows; `None` for none."""
    row = await tx.row("SELECT room_id, coalesce(leader_id, id) FROM door_questions WHERE id = %s", [question_id])
    return (row[0], row[1]) if row else None


async def hold(tx: Tx, question_ids: Sequence[int], room_id: int) -> list[int]:
    """Hold questions of a door until the commit, the lower first; return those that wait by themselves."""
    query = f"SELECT q.id FROM door_questions q WHERE q.id = ANY(%s) AND q.room_id = %s AND {OPEN} ORDER BY q.id FOR UPDATE"
    return await tx.values(query, [list(question_ids), room_id])


async def set_aside(tx: Tx, question_id: int, *, aside: bool) -> None:
    """Set a question aside, or take it back."""
    await tx.send("UPDATE door_questions SET aside = %s WHERE id = %s", [aside, question_id])


async def follow(tx: Tx, question_id: int, leader_id: int) -> None:
    """Have a question, and those that follow it, be the same as another."""
    query = "UPDATE door_questions SET leader_id = %s, aside = false WHERE id = %s OR leader_id = %s"
    await tx.send(query, [leader_id, question_id, question_id])


async def answer(tx: Tx, question_id: int, entry_id: int) -> None:
    """Say which entry answers a question and those that ask the same."""
    query = "UPDATE door_questions SET answer_id = %s, aside = false WHERE id = %s OR leader_id = %s"
    await tx.send(query, [entry_id, question_id, question_id])


async def withdraw(tx: Tx, question_id: int, account_id: int) -> int | None:
    """Erase a question of somebody's that has no answer; return its room. Those that followed it wait by themselves."""
    query = "DELETE FROM door_questions WHERE id = %s AND account_id = %s AND answer_id IS NULL RETURNING room_id"
    found: int | None = await tx.value(query, [question_id, account_id])
    return found


async def overdue(tx: Tx, now: datetime) -> list[int]:
    """Return the doors whose time is over and whose end was not done."""
    query = """SELECT d.room_id FROM doors d JOIN rooms r ON r.id = d.room_id
        WHERE NOT d.ended AND (r.ends_at <= %s OR r.closed_at IS NOT NULL) ORDER BY r.ends_at"""
    return await tx.values(query, [now])


async def end(tx: Tx, room_id: int) -> bool:
    """Note that the end of a door is done; return whether it is done here."""
    return await tx.run("UPDATE doors SET ended = true WHERE room_id = %s AND NOT ended", [room_id]) > 0


async def forget_unanswered(tx: Tx, room_id: int) -> None:
    """Erase the questions of a door that nobody answered."""
    await tx.send("DELETE FROM door_questions WHERE room_id = %s AND answer_id IS NULL", [room_id])


async def waits_for(tx: Tx, account_id: int, now: datetime) -> tuple[int, datetime | None]:
    """Return how much waits for somebody (diaries to keep, questions behind their doors) and when one of these doors ends."""
    query = f"""SELECT count(*) FILTER (WHERE m.standing = 'invited') + coalesce(sum((SELECT count(*) FROM door_questions q
            WHERE q.room_id = d.room_id AND NOT q.aside AND {OPEN} AND {HEARD})) FILTER (WHERE m.standing <> 'invited'), 0),
            min(r.ends_at)
        FROM door_diarists d JOIN rooms r ON r.id = d.room_id
        JOIN room_members m ON m.room_id = d.room_id AND m.account_id = d.account_id AND m.standing <> 'out'
        WHERE d.account_id = %(viewer)s AND r.closed_at IS NULL AND r.ends_at > %(now)s"""
    ((waiting, ends),) = await tx.rows(query, {"viewer": account_id, "now": now})
    return int(waiting), ends
