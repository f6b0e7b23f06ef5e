"""Lists: people one follows, gathered under a title to be read apart. Only their owner knows that they exist."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.graph import lists_store as store
from salledepause.features.graph.model import MOST_LISTS, MOST_MEMBERS, Change, People, replies_of, title_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page


async def all_lists(tx: Tx, me: int) -> list[People]:
    """Return one's lists, by title."""
    return await store.owned(tx, me)


async def one_list(tx: Tx, me: int, list_id: int) -> People:
    """Return one of one's own lists; raises Missing."""
    found = await store.one(tx, me, list_id)
    if found is None:
        raise Missing
    return found


async def lists_with(tx: Tx, me: int, account_id: int) -> list[People]:
    """Return those of one's lists that hold an account."""
    return await store.holding(tx, me, account_id)


async def create_list(tx: Tx, me: int, title: str, replies_policy: str = "list", *, exclusive: bool = False) -> People:
    """Make an empty list. Raises BadInput for its title, its policy, or one list too many."""
    if await store.number(tx, me) >= MOST_LISTS:
        raise BadInput("Au plus {most} listes.", most=MOST_LISTS)
    tx.touches(Subject.PERSON, me)
    return await store.insert(tx, me, title_of(title), replies_of(replies_policy), exclusive=exclusive)


async def change_list(tx: Tx, me: int, list_id: int, change: Change) -> People:
    """Change a list's title or manners. Raises Missing, BadInput."""
    now = await one_list(tx, me, list_id)
    changed = People(
        now.id,
        now.title if change.title is None else title_of(change.title),
        now.replies_policy if change.replies_policy is None else replies_of(change.replies_policy),
        now.exclusive if change.exclusive is None else change.exclusive,
    )
    tx.touches(Subject.PERSON, me)
    await store.update(tx, changed)
    return changed


async def erase_list(tx: Tx, me: int, list_id: int) -> None:
    """Erase a list. Raises Missing."""
    tx.touches(Subject.PERSON, me)
    if not await store.erase(tx, me, list_id):
        raise Missing


async def members(tx: Tx, me: int, list_id: int, page: Page) -> Listed[int]:
    """Return the accounts of a list, by id. Raises Missing."""
    await one_list(tx, me, list_id)
    return await store.members(tx, list_id, page)


async def add_members(tx: Tx, me: int, list_id: int, account_ids: Sequence[int]) -> None:
    """Put people one follows into a list, all or none. Raises Missing for a list or a follow that is not there, BadInput."""
    wanted = bounded(account_ids)
    if not await store.lock(tx, me, list_id):
        raise Missing
    if set(await store.followed_among(tx, me, wanted)) != set(wanted):
        raise Missing
    tx.touches(Subject.PERSON, me)
    await store.add(tx, list_id, wanted)
    if await store.size(tx, list_id) > MOST_MEMBERS:
        raise BadInput("Au plus {most} personnes par liste.", most=MOST_MEMBERS)


async def remove_members(tx: Tx, me: int, list_id: int, account_ids: Sequence[int]) -> None:
    """Take people out of a list; those who are not in it are ignored. Raises Missing, BadInput."""
    wanted = bounded(account_ids)
    await one_list(tx, me, list_id)
    tx.touches(Subject.PERSON, me)
    await store.remove(tx, list_id, wanted)


def bounded(account_ids: Sequence[int]) -> list[int]:
    """Return the distinct ids, in order; raises BadInput when they are too many for one list."""
    wanted = list(dict.fromkeys(account_ids))
    if len(wanted) > MOST_MEMBERS:
        raise BadInput("Au plus {most} personnes par liste.", most=MOST_MEMBERS)
    return wanted
