"""SQL that tells who asked behind an open door that an entry answers them; nobody else learns who asked."""

from __future__ import annotations

from salledepause.features.notifications.model import Kind
from salledepause.features.notifications.store import TELL, WRITTEN, Fresh, Written
from salledepause.kernel.db import Tx

ANSWERED = TELL.format(
    causes=f"""SELECT DISTINCT q.account_id, '{Kind.MENTION}' AS kind, p.account_id AS from_id, p.id AS post_id,
        NULL::bigint AS report_id, NULL::bigint AS about, {WRITTEN} AS at, p.conversation_id AS thread
        FROM door_questions q JOIN posts p ON p.id = q.answer_id WHERE q.answer_id = %(post)s""",
    again="NOTHING",
)
"""Whose question is answered is told of it as if the entry named them, which apps know."""


async def answered(tx: Tx, entry_id: int) -> Fresh:
    """Tell whoever asked what an entry answers."""
    return await tx.all(Written, ANSWERED, {"post": entry_id})
