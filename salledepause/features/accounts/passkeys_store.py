"""SQL of passkeys, and of what devices are asked to sign."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from salledepause.features.accounts.keys import STATE
from salledepause.kernel.db import Tx


class Passkey(NamedTuple):
    """A key of somebody's, as they know it; its id says when it was added."""

    id: int
    credential: bytes
    name: str
    used_on: date | None


class Lock(NamedTuple):
    """What a key opens, and how its signatures are verified."""

    id: int
    account_id: int
    public_key: bytes
    signatures: int
    state: str


async def of(tx: Tx, account_id: int) -> list[Passkey]:
    """Return the keys of an account."""
    query = "SELECT id, credential, name, used_on FROM passkeys WHERE account_id = %s ORDER BY id"
    return await tx.all(Passkey, query, [account_id])


async def ask(tx: Tx, account_id: int | None, challenge: bytes, expires_at: datetime) -> None:
    """Keep what is asked of a device, by its digest."""
    query = "INSERT INTO challenges (hash, account_id, expires_at) VALUES (%s, %s, %s)"
    await tx.send(query, [sha256(challenge).digest(), account_id, expires_at])


async def take(tx: Tx, account_id: int | None, challenge: bytes) -> bool:
    """Take what was asked for this account: of two who come with one answer, one finds it gone."""
    query = """DELETE FROM challenges WHERE hash = %s AND account_id IS NOT DISTINCT FROM %s AND expires_at > now()"""
    return bool(await tx.run(query, [sha256(challenge).digest(), account_id]))


async def add(tx: Tx, account_id: int, made: tuple[bytes, bytes, int], name: str) -> bool:
    """Keep a key (its id, its public half, its counter); `False` when somebody has it already."""
    query = """INSERT INTO passkeys (account_id, credential, public_key, signatures, name) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (credential) DO NOTHING"""
    return bool(await tx.run(query, [account_id, *made, name]))


async def rename(tx: Tx, account_id: int, passkey_id: int, name: str) -> bool:
    """Name a key."""
    return bool(await tx.run("UPDATE passkeys SET name = %s WHERE account_id = %s AND id = %s", [name, account_id, passkey_id]))


async def drop(tx: Tx, account_id: int, passkey_id: int) -> bool:
    """Forget a key."""
    return bool(await tx.run("DELETE FROM passkeys WHERE account_id = %s AND id = %s", [account_id, passkey_id]))


async def lock(tx: Tx, credential: bytes) -> Lock | None:
    """Return what a key opens, and hold it: its counter is compared and moved by one at a time."""
    query = f"""SELECT k.id, k.account_id, k.public_key, k.signatures, {STATE} FROM passkeys k
        JOIN accounts a ON a.id = k.account_id WHERE k.credential = %s FOR UPDATE OF k"""
    return await tx.one(Lock, query, [credential])


async def used(tx: Tx, passkey_id: int, signatures: int) -> None:
    """Note that a key was used today, and what its counter says."""
    await tx.send("UPDATE passkeys SET used_on = current_date, signatures = %s WHERE id = %s", [signatures, passkey_id])
