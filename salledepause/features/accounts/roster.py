"""The list of accounts as hosts look through it: by standing, role and beginnings of names, whoever agrees to be found or not."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features.accounts.model import Account
from salledepause.features.accounts.store import COLUMNS, account_of
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Listed, Page, listed


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts: each flag that is set must hold; `roles` any of them, none for all; names by their beginning."""

    active: bool = False
    pending: bool = False
    suspended: bool = False
    disabled: bool = False
    silenced: bool = False
    sensitized: bool = False
    roles: tuple[str, ...] = ()
    handle: str = ""
    name: str = ""


WANTED = """(NOT %(active)s OR a.state = 'active') AND (NOT %(pending)s OR a.state = 'pending')
    AND (NOT %(suspended)s OR a.state = 'suspended') AND (NOT %(disabled)s OR a.disabled)
    AND (NOT %(silenced)s OR a.silenced) AND (NOT %(sensitized)s OR a.sensitized)
    AND (%(roles)s::text[] = '{}' OR a.role = ANY(%(roles)s))
    AND starts_with(lower(a.handle), lower(%(handle)s)) AND starts_with(lower(a.name), lower(%(name)s))"""


async def roster(tx: Tx, sought: Sought, page: Page) -> Listed[Account]:
    """Return a page of accounts in any state, the latest to come first."""
    query = f"SELECT {COLUMNS} FROM accounts a WHERE {WANTED} AND {page.where('a.id')} ORDER BY {page.order('a.id')}"
    wanted = msgspec.structs.asdict(sought) | {"roles": list(sought.roles)}
    found = await tx.all(account_of, query, wanted | page.params)
    return listed(found, [one.id for one in found], page)


async def reasons(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """Return why those among these accounts who still wait want to come in, as they told the hosts."""
    query = "SELECT id, application FROM accounts WHERE id = ANY(%s) AND state = 'pending' AND application <> ''"
    return dict(await tx.rows(query, [list(ids)]))


async def waiting(tx: Tx) -> int:
    """Return how many people wait to be let in."""
    return int(await tx.value("SELECT count(*) FROM accounts WHERE state = 'pending'"))
