"""Servers whose people one does not want to meet: kept, and in force as soon as anybody comes from elsewhere."""

from __future__ import annotations

from salledepause.features.graph import domains_store
from salledepause.features.graph.model import MOST_BLOCKED_DOMAINS, domain_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.page import Listed, Page


async def block_domain(tx: Tx, me: int, text: str) -> None:
    """Block a server; twice equals once. Raises BadInput for what is no domain, for our own, and for one too many."""
    domain = domain_of(text)
    if domain == tx.domain.partition(":")[0].lower():
        raise BadInput("Cette salle est la vôtre : elle ne se bloque pas.")
    if not await domains_store.insert(tx, me, domain, MOST_BLOCKED_DOMAINS):
        raise BadInput("Au plus {most} serveurs bloqués.", most=MOST_BLOCKED_DOMAINS)


async def unblock_domain(tx: Tx, me: int, text: str) -> None:
    """Unblock a server, blocked or not. Raises BadInput for what is no domain."""
    await domains_store.delete(tx, me, domain_of(text))


async def blocked_domains(tx: Tx, me: int, page: Page) -> Listed[str]:
    """Return a page of the servers that one blocks, the latest blocked first."""
    return await domains_store.blocked(tx, me, page)
