"""Opening one's account: by password, by recovery words, and closing every other door when a secret changes."""

from __future__ import annotations

import hmac
from datetime import timedelta

from salledepause.features.accounts import keys, recovery_words, store
from salledepause.features.accounts.keys import Lock
from salledepause.features.accounts.model import AccessRevoked, Session, local_handle
from salledepause.features.accounts.passwords import HASHER, SWIFT, Hasher, weakness
from salledepause.features.accounts.secret import fresh
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing, Unauthenticated
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site

SESSION_DAYS = 60
WRONG = "Pseudonyme ou mot de passe incorrect."
WRONG_WORDS = "Ce pseudonyme et ces mots de récupération ne vont pas ensemble."
SUSPENDED = "Ce compte est suspendu."


async def sign_in(tx: Tx, handle: str, password: str, domain: str = "", hasher: Hasher = HASHER) -> int:
    """Return the id of the account that a handle and a password open; it may still be pending.

    Raises Unauthenticated, in the same words and time whether the handle exists or not; Forbidden when it is suspended.
    """
    lock = await _lock(tx, handle, domain)
    if lock is None:
        await hasher.pretend(password)
        raise Unauthenticated(WRONG)
    if not await hasher.matches(lock.password, password):
        raise Unauthenticated(WRONG)
    if lock.state == "suspended":
        raise Forbidden(SUSPENDED)
    if hasher.stale(lock.password):
        await keys.keep_password(tx, lock.account_id, await hasher.hash(password))
    return lock.account_id


async def confirm_password(tx: Tx, account_id: int, password: str, hasher: Hasher = HASHER) -> Lock:
    """Raise Forbidden unless the password is the account's: before what cannot be undone."""
    lock = await keys.lock_of_id(tx, account_id)
    if lock is None:
        raise Missing
    if not await hasher.matches(lock.password, password):
        raise Forbidden("Mot de passe actuel incorrect.")
    return lock


async def change_password(tx: Tx, account_id: int, passwords: tuple[str, str], keep: str = "", hasher: Hasher = HASHER) -> None:
    """Change a password (`passwords` is the old one, then the new), close every app and session but the cookie `keep`.

    Raises Forbidden for a wrong old password, BadInput for a weak new one.
    """
    old, new = passwords
    lock = await confirm_password(tx, account_id, old, hasher)
    if refusal := weakness(new, lock.handle):
        raise refusal
    await keys.keep_password(tx, account_id, await hasher.hash(new))
    await close_everything(tx, account_id, but=keep)


async def set_password(tx: Tx, account_id: int, new: str, hasher: Hasher = HASHER) -> tuple[str, ...]:
    """Set a password and draw new recovery words without asking for the old ones, as the hosts' command line does.

    Closes every app and session; returns the words. Raises Missing, BadInput for a weak password.
    """
    account = await store.one(tx, account_id)
    return await _renew(tx, account_id, account.handle, new, hasher)


async def recover(tx: Tx, handle: str, words: str, new: str, hasher: Hasher = HASHER) -> tuple[str, ...]:
    """Open an account again with its recovery words: set a new password, close every app and session, return new words.

    `words` as typed, in their order. Raises Unauthenticated, whether the handle exists or not; BadInput for a weak password.
    """
    lock = await _lock(tx, handle, "")
    typed = recovery_words.folded(words)
    if lock is None:
        await SWIFT.pretend(typed)
        raise Unauthenticated(WRONG_WORDS)
    if not await SWIFT.matches(lock.recovery, typed):
        raise Unauthenticated(WRONG_WORDS)
    return await _renew(tx, lock.account_id, lock.handle, new, hasher)


async def new_words(tx: Tx, account_id: int, password: str, hasher: Hasher = HASHER) -> tuple[str, ...]:
    """Draw new recovery words for who gives their password; return them. Raises Forbidden."""
    lock = await confirm_password(tx, account_id, password, hasher)
    words = recovery_words.draw()
    await keys.keep(tx, account_id, lock.password, await SWIFT.hash(recovery_words.folded(" ".join(words))))
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


async def _lock(tx: Tx, handle: str, domain: str) -> Lock | None:
    local = local_handle(handle, domain)
    return await keys.lock_of(tx, local) if local else None


async def _renew(tx: Tx, account_id: int, handle: str, new: str, hasher: Hasher) -> tuple[str, ...]:
    if refusal := weakness(new, handle):
        raise refusal
    words = recovery_words.draw()
    recovery = await SWIFT.hash(recovery_words.folded(" ".join(words)))
    await keys.keep(tx, account_id, await hasher.hash(new), recovery)
    await close_everything(tx, account_id)
    return words
