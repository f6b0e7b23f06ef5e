"""Reading who is tied to whom, as a viewer may see it."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import accounts
from salledepause.features.accounts import Account
from salledepause.features.graph import store
from salledepause.features.graph.model import Relationship
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page


async def relationships(tx: Tx, me: int, ids: Sequence[int], *, suspended: bool = False) -> list[Relationship]:
    """Return what ties `me` to each account, in the order of `ids`; those that are gone (or suspended) are left out."""
    tx.stands_on(Subject.PERSON, me, *ids)
    found = await store.relationships(tx, me, ids, suspended=suspended) if ids else {}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


async def relationship(tx: Tx, me: int, account_id: int) -> Relationship:
    """Return what ties `me` to one account, suspended or not; raises Missing."""
    found = await relationships(tx, me, [account_id], suspended=True)
    if not found:
        raise Missing
    return found[0]


async def followers(tx: Tx, account_id: int, viewer: int | None, page: Page) -> Listed[int]:
    """Return who follows an account (ids, newest first); empty to others when it hides them. Raises Missing."""
    if not await _open(tx, account_id, viewer):
        return Listed([])
    return await store.followers(tx, account_id, viewer or 0, page)


async def following(tx: Tx, account_id: int, viewer: int | None, page: Page) -> Listed[int]:
    """Return whom an account follows (ids, newest first); empty to others when it hides them. Raises Missing."""
    if not await _open(tx, account_id, viewer):
        return Listed([])
    return await store.following(tx, account_id, viewer or 0, page)


async def _open(tx: Tx, account_id: int, viewer: int | None) -> bool:
    """Tell whether the viewer may read the ties of an account: a reader, a suspended or a hiding one shows none to others."""
    one = await accounts.one(tx, account_id)
    if viewer != account_id and one.state == "pending":
        raise Missing
    return await shows_ties(tx, one, viewer)


async def shows_ties(tx: Tx, one: Account, viewer: int | None) -> bool:
    """Tell whether the viewer may read who is tied to an account."""
    if viewer == one.id:
        return True
    if one.state != "active" or one.hide_collections or one.reads_only:
        return False
    return viewer is None or not await store.barred_by(tx, one.id, viewer)
