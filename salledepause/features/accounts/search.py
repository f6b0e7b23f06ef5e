"""Finding people by what one types: the exact handle first, then handles, then names; never by likeness."""

from __future__ import annotations

from salledepause.features.accounts import store
from salledepause.features.accounts.model import HANDLE, local_handle
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing

LONGEST = 100


async def search(tx: Tx, text: str, domain: str, limit: int = 40, offset: int = 0) -> list[int]:
    """Return the ids of the active accounts that `name`, `@name`, `name@domain` or the words of a name find.

    A full address finds its bearer only; a text that begins with `@` is not looked for in names.
    """
    wanted = text.strip()
    bare = wanted.removeprefix("@")
    if not bare or len(bare) > LONGEST or "\0" in bare:
        return []
    if "@" in bare:
        return await _exact(tx, bare, domain) if offset == 0 else []
    if wanted != bare and not HANDLE.fullmatch(bare):
        return []
    return await store.matching(tx, bare, handles_only=wanted != bare, limit=limit, offset=offset)


async def _exact(tx: Tx, address: str, domain: str) -> list[int]:
    if local_handle(address, domain) is None:
        return []
    try:
        found = await store.by_handle(tx, address, domain)
    except Missing:
        return []
    return [found.id] if found.state == "active" else []
