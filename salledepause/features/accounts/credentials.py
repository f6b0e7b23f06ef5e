"""Opening one's account: by password, by recovery words, and closing every other door when a secret changes.

A hash takes a core for a while on purpose, so nobody holds a connection meanwhile: what is needed is read, tried, then held and
looked at again before anything is written.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import NamedTuple

from salledepause.features.accounts import keys, recovery_words, store
from salledepause.features.accounts.keys import Lock
from salledepause.features.accounts.model import AccessRevoked, Session, local_handle
from salledepause.features.accounts.passwords import HASHER, SWIFT, Hasher, weakness
from salledepause.features.accounts.secret import fresh
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Conflict, Forbidden, Missing, Unauthenticated
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site

SESSION_DAYS = 60
WRONG = "Pseudonyme ou mot de passe incorrect."
CHANGED = "Ce compte vient de changer de mot de passe : recommencez."
WRONG_WORDS = "Ce pseudonyme et ces mots de récupération ne vont pas ensemble."
SUSPENDED = "Ce compte est suspendu."


class Changed(Conflict):
    """What was tried fitted, but was changed before it could open anything."""

    def __init__(self) -> None:
        super().__init__(CHANGED)


class Keys(NamedTuple):
    """What opens an account, as it is kept and, for its person alone and once, the recovery words."""

    password: str
    recovery: str
    words: tuple[str, ...]


async def draw_keys(site: Site, password: str, hasher: Hasher = HASHER) -> Keys:
    """Return the keys of a new password, with new recovery words; not to be called with a transaction open."""
    async with site.locksmiths:
        return await _drawn(password, hasher)


async def sign_in(site: Site, handle: str, password: str, hasher: Hasher = HASHER) -> tuple[str, str]:
    """Open a web session by a handle and a password, as `open_session` does; the account may still be pending.

    Raises Unauthenticated, in the same words and time whether the handle exists or not; Forbidden when it is suspended.
    """
    while True:
        lock = await _lock(site, handle)
        renewed = await _tried(site, lock.password, password, hasher)
        if renewed is None:
            raise Unauthenticated(WRONG)
        with suppress(Changed):
            async with _held(site, lock) as (tx, state):
                if state == "suspended":
                    raise Forbidden(SUSPENDED)
                if renewed != lock.password:
                    await keys.keep_password(tx, lock.account_id, renewed)
                return await open_session(tx, lock.account_id)


async def prove(site: Site, handle: str, password: str, hasher: Hasher = HASHER) -> int:
    """Return whose account a handle and a password are, whatever its state, and open nothing: who is shut out may be told why.

    Raises Unauthenticated, in the same words and time whether the handle exists or not.
    """
    lock = await _lock(site, handle)
    if await _tried(site, lock.password, password, hasher) is None:
        raise Unauthenticated(WRONG)
    return lock.account_id


async def change_password(
    site: Site, account_id: int, passwords: tuple[str, str], keep: str = "", hasher: Hasher = HASHER
) -> None:
    """Change a password (`passwords` is the old one, then the new), close every app and session but the cookie `keep`.

    Raises Missing, Forbidden for a wrong old password, BadInput for a weak new one.
    """
    old, new = passwords
    lock = await _confirmed(site, account_id, old, hasher)
    if refusal := weakness(new, lock.handle):
        raise refusal
    async with site.locksmiths:
        hashed = await hasher.hash(new)
    async with _held(site, lock) as (tx, _):
        await keys.keep_password(tx, account_id, hashed)
        await close_everything(tx, account_id, but=keep)


async def confirm(site: Site, account_id: int, password: str, hasher: Hasher = HASHER) -> None:
    """Check the password of who is about to do what cannot be undone. Raises Missing, Forbidden."""
    await _confirmed(site, account_id, password, hasher)


async def set_password(tx: Tx, account_id: int, new: str, hasher: Hasher = HASHER) -> tuple[str, ...]:
    """Set a password and draw new recovery words without asking for the old ones, as the hosts' command line does.

    Closes every app and session; returns the words. Raises Missing, BadInput for a weak password.
    """
    account = await store.one(tx, account_id)
    if refusal := weakness(new, account.handle):
        raise refusal
    return await _renew(tx, account_id, await _drawn(new, hasher))


async def recover(site: Site, handle: str, words: str, new: str, hasher: Hasher = HASHER) -> tuple[str, ...]:
    """Open an account again with its recovery words: set a new password, close every app and session, return new words.

    `words` as typed, in their order. Raises Unauthenticated, whether the handle exists or not; BadInput for a weak password.
    """
    lock = await _lock(site, handle)
    if await _tried(site, lock.recovery, recovery_words.folded(words), SWIFT) is None:
        raise Unauthenticated(WRONG_WORDS)
    if refusal := weakness(new, lock.handle):
        raise refusal
    drawn = await draw_keys(site, new, hasher)
    async with _held(site, lock) as (tx, _):
        return await _renew(tx, lock.account_id, drawn)


async def new_words(site: Site, account_id: int, password: str, hasher: Hasher = HASHER) -> tuple[str, ...]:
    """Draw new recovery words for who gives their password; return them. Raises Missing, Forbidden."""
    lock = await _confirmed(site, account_id, password, hasher)
    words = recovery_words.draw()
    async with site.locksmiths:
        recovery = await SWIFT.hash(recovery_words.folded(" ".join(words)))
    async with _held(site, lock) as (tx, _):
        await keys.keep(tx, account_id, lock.password, recovery)
    return words


async def revoked(tx: Tx, account_id: int | None, app_id: int | None = None) -> None:
    """Tell that tokens or sessions of an account, or tokens of an app of its own, are no longer good."""
    tx.touches(Subject.ACCESS, account_id or app_id or 0)
    await emit(tx, AccessRevoked(account_id, app_id))


async def close_everything(tx: Tx, account_id: int, *, but: str = "") -> None:
    """Close the sessions (`but` one, by its cookie), codes and tokens of an account."""
    await keys.drop_sessions(tx, account_id, but)
    await keys.drop_grants(tx, account_id)
    await keys.drop_tokens(tx, account_id)
    await revoked(tx, account_id)


async def open_session(tx: Tx, account_id: int) -> tuple[str, str]:
    """Open a web session; return the token of its cookie and the word that its forms must carry."""
    token, csrf = fresh(), fresh()
    await keys.add_session(tx, account_id, token, csrf, clock.now() + timedelta(days=SESSION_DAYS))
    return token, csrf


async def session(tx: Tx, token: str) -> Session | None:
    """Return the session of a cookie; `None` when it is unknown, closed or expired."""
    return await keys.session_of(tx, token) if token else None


async def close_session(tx: Tx, token: str) -> None:
    """Close a web session, for good."""
    found = await keys.session_of(tx, token)
    await keys.drop_session(tx, token)
    if found:
        await revoked(tx, found.account_id)


def same_word(given: str, kept: str) -> bool:
    """Compare two secrets in a time that tells nothing."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), kept.encode("utf-8", "surrogatepass"))


async def sweep(site: Site) -> None:
    """Forget the sessions, codes and invitations that have expired."""
    async with site.db.transaction() as tx:
        await keys.sweep(tx)


NOBODY = Lock(0, "", "", "", "")
"""What a handle opens that nobody bears: tried like any other, and nothing fits."""


async def _lock(site: Site, handle: str) -> Lock:
    local = local_handle(handle, site.settings.domain)
    async with site.db.reading() as tx:
        return (await keys.lock_of(tx, local) if local else None) or NOBODY


async def _confirmed(site: Site, account_id: int, password: str, hasher: Hasher) -> Lock:
    """Return the lock of an account, opened by its password: before what cannot be undone. Raises Missing, Forbidden."""
    async with site.db.reading() as tx:
        lock = await keys.lock_of_id(tx, account_id)
    if lock is None:
        raise Missing
    if await _tried(site, lock.password, password, hasher) is None:
        raise Forbidden("Mot de passe actuel incorrect.")
    return lock


async def _tried(site: Site, stored: str, secret: str, hasher: Hasher) -> str | None:
    """Return the hash to keep of a secret that fits, made again where settings have changed; `None` when it does not fit."""
    async with site.locksmiths:
        if not await hasher.matches(stored, secret):
            return None
        return await hasher.hash(secret) if hasher.stale(stored) else stored


@asynccontextmanager
async def _held(site: Site, lock: Lock) -> AsyncIterator[tuple[Tx, str]]:
    """Lend a transaction that holds a lock which was opened without one, and the state of its account.

    Raises Changed when a secret is no longer what it was: what was tried opens nothing any more.
    """
    async with site.db.transaction() as tx:
        await store.stay(tx, [lock.account_id])
        now = await keys.held(tx, lock.account_id)
        if now is None or (now.password, now.recovery) != (lock.password, lock.recovery):
            raise Changed
        yield tx, now.state


async def _drawn(password: str, hasher: Hasher) -> Keys:
    words = recovery_words.draw()
    return Keys(await hasher.hash(password), await SWIFT.hash(recovery_words.folded(" ".join(words))), words)


async def _renew(tx: Tx, account_id: int, drawn: Keys) -> tuple[str, ...]:
    """Keep new keys, and close everything: who had lost the account may not be the only one who was in."""
    await keys.keep(tx, account_id, drawn.password, drawn.recovery)
    await keys.drop_passkeys(tx, account_id)
    await close_everything(tx, account_id)
    return drawn.words
