"""What one can do to have a role family proven, and what hosts and verified members can do for it."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from datetime import timedelta
from pathlib import Path

from salledepause.features import accounts
from salledepause.features.accounts import Account, Family
from salledepause.features.verification import store
from salledepause.features.verification.model import Method, TeamCode, VerificationChanged, may_vouch
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing, TooLarge
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

VOUCHERS = 2
"""Verified members whose word makes a verification."""
MOST_USES, MOST_DAYS = 200, 90
LARGEST = 8 * 1024 * 1024
"""Bytes of a proof."""
KEPT_DAYS = 30
"""A request that nobody decided is dropped, and its proof erased."""
YOUNG = timedelta(hours=1)
"""Files younger than this may belong to a request that is being written."""
BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
NAME = re.compile(r"[0-9a-f]{32}")
UNKNOWN_CODE = "Ce code est inconnu, épuisé ou expiré, ou il vaut pour une autre famille que la vôtre."
NOT_ASKED = "Personne de ce nom n'attend votre parole, ou elle ne vaut pas pour sa famille de métiers."
WAITING = "Vous attendez déjà une réponse : retirez d'abord votre demande."


async def create_code(tx: Tx, host_id: int | None, family: Family, uses: int = 20, days: int = 30) -> str:
    """Return the code of a team, shown this once; for hosts, or nobody: their own commands. Raises BadInput, Forbidden."""
    if host_id is not None:
        await _host(tx, host_id)
    if not (1 <= uses <= MOST_USES and 1 <= days <= MOST_DAYS):
        raise BadInput("Un code vaut de 1 à {uses} fois, pendant 1 à {days} jours.", uses=MOST_USES, days=MOST_DAYS)
    code = secrets.token_urlsafe(12)
    await store.add_code(tx, code, family, uses, clock.now() + timedelta(days=days))
    return code


async def codes(tx: Tx, host_id: int) -> list[TeamCode]:
    """Return the codes that still prove something, for hosts: neither the codes nor who used them. Raises Forbidden."""
    await _host(tx, host_id)
    return await store.codes(tx)


async def revoke_code(tx: Tx, host_id: int, code_id: int) -> None:
    """Have a code prove nothing any more. Raises Forbidden, Missing."""
    await _host(tx, host_id)
    if not await store.revoke_code(tx, code_id):
        raise Missing


async def use_code(tx: Tx, site: Site, me: int, code: str) -> None:
    """Prove one's family by a team's code. Raises BadInput."""
    family = (await accounts.one(tx, me)).family
    if not await store.use_code(tx, code, family):
        raise BadInput(UNKNOWN_CODE)
    _, file = await store.give_up(tx, me)
    await _verify(tx, site, (me, family, Method.CODE), file)


async def ask_vouching(tx: Tx, me: int) -> None:
    """Wait for the word of two verified members. Raises Conflict when one waits already."""
    family = (await accounts.one(tx, me)).family
    if not await store.ask(tx, me, family, Method.VOUCHING, None):
        raise Conflict(WAITING)


async def vouch(tx: Tx, site: Site, me: int, handle: str) -> None:
    """Give one's word for somebody who asked for it; the second one makes the verification, and no trace of either is left.

    Raises Missing, the same whether nobody bears the name, they did not ask, or one may not vouch for them.
    """
    try:
        other = await accounts.by_handle(tx, handle, tx.domain)
    except Missing as error:
        raise Missing(NOT_ASKED) from error
    standing = await store.standing(tx, me)
    mine = standing.verified if standing else None
    asked = await store.asked(tx, other.id)
    if asked is None or asked is not other.family or other.id == me or not may_vouch(mine, asked):
        raise Missing(NOT_ASKED)
    if await store.vouch(tx, other.id, me) >= VOUCHERS:
        await _verify(tx, site, (other.id, asked, Method.VOUCHING), None)


async def ask_by_proof(tx: Tx, site: Site, me: int, path: Path | None) -> None:
    """Show a proof to the hosts: a PDF, a JPEG or a PNG, copied into a private folder. Raises BadInput, TooLarge, Conflict."""
    family = (await accounts.one(tx, me)).family
    if path is None:
        raise BadInput("Joignez un justificatif : un PDF ou une photo (JPEG, PNG).")
    data = await asyncio.to_thread(_read, path)
    name = secrets.token_hex(16)
    if not await store.ask(tx, me, family, Method.PROOF, name):
        raise Conflict(WAITING)
    await asyncio.to_thread(_keep, folder(site), name, data)


async def give_up(tx: Tx, site: Site, me: int) -> None:
    """Take one's request back, its proof with it. Raises Missing."""
    found, file = await store.give_up(tx, me)
    if not found:
        raise Missing
    _destroy(tx, site, file)


async def decide(tx: Tx, site: Site, host_id: int, request_id: int, *, accepted: bool) -> None:
    """Say what a proof proves; it is destroyed either way. Raises Missing, Forbidden (never one's own)."""
    await _host(tx, host_id)
    found = await store.proof(tx, request_id, held=True)
    if found is None:
        raise Missing
    account_id, family, file = found
    if account_id == host_id:
        raise Forbidden("Une autre personne de l'accueil regarde votre justificatif.")
    if accepted and (await accounts.one(tx, account_id)).family is family:
        await _verify(tx, site, (account_id, family, Method.PROOF), file)
        return
    await store.give_up(tx, account_id)
    _destroy(tx, site, file)


async def forget(tx: Tx, me: int) -> None:
    """Be verified no more; nothing when one was not."""
    if await store.forget(tx, me):
        await emit(tx, VerificationChanged(me))


async def sweep(site: Site) -> None:
    """Drop codes and requests that are over, and erase every proof that no request names."""
    async with site.db.transaction() as tx:
        named = await store.sweep(tx, KEPT_DAYS)
    await asyncio.to_thread(_sweep, folder(site), named)


def folder(site: Site) -> Path:
    """Return the private folder of proofs, which no door serves but the hosts' own."""
    return site.settings.data / "proofs"


async def _verify(tx: Tx, site: Site, what: tuple[int, Family, Method], file: str | None) -> None:
    account_id, family, method = what
    await store.verify(tx, account_id, family, method)
    _destroy(tx, site, file)
    await emit(tx, VerificationChanged(account_id))


async def _host(tx: Tx, account_id: int) -> Account:
    account = await accounts.one(tx, account_id)
    if not account.keeps_house:
        raise Forbidden
    return account


def _destroy(tx: Tx, site: Site, file: str | None) -> None:
    """Erase a proof once the commit is done; one that a killed process left behind, the sweeper takes."""
    if file and NAME.fullmatch(file):
        tx.afterwards.append(lambda: (folder(site) / file).unlink(missing_ok=True))


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise TooLarge("Justificatif trop lourd : au plus {most} Mio.", most=LARGEST >> 20)
    data = path.read_bytes()
    if not data.startswith(BEGINNINGS):
        raise BadInput("Joignez un justificatif : un PDF ou une photo (JPEG, PNG).")
    return data


def _keep(place: Path, name: str, data: bytes) -> None:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())


def _sweep(place: Path, named: set[str]) -> None:
    before = time.time() - YOUNG.total_seconds()
    for path in place.glob("*"):
        if path.name not in named and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
