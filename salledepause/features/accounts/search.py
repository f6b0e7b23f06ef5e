"""Finding people by what one types: the exact handle first, then handles, then names; never by likeness."""

from __future__ import annotations

import msgspec

from salledepause.features.accounts import store
from salledepause.features.accounts.model import HANDLE, Wanted, local_handle
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing

LONGEST = 100


async def search(tx: Tx, wanted: Wanted, domain: str) -> list[int]:
    """Return the ids of the active accounts that `name`, `@name`, `name@domain` or the words of a name find.

    A full address finds its bearer only; a text that begins with `@` is not looked for in names.
    """
    typed = wanted.text.strip()
    bare = typed.removeprefix("@")
    if not bare or len(bare) > LONGEST or "\0" in bare:
        return []
    if "@" in bare:
        found = await _exact(tx, bare, domain) if wanted.offset == 0 else []
        return [one for one in found if one in wanted.near] if wanted.only_near else found
    if typed != bare and not HANDLE.fullmatch(bare):
        return []
    return await store.matching(tx, msgspec.structs.replace(wanted, text=bare), handles_only=typed != bare)


async def _exact(tx: Tx, address: str, domain: str) -> list[int]:
    if local_handle(address, domain) is None:
        return []
    try:
        found = await store.by_handle(tx, address, domain)
    except Missing:
        return []
    return [found.id] if found.state == "active" else []
