"""The policy of the house towards other servers: whom it limits or shuts out, and whom a house of limited federation talks to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from salledepause.features.graph import domain_of
from salledepause.features.moderation import domains_store, hosts, journal
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import reason_of
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.page import Listed, Page

Severity = Literal["noop", "silence", "suspend"]


class DomainRule(msgspec.Struct, frozen=True, kw_only=True):
    """How to treat a server; what is unset stays (at first: silenced, nothing rejected, no comment, shown in full)."""

    severity: Severity | UnsetType = UNSET
    reject_media: bool | UnsetType = UNSET
    reject_reports: bool | UnsetType = UNSET
    private_comment: str | UnsetType = UNSET
    public_comment: str | UnsetType = UNSET
    obfuscate: bool | UnsetType = UNSET


class DomainBlock(NamedTuple):
    """A server that the house limits, as its row holds it; field order is the order of `domains_store.BLOCK`."""

    id: int
    domain: str
    severity: str
    reject_media: bool
    reject_reports: bool
    private_comment: str
    public_comment: str
    obfuscate: bool
    created_at: datetime

    @property
    def shown(self) -> str:
        """The domain as everybody may read it: its middle starred when it is obfuscated, as Mastodon does."""
        ends = len(self.domain) // 4
        hidden = range(ends + 1, len(self.domain) - ends) if self.obfuscate else ()
        return "".join("*" if place in hidden and letter != "." else letter for place, letter in enumerate(self.domain))


class DomainAllow(NamedTuple):
    """A server that a house of limited federation talks to."""

    id: int
    domain: str
    created_at: datetime


class AlreadyBlocked(BadInput):
    """There is a rule for this server already; `block` is it."""

    def __init__(self, block: DomainBlock) -> None:
        """Keep the rule."""
        super().__init__("Il y a déjà une règle pour {domain} : changez-la.", domain=block.domain)
        self.block = block


async def blocks(tx: Tx, host_id: int, page: Page) -> Listed[DomainBlock]:
    """Return a page of the servers that the house limits, the latest first. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return await domains_store.blocks(tx, DomainBlock, page)


async def public_blocks(tx: Tx) -> list[DomainBlock]:
    """Return the servers that the house silences or suspends, for everybody: the severest first, then by name."""
    return await domains_store.public(tx, DomainBlock)


async def one_block(tx: Tx, host_id: int, block_id: int) -> DomainBlock:
    """Return the rule for a server. Raises Forbidden, Missing."""
    await hosts.keeper(tx, host_id)
    found = await domains_store.block(tx, DomainBlock, block_id)
    if found is None:
        raise Missing
    return found


async def block(tx: Tx, host_id: int, text: str, rule: DomainRule) -> DomainBlock:
    """Make a rule for a server. Raises Forbidden, BadInput for what is no domain or our own, AlreadyBlocked."""
    await hosts.keeper(tx, host_id)
    domain = _elsewhere(tx, text)
    values = _values(DomainRule(severity="silence")) | _values(rule)
    made = await domains_store.insert_block(tx, DomainBlock, domain, values)
    if made is None:
        raise AlreadyBlocked(await domains_store.block_of(tx, DomainBlock, domain))
    await _note(tx, host_id, f"block_domain_{made.severity}", made.domain, made.private_comment)
    return made


async def change_block(tx: Tx, host_id: int, block_id: int, rule: DomainRule) -> DomainBlock:
    """Change the rule for a server. Raises Forbidden, Missing, BadInput."""
    before = await one_block(tx, host_id, block_id)
    values = _values(rule)
    if not values:
        return before
    await domains_store.change_block(tx, block_id, values)
    after = await one_block(tx, host_id, block_id)
    await _note(tx, host_id, f"change_domain_{after.severity}", after.domain, after.private_comment)
    return after


async def unblock(tx: Tx, host_id: int, block_id: int) -> DomainBlock:
    """Drop the rule for a server; return what it was. Raises Forbidden, Missing."""
    before = await one_block(tx, host_id, block_id)
    await domains_store.delete_block(tx, block_id)
    await _note(tx, host_id, "unblock_domain", before.domain)
    return before


async def allows(tx: Tx, host_id: int, page: Page) -> Listed[DomainAllow]:
    """Return a page of the servers that a house of limited federation talks to, the latest first. Raises Forbidden."""
    await hosts.keeper(tx, host_id)
    return await domains_store.allows(tx, DomainAllow, page)


async def one_allow(tx: Tx, host_id: int, allow_id: int) -> DomainAllow:
    """Return a server that the house talks to. Raises Forbidden, Missing."""
    await hosts.keeper(tx, host_id)
    found = await domains_store.allow(tx, DomainAllow, allow_id)
    if found is None:
        raise Missing
    return found


async def allow(tx: Tx, host_id: int, text: str) -> DomainAllow:
    """Let the house talk to a server; twice equals once. Raises Forbidden, BadInput for what is no domain or our own."""
    await hosts.keeper(tx, host_id)
    domain = _elsewhere(tx, text)
    if await domains_store.insert_allow(tx, domain):
        await _note(tx, host_id, "allow_domain", domain)
    return await domains_store.allow_of(tx, DomainAllow, domain)


async def disallow(tx: Tx, host_id: int, allow_id: int) -> DomainAllow:
    """Have the house talk to a server no more; return what it was. Raises Forbidden, Missing."""
    before = await one_allow(tx, host_id, allow_id)
    await domains_store.delete_allow(tx, allow_id)
    await _note(tx, host_id, "disallow_domain", before.domain)
    return before


def _elsewhere(tx: Tx, text: str) -> str:
    domain = domain_of(text)
    if domain == tx.domain.partition(":")[0].lower():
        raise BadInput("Cette salle est la vôtre : elle ne se bloque pas.")
    return domain


def _values(rule: DomainRule) -> dict[str, object]:
    """Return what a rule sets, as it is stored; raises BadInput for a comment that is too long."""
    given = {name: value for name in rule.__struct_fields__ if (value := getattr(rule, name)) is not UNSET}
    return {name: reason_of(value) if isinstance(value, str) and "comment" in name else value for name, value in given.items()}


async def _note(tx: Tx, host_id: int, act: str, domain: str, reason: str = "") -> None:
    await journal.note(tx, Act(host_id=host_id, act=act, subject=domain, reason=reason))
