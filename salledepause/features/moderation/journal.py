"""The journal of moderation: every decision of the hosts is written here, in the transaction that made it; only hosts read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import msgspec

from salledepause.features.moderation.model import CONTESTABLE
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What a host decides: `host_id` nobody for the command line; `subject` what it is about when it is no account."""

    host_id: int | None
    act: str
    target_id: int | None = None
    report_id: int | None = None
    subject: str = ""
    reason: str = ""


class Noted(NamedTuple):
    """An act as the journal holds it; handles are `None` for the command line and for who has left."""

    id: int
    host: str | None
    act: str
    target_id: int | None
    target: str | None
    report_id: int | None
    subject: str
    reason: str
    created_at: datetime


class Caution(NamedTuple):
    """What somebody is told of an act about them: the measure and why, never who decided."""

    id: int
    measure: str
    reason: str
    created_at: datetime
    words: str | None = None
    """What its person answers."""
    verdict: str | None = None
    """What became of that: `kept` or `lifted`, once a host looked again."""
    room: str = ""
    """The name of the room that one was put out of."""

    @property
    def contestable(self) -> bool:
        """Whether its person may have it looked at again."""
        return self.measure in CONTESTABLE


async def note(tx: Tx, act: Act) -> int:
    """Write an act down; return its id."""
    noted: int = await tx.value(
        """INSERT INTO moderation_acts (account_id, act, target_id, report_id, subject, reason)
        VALUES (%(host_id)s, %(act)s, %(target_id)s, %(report_id)s, %(subject)s, %(reason)s) RETURNING id""",
        msgspec.structs.asdict(act),
    )
    return noted


OF_ROOM = "LEFT JOIN rooms r ON m.act = 'put_out' AND r.handle = m.subject"
ROOM = "CASE WHEN m.act = 'put_out' THEN coalesce(r.name, m.subject) ELSE '' END"
"""The room that act `m` is about, by its name, else by its handle."""


async def known(tx: Tx, act: Act) -> bool:
    """Tell whether such an act, about whom and on what it is, was written down once."""
    query = "SELECT EXISTS (SELECT FROM moderation_acts WHERE target_id = %s AND act = %s AND subject = %s)"
    return bool(await tx.value(query, [act.target_id, act.act, act.subject]))


async def cautions(tx: Tx, ids: Collection[int]) -> dict[int, Caution]:
    """Return what acts tell whom they are about, by id."""
    query = f"""SELECT m.id, m.act, m.reason, m.created_at, p.words, p.verdict, {ROOM} FROM moderation_acts m {OF_ROOM}
        LEFT JOIN moderation_appeals p ON p.act_id = m.id WHERE m.id = ANY(%s)"""
    return {one.id: one for one in await tx.all(Caution, query, [list(ids)])}


async def read(tx: Tx, page: Page, target_id: int | None = None) -> Listed[Noted]:
    """Return a page of the journal, or of what it says of one account; the latest first."""
    query = f"""SELECT m.id, h.handle, m.act, m.target_id, t.handle, m.report_id, m.subject, m.reason, m.created_at
        FROM moderation_acts m LEFT JOIN accounts h ON h.id = m.account_id LEFT JOIN accounts t ON t.id = m.target_id
        WHERE (%(target)s::bigint IS NULL OR m.target_id = %(target)s) AND {page.where("m.id")} ORDER BY {page.order("m.id")}"""
    found = await tx.all(Noted, query, page.params | {"target": target_id})
    return listed(found, [one.id for one in found], page)
