"""What is open of one's account: browsers and apps, each with the day that it was last used, and closed one by one or all."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from salledepause.features.accounts import credentials
from salledepause.features.accounts.secret import digest
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing


class OpenSession(NamedTuple):
    """A browser that is signed in; its id says when it was opened."""

    id: int
    used_on: date
    here: bool
    """Whether it is the one that asks."""


class OpenApp(NamedTuple):
    """An app that holds tokens of an account."""

    id: int
    name: str
    used_on: date


async def open_sessions(tx: Tx, account_id: int, cookie: str = "") -> list[OpenSession]:
    """Return the sessions of an account that have not expired, the one of this cookie first, then the last used."""
    query = """SELECT id, used_on, hash = %(here)s FROM sessions WHERE account_id = %(me)s AND expires_at > now()
        ORDER BY hash = %(here)s DESC, used_on DESC, id DESC"""
    return await tx.all(OpenSession, query, {"me": account_id, "here": digest(cookie)})


async def open_apps(tx: Tx, account_id: int) -> list[OpenApp]:
    """Return the apps that hold tokens of an account, the last used first."""
    query = """SELECT a.id, a.name, max(t.used_on) FROM tokens t JOIN apps a ON a.id = t.app_id
        WHERE t.account_id = %s GROUP BY a.id ORDER BY max(t.used_on) DESC, a.name, a.id"""
    return await tx.all(OpenApp, query, [account_id])


async def close_one(tx: Tx, account_id: int, session_id: int) -> None:
    """Close one of one's sessions; raises Missing for any other."""
    if not await tx.run("DELETE FROM sessions WHERE account_id = %s AND id = %s", [account_id, session_id]):
        raise Missing
    await credentials.revoked(tx, account_id)


async def session_used(tx: Tx, cookie: str) -> None:
    """Note that a session was used today."""
    await tx.send("UPDATE sessions SET used_on = current_date WHERE hash = %s", [digest(cookie)])


async def token_used(tx: Tx, token_id: int) -> None:
    """Note that a token was used today."""
    await tx.send("UPDATE tokens SET used_on = current_date WHERE id = %s", [token_id])


async def session_id(tx: Tx, account_id: int, cookie: str) -> int:
    """Return which of one's sessions a cookie opens; raises Missing when none."""
    query = "SELECT id FROM sessions WHERE account_id = %s AND hash = %s AND expires_at > now()"
    found = await tx.value(query, [account_id, digest(cookie)])
    if found is None:
        raise Missing
    return int(found)
