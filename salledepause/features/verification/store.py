"""SQL of verifications, team codes, requests and vouches."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from salledepause.features.accounts import Family
from salledepause.features.verification.model import Method, Request, Standing, TeamCode
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.trips import Row

PROVEN = "(SELECT v.family FROM verifications v WHERE v.account_id = {account}.id AND v.family = {account}.family)"
"""SQL of the family that account row `{account}` proved, NULL when none, or when they say another one by now."""


def digest(code: str) -> bytes:
    """Return what is stored of a code."""
    return sha256(code.strip().encode("utf-8", "surrogatepass")).digest()


async def standing(tx: Tx, account_id: int) -> Standing | None:
    """Return what somebody proved and waits for."""
    query = """SELECT a.family, v.family, v.method, v.verified_on, r.method,
            (SELECT count(*) FROM vouches g WHERE g.account_id = a.id)
        FROM accounts a LEFT JOIN verifications v ON v.account_id = a.id AND v.family = a.family
        LEFT JOIN verification_requests r ON r.account_id = a.id AND r.family = a.family WHERE a.id = %s"""
    row = await tx.row(query, [account_id])
    return _standing(row) if row else None


def _standing(row: Row) -> Standing:
    family, verified, method, on, waits, vouched = row
    return Standing(
        Family(family),
        Family(verified) if verified else None,
        Method(method) if method else None,
        on,
        Method(waits) if waits else None,
        vouched,
    )


async def verify(tx: Tx, account_id: int, family: Family, method: Method) -> None:
    """Write that a family is proven, and drop what waited."""
    _changes(tx, account_id)
    await tx.send("DELETE FROM verification_requests WHERE account_id = %s", [account_id])
    await tx.send(
        """INSERT INTO verifications (account_id, family, method) VALUES (%s, %s, %s) ON CONFLICT (account_id) DO UPDATE
        SET family = excluded.family, method = excluded.method, verified_on = excluded.verified_on""",
        [account_id, family, method],
    )


async def forget(tx: Tx, account_id: int) -> bool:
    """Drop a verification; return whether there was one."""
    _changes(tx, account_id)
    return await tx.run("DELETE FROM verifications WHERE account_id = %s", [account_id]) > 0


def _changes(tx: Tx, account_id: int) -> None:
    tx.touches(Subject.PERSON, account_id)
    tx.touches(Subject.AUTHOR, account_id)
    tx.touches(Subject.ACCOUNT, account_id)


async def add_code(tx: Tx, code: str, family: Family, uses: int, expires_at: datetime) -> None:
    """Keep a team's code, by its digest."""
    query = "INSERT INTO team_codes (digest, family, uses_left, expires_at) VALUES (%s, %s, %s, %s)"
    await tx.send(query, [digest(code), family, uses, expires_at])


async def use_code(tx: Tx, code: str, family: Family) -> bool:
    """Take one use of a code that proves a family; tell whether there was one."""
    query = """UPDATE team_codes SET uses_left = uses_left - 1
        WHERE digest = %s AND family = %s AND uses_left > 0 AND expires_at > now()"""
    return await tx.run(query, [digest(code), family]) > 0


async def codes(tx: Tx) -> list[TeamCode]:
    """Return the codes that still open."""
    query = """SELECT id, family, uses_left, expires_at FROM team_codes
        WHERE uses_left > 0 AND expires_at > now() ORDER BY expires_at DESC, id DESC LIMIT 200"""
    return await tx.all(TeamCode, query)


async def revoke_code(tx: Tx, code_id: int) -> bool:
    """Have a code prove nothing any more; tell whether it did."""
    return await tx.run("DELETE FROM team_codes WHERE id = %s", [code_id]) > 0


async def ask(tx: Tx, account_id: int, family: Family, method: Method, file: str | None) -> bool:
    """Write that somebody waits; tell whether they did not already."""
    tx.touches(Subject.PERSON, account_id)
    query = """INSERT INTO verification_requests (account_id, family, method, file) VALUES (%s, %s, %s, %s)
        ON CONFLICT (account_id) DO NOTHING"""
    return await tx.run(query, [account_id, family, method, file]) > 0


async def give_up(tx: Tx, account_id: int) -> tuple[bool, str | None]:
    """Drop what somebody waits for; return whether there was anything, and its file."""
    tx.touches(Subject.PERSON, account_id)
    row = await tx.row("DELETE FROM verification_requests WHERE account_id = %s RETURNING file", [account_id])
    return (row is not None, row[0] if row else None)


async def asked(tx: Tx, account_id: int) -> Family | None:
    """Return which family somebody waits to have vouched for; their row is held until the commit."""
    query = "SELECT family FROM verification_requests WHERE account_id = %s AND method = 'vouching' FOR UPDATE"
    found = await tx.value(query, [account_id])
    return Family(found) if found else None


async def vouch(tx: Tx, account_id: int, voucher_id: int) -> int:
    """Write that somebody vouches for somebody; return how many do."""
    tx.touches(Subject.PERSON, account_id)
    query = "INSERT INTO vouches (account_id, voucher_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.send(query, [account_id, voucher_id])
    return int(await tx.value("SELECT count(*) FROM vouches WHERE account_id = %s", [account_id]))


async def waiting(tx: Tx) -> list[Request]:
    """Return the proofs that wait, oldest first."""
    query = "SELECT id, family, asked_on FROM verification_requests WHERE method = 'proof' ORDER BY id LIMIT 200"
    return await tx.all(Request, query)


async def proof(tx: Tx, request_id: int, *, held: bool = False) -> tuple[int, Family, str] | None:
    """Return (account id, family, private name) of a proof that waits, its row held until the commit where it is decided."""
    query = "SELECT account_id, family, file FROM verification_requests WHERE id = %s AND method = 'proof'"
    row = await tx.row(query + (" FOR UPDATE" if held else ""), [request_id])
    return (row[0], Family(row[1]), row[2]) if row else None


async def sweep(tx: Tx, days: int) -> set[str]:
    """Drop codes and requests that are over; return the private names that still wait."""
    await tx.send("DELETE FROM team_codes WHERE uses_left = 0 OR expires_at < now()")
    await tx.send("DELETE FROM verification_requests WHERE asked_on < current_date - %s::integer", [days])
    return set(await tx.values("SELECT file FROM verification_requests WHERE file IS NOT NULL"))
