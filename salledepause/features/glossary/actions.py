"""Read the terms as they are now; write and take them out, as administrators do."""

from __future__ import annotations

from salledepause.features import moderation
from salledepause.features.glossary import store
from salledepause.features.glossary.model import MOST_TERMS, GlossaryChanged, Term, Wanted, checked, defaults
from salledepause.features.moderation import Act
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site


async def terms(tx: Tx) -> list[Term]:
    """Return all terms, in their order."""
    known = dict(defaults())
    for term, gone in await store.rows(tx):
        known.pop(term.key, None)
        if not gone:
            known[term.key] = term
    return sorted(known.values())


async def refresh(site: Site) -> None:
    """Have a process know the terms as they are now."""
    async with site.db.reading() as tx:
        known = {one.term: one.meaning for one in await terms(tx)}
    site.terms.clear()
    site.terms.update(known)


async def write(tx: Tx, admin_id: int, wanted: Wanted) -> Term:
    """Write a term, in the place of the one that is written alike. Raises Forbidden, BadInput."""
    await moderation.administrator(tx, admin_id)
    term = checked(wanted)
    if len(await terms(tx)) >= MOST_TERMS:
        raise BadInput("Au plus {most} termes.", most=MOST_TERMS)
    await store.write(tx, term)
    await _changed(tx, Act(host_id=admin_id, act="write_term", subject=term.term), term.key)
    return term


async def drop(tx: Tx, admin_id: int, key: str) -> None:
    """Take a term out. Raises Forbidden, Missing."""
    await moderation.administrator(tx, admin_id)
    term = next((one for one in await terms(tx) if one.key == key), None)
    if term is None:
        raise Missing
    if key in defaults():
        await store.write(tx, term, gone=True)
    else:
        await store.erase(tx, key)
    await _changed(tx, Act(host_id=admin_id, act="drop_term", subject=term.term), key)


async def _changed(tx: Tx, act: Act, key: str) -> None:
    await moderation.note(tx, act)
    await emit(tx, GlossaryChanged(key))
