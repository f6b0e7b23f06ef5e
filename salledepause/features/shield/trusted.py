"""Whom a wearer trusts to sort what waits: one person, who accepts first, reads nothing private, and is let go in one click."""

from __future__ import annotations

from typing import NamedTuple

from salledepause.features import graph, notifications
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing


class Help(NamedTuple):
    """Whom somebody asked to help with their shield, and whether they accepted."""

    account_id: int
    helper_id: int
    accepted: bool


async def ask(tx: Tx, me: int, helper_id: int) -> None:
    """Ask somebody to help, in the place of who helped before; twice equals once. Raises BadInput, Missing.

    Both follow each other: nobody is asked by a stranger, and nobody hands their sas to one.
    """
    await friends(tx, me, helper_id)
    known = await of(tx, me)
    if known and known.helper_id == helper_id:
        return
    await let_go(tx, me)
    await tx.send("INSERT INTO shield_helpers (account_id, helper_id) VALUES (%s, %s)", [me, helper_id])
    await notifications.asked_by_friend(tx, me, helper_id)


async def accept(tx: Tx, me: int, account_id: int) -> None:
    """Accept to help somebody who asked. Raises Missing."""
    query = "UPDATE shield_helpers SET accepted = true WHERE account_id = %s AND helper_id = %s"
    if not await tx.run(query, [account_id, me]):
        raise Missing
    await notifications.asks_no_more(tx, account_id, me)


async def let_go(tx: Tx, me: int) -> None:
    """Ask for help no more, at once; nothing when one asked nobody."""
    known = await of(tx, me)
    if known:
        await _end(tx, me, known.helper_id)


async def leave(tx: Tx, me: int, account_id: int) -> None:
    """Decline to help, or help no more. Raises Missing for who did not ask."""
    known = await of(tx, account_id)
    if known is None or known.helper_id != me:
        raise Missing
    await _end(tx, account_id, me)


async def part(tx: Tx, one: int, other: int) -> None:
    """End what each asked the other."""
    await _end(tx, one, other)
    await _end(tx, other, one)


async def _end(tx: Tx, account_id: int, helper_id: int) -> None:
    await tx.send("DELETE FROM shield_helpers WHERE account_id = %s AND helper_id = %s", [account_id, helper_id])
    await notifications.asks_no_more(tx, account_id, helper_id)


async def of(tx: Tx, account_id: int) -> Help | None:
    """Return whom somebody asked."""
    query = "SELECT account_id, helper_id, accepted FROM shield_helpers WHERE account_id = %s"
    return await tx.one(Help, query, [account_id])


async def helped_by(tx: Tx, helper_id: int) -> list[Help]:
    """Return who asked somebody for help, whether accepted or not."""
    query = "SELECT account_id, helper_id, accepted FROM shield_helpers WHERE helper_id = %s ORDER BY account_id"
    return await tx.all(Help, query, [helper_id])


async def helps(tx: Tx, helper_id: int, account_id: int) -> bool:
    """Tell whether one helps the other."""
    known = await of(tx, account_id)
    return known is not None and known.helper_id == helper_id and known.accepted


async def friends(tx: Tx, me: int, other: int) -> None:
    """Raise BadInput unless two people follow each other, Missing for nobody."""
    tie = await graph.relationship(tx, me, other)
    if me == other or not (tie.following and tie.followed_by):
        raise BadInput("Cela se demande entre personnes qui se suivent l'une l'autre.")
