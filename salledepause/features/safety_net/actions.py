"""The numbers to call, as everybody reads and an administrator writes them; and asking the hosts for a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from salledepause.features import moderation
from salledepause.features.moderation import Act
from salledepause.features.safety_net import store
from salledepause.features.safety_net.model import DEFAULTS, MOST_LINES, HelpCall, HelpLine, Line, checked, is_stale, told
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.site import Site

KEPT = timedelta(days=30)
"""How long it is kept that somebody asked, when nobody settles it."""


async def lines(tx: Tx) -> list[HelpLine]:
    """Return whom one can call, for everybody."""
    return await store.lines(tx) or list(DEFAULTS)


async def card(tx: Tx) -> list[HelpLine]:
    """Return the lines that the small card shows."""
    return [one for one in await lines(tx) if one.on_card]


async def stale(tx: Tx, host_id: int) -> int:
    """Return how many numbers are to be checked again, for an administrator; for another host, none. Raises Forbidden."""
    if (await moderation.keeper(tx, host_id)).role != "admin":
        return 0
    return sum(is_stale(one, clock.today()) for one in await lines(tx))


async def write_line(tx: Tx, admin_id: int, line: Line, line_id: int | None = None) -> int:
    """Write a line, or another one in the place of `line_id`; return its id. Raises Forbidden, Missing, BadInput.

    The first change turns what the house comes with into rows of its own.
    """
    kept = await _own_lines(tx, admin_id)
    line = checked(line, clock.today())
    if line_id is None:
        if len(kept) >= MOST_LINES:
            raise BadInput("Au plus {most} lignes d'aide : au-delà, plus personne ne les lit.", most=MOST_LINES)
        made = await store.insert(tx, line)
    else:
        made = kept.get(line_id, line_id)
        if not await store.change(tx, made, line):
            raise Missing
    await moderation.note(tx, Act(host_id=admin_id, act="write_help_line", subject=line.name))
    return made


async def drop_line(tx: Tx, admin_id: int, line_id: int) -> None:
    """Erase a line; the last one stays. Raises Forbidden, Missing, BadInput."""
    kept = await _own_lines(tx, admin_id)
    if len(kept) == 1:
        raise BadInput("Gardez au moins une ligne d'aide : changez celle-ci plutôt.")
    if not await store.drop(tx, kept.get(line_id, line_id)):
        raise Missing
    await moderation.note(tx, Act(host_id=admin_id, act="drop_help_line"))


async def _own_lines(tx: Tx, admin_id: int) -> dict[int, int]:
    """Return the rows of lines by the id that pages show, made of what the house comes with at first. Raises Forbidden."""
    await moderation.administrator(tx, admin_id)
    await store.lock(tx)
    rows = await store.lines(tx)
    if rows:
        return {one.id: one.id for one in rows}
    return {one.id: await store.insert(tx, msgspec.convert(one._asdict(), Line, strict=False)) for one in DEFAULTS}


async def call_hosts(tx: Tx, me: int, words: str) -> None:
    """Ask the hosts for a word; twice equals once, and says what was said last. Raises BadInput."""
    await store.call(tx, me, told(words))


async def asked(tx: Tx, me: int) -> HelpCall | None:
    """Return what one asked oneself."""
    return await store.call_of(tx, me)


async def withdraw(tx: Tx, me: int) -> None:
    """Take back what one asked; nothing of it stays."""
    await store.withdraw(tx, me)


async def calls(tx: Tx, host_id: int) -> Sequence[HelpCall]:
    """Return who asks for a word, the longest waiting first. Raises Forbidden for who is no host."""
    await moderation.keeper(tx, host_id)
    return await store.calls(tx, host_id)


async def waiting_calls(tx: Tx, host_id: int) -> int:
    """Return how many people ask whom no host looks after yet. Raises Forbidden for who is no host."""
    return sum(one.taken_by is None for one in await calls(tx, host_id))


async def take(tx: Tx, host_id: int, call_id: int) -> None:
    """Look after somebody who asks. Raises Forbidden, Missing."""
    await moderation.keeper(tx, host_id)
    if not await store.take(tx, call_id, host_id):
        raise Missing


async def settle(tx: Tx, host_id: int, call_id: int) -> None:
    """Say that somebody was answered: nothing of it stays, not in the journal either. Raises Forbidden, Missing."""
    await moderation.keeper(tx, host_id)
    if not await store.erase(tx, call_id, host_id):
        raise Missing


async def forget_calls(site: Site) -> None:
    """Erase what nobody settled in thirty days."""
    async with site.db.transaction() as tx:
        await store.forget(tx, clock.now() - KEPT)
