"""The rows of what opens: passwords, web sessions, apps, authorisation codes and tokens; only digests are kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from salledepause.features.accounts.model import App, Caller, Session
from salledepause.features.accounts.secret import digest
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject


class Lock(NamedTuple):
    """What a sign-in must open: the account, its handle and state, the hashes of its password and recovery words."""

    account_id: int
    handle: str
    state: str
    password: str
    recovery: str


class Grant(NamedTuple):
    """What an authorisation code gives, to whom and until when."""

    app_id: int
    account_id: int
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    expires_at: datetime


async def keep(tx: Tx, account_id: int, password: str, recovery: str) -> None:
    """Keep the hashes of a password and of recovery words, over those before."""
    await tx.send(
        """INSERT INTO credentials (account_id, password, recovery) VALUES (%s, %s, %s)
        ON CONFLICT (account_id) DO UPDATE SET password = EXCLUDED.password, recovery = EXCLUDED.recovery""",
        [account_id, password, recovery],
    )


async def keep_password(tx: Tx, account_id: int, password: str) -> None:
    """Replace the hash of a password."""
    await tx.send("UPDATE credentials SET password = %s WHERE account_id = %s", [password, account_id])


STATE = "CASE WHEN a.disabled AND a.state IN ('active', 'asleep') THEN 'suspended' ELSE a.state END"
"""What an account's keys open: those of a disabled one open no more than those of a suspended one."""
LOCK = f"SELECT a.id, a.handle, {STATE}, c.password, c.recovery FROM accounts a JOIN credentials c ON c.account_id = a.id"


async def lock_of(tx: Tx, handle: str) -> Lock | None:
    """Return what a sign-in with this handle must open."""
    return await tx.one(Lock, f"{LOCK} WHERE lower(a.handle) = lower(%s)", [handle])


async def lock_of_id(tx: Tx, account_id: int) -> Lock | None:
    """Return what a sign-in to this account must open."""
    return await tx.one(Lock, f"{LOCK} WHERE a.id = %s", [account_id])


async def held(tx: Tx, account_id: int) -> Lock | None:
    """Return what a sign-in to this account must open, and hold its hashes until the commit."""
    return await tx.one(Lock, f"{LOCK} WHERE a.id = %s FOR UPDATE OF c", [account_id])


async def drop_passkeys(tx: Tx, account_id: int) -> None:
    """Forget the keys that devices keep of an account."""
    await tx.send("DELETE FROM passkeys WHERE account_id = %s", [account_id])


async def add_session(tx: Tx, account_id: int, token: str, csrf: str, expires_at: datetime) -> None:
    """Keep a web session."""
    await tx.send(
        "INSERT INTO sessions (hash, account_id, csrf, expires_at) VALUES (%s, %s, %s, %s)",
        [digest(token), account_id, csrf, expires_at],
    )


async def session_of(tx: Tx, token: str) -> Session | None:
    """Return the session of a cookie, unless it has expired."""
    found = await tx.one(
        Session,
        f"""SELECT s.account_id, s.csrf, {STATE}, s.used_on = current_date FROM sessions s JOIN accounts a ON a.id = s.account_id
        WHERE s.hash = %s AND s.expires_at > now()""",
        [digest(token)],
    )
    if found:
        tx.stands_on(Subject.ACCESS, found.account_id)
    return found


async def drop_session(tx: Tx, token: str) -> None:
    """Forget one session."""
    await tx.send("DELETE FROM sessions WHERE hash = %s", [digest(token)])


async def drop_sessions(tx: Tx, account_id: int, but: str = "") -> None:
    """Forget the sessions of an account, `but` one."""
    await tx.send("DELETE FROM sessions WHERE account_id = %s AND hash <> %s", [account_id, digest(but)])


APP = "SELECT id, client_id, name, website, redirect_uris, scopes FROM apps"


async def add_app(tx: Tx, app: App, client_secret: str) -> App:
    """Keep an app; return it with its id."""
    made = await tx.one(
        App,
        """INSERT INTO apps (client_id, secret_hash, name, website, redirect_uris, scopes) VALUES (%s, %s, %s, %s, %s, %s)
        RETURNING id, client_id, name, website, redirect_uris, scopes""",
        [app.client_id, digest(client_secret), app.name, app.website, app.redirect_uris, app.scopes],
    )
    return made or app


async def app_of(tx: Tx, client_id: str) -> App | None:
    """Return the app of a public identifier."""
    return await tx.one(App, f"{APP} WHERE client_id = %s", [client_id])


async def app_of_id(tx: Tx, app_id: int) -> App | None:
    """Return an app."""
    return await tx.one(App, f"{APP} WHERE id = %s", [app_id])


async def secret_of(tx: Tx, app_id: int) -> bytes:
    """Return the digest of an app's secret; empty when the app is gone."""
    return bytes(await tx.value("SELECT secret_hash FROM apps WHERE id = %s", [app_id]) or b"")


async def add_grant(tx: Tx, code: str, grant: Grant) -> None:
    """Keep an authorisation code."""
    await tx.send(
        """INSERT INTO grants (hash, app_id, account_id, scopes, redirect_uri, challenge, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        [digest(code), *grant],
    )


async def take_grant(tx: Tx, code: str) -> Grant | None:
    """Take what a code gives: of two who come with one code, one finds it gone."""
    return await tx.one(
        Grant,
        "DELETE FROM grants WHERE hash = %s RETURNING app_id, account_id, scopes, redirect_uri, challenge, expires_at",
        [digest(code)],
    )


async def drop_grants(tx: Tx, account_id: int) -> None:
    """Forget the codes of an account."""
    await tx.send("DELETE FROM grants WHERE account_id = %s", [account_id])


async def add_token(tx: Tx, token: str, caller: Caller, code: str | None = None) -> tuple[int, datetime]:
    """Keep a token (`caller.token_id` is not read); return its id and when it was made."""
    row = await tx.row(
        "INSERT INTO tokens (hash, app_id, account_id, scopes, grant_hash) VALUES (%s, %s, %s, %s, %s) RETURNING id, created_at",
        [digest(token), caller.app_id, caller.account_id, sorted(caller.scopes), digest(code) if code else None],
    )
    if row is None:
        message = "an INSERT with RETURNING gave no row"
        raise RuntimeError(message)
    return row[0], row[1]


async def caller_of(tx: Tx, token: str) -> Caller | None:
    """Return who an access token speaks for, with the state of the account; `None` when nobody holds it."""
    row = await tx.row(
        f"""SELECT t.account_id, t.app_id, t.id, t.scopes, coalesce({STATE}, 'active'), t.used_on = current_date
        FROM tokens t LEFT JOIN accounts a ON a.id = t.account_id WHERE t.hash = %s""",
        [digest(token)],
    )
    if row:
        tx.stands_on(Subject.ACCESS, row[0] or row[1])
    return Caller(row[0], row[1], row[2], frozenset(row[3]), row[4], used_today=row[5]) if row else None


async def drop_token(tx: Tx, token_id: int) -> None:
    """Forget a token."""
    await tx.send("DELETE FROM tokens WHERE id = %s", [token_id])


async def drop_tokens(tx: Tx, account_id: int) -> None:
    """Forget the tokens of an account."""
    await tx.send("DELETE FROM tokens WHERE account_id = %s", [account_id])


async def drop_tokens_of_app(tx: Tx, account_id: int, app_id: int) -> int:
    """Forget what one app holds of an account; return how many tokens it was."""
    await tx.send("DELETE FROM grants WHERE account_id = %s AND app_id = %s", [account_id, app_id])
    return await tx.run("DELETE FROM tokens WHERE account_id = %s AND app_id = %s", [account_id, app_id])


async def drop_tokens_of_code(tx: Tx, code: str) -> Collection[int]:
    """Forget the tokens that a code gave; return the accounts that they opened."""
    return await tx.values("DELETE FROM tokens WHERE grant_hash = %s RETURNING account_id", [digest(code)])


async def sweep(tx: Tx) -> None:
    """Forget what has expired: sessions, codes, invitations, challenges."""
    for table in ("sessions", "grants", "invitations", "challenges"):
        await tx.send(f"DELETE FROM {table} WHERE expires_at < now()")
