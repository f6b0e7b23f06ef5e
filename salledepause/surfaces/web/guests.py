"""Who a browser speaks for: the session cookie, and the word that every form carries so that no other site can send it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_urlsafe

import msgspec
from starlette.datastructures import Headers

from salledepause.features import accounts, notifications
from salledepause.features.accounts import Account, Caller, Session
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Unauthenticated
from salledepause.kernel.marks import Subject
from salledepause.kernel.site import Site
from salledepause.kernel.windows import Stood
from salledepause.surfaces.edge import Answer, Call, Handler, Header
from salledepause.surfaces.web import cookies, navigation, rescued
from salledepause.surfaces.web.navigation import Destination

SESSION, FORM = "session", "form"
STALE = "Ce formulaire n'est plus valable : revenez à la page précédente, rechargez-la et recommencez."
SIXTY_DAYS = 60 * 86400
WEIGHT = 3000
"""Bytes that a guest weighs in memory."""
FORGET: Header = (b"clear-site-data", b'"cache", "cookies", "storage"')
"""Nothing of somebody stays in a browser that others may use: neither pages, nor the session, nor drafts."""
FORGET_PAGES: Header = (b"clear-site-data", b'"cache", "storage"')
"""The same where a last message is still to be told: cookies are taken back one by one."""


class Stale(Forbidden):
    """A form does not carry the word of who sends it: the page waited too long, or it is another site's."""

    def __init__(self) -> None:
        super().__init__(STALE)


class Guest(Caller, frozen=True):
    """Who a session cookie speaks for; while the account waits for approval, `account_id` is `None`, as for a visitor."""

    csrf: str = ""
    cookie: str = ""
    account: Account | None = None
    waiting: dict[str, int] = msgspec.field(default_factory=dict)
    """How much waits at the destinations that count it, by path."""
    hushed: bool = False
    """Whether nothing is to ring just now: quiet hours, or away."""
    frame: bytes = b""
    """A digest of all that pages show of it: the same for two sessions of somebody."""


async def of(site: Site, headers: Headers, counted: Sequence[Destination]) -> Guest | None:
    """Return who the session cookie of a request speaks for, and what waits for them, remembered while nothing of it changes.

    Only what is open to them is counted; every door of a process counts the same, for it is remembered once for all of them.
    `None` for a visitor, or a session that has ended.
    """
    cookie = cookies.read(site.settings, headers, SESSION)
    if not cookie:
        return None
    key = sha256(b"session " + cookie.encode()).digest()
    found: Guest | None = site.windows.recall(key)
    if found is not None:
        return found
    tick = site.windows.marks.tick()
    async with site.db.reading() as tx:
        session = await accounts.session(tx, cookie)
        found = await _read(tx, session, counted) if session and session.state != "suspended" else None
    if session is None or found is None:
        return None
    if not session.used_today:
        async with site.db.transaction() as used:
            await accounts.session_used(used, cookie)
    found = msgspec.structs.replace(found, csrf=session.csrf, cookie=cookie)
    if not tx.passing:
        site.windows.keep(key, found, WEIGHT, Stood(tx.read, tick, tx.ends))
    return found


async def _read(tx: Tx, session: Session, counted: Sequence[Destination]) -> Guest:
    tx.stands_on(Subject.ACCOUNT, session.account_id)
    account = await accounts.one(tx, session.account_id)
    active = session.account_id if session.state == "active" else None
    waiting = await what_waits(tx, account, counted) if active else {}
    hushed = active is not None and any(waiting.values()) and await notifications.hushed(tx, active)
    shown = Guest(active, None, 0, frozenset(), session.state, account=account, waiting=waiting, hushed=hushed)
    return msgspec.structs.replace(shown, frame=sha256(msgspec.msgpack.encode(shown)).digest())


async def what_waits(tx: Tx, account: Account, counted: Sequence[Destination]) -> dict[str, int]:
    """Return how much waits for somebody at the destinations that are open to them and count it, by path.

    Where a badge says nothing of what its number stands on, it is asked again for each page.
    """
    open_to = navigation.looking(account)
    waiting, stood = {}, tx.read
    for one in counted:
        if one.badge and one.who & open_to:
            tx.read = set()
            waiting[one.path] = await one.badge(tx, account.id)
            tx.passing |= not tx.read
            stood |= tx.read
    tx.read = stood
    return waiting


def account(call: Call) -> Account | None:
    """Return the account of who looks, when it may act."""
    guest = call.caller
    return guest.account if isinstance(guest, Guest) and guest.account_id is not None else None


def member(call: Call) -> Account:
    """Return the account of who acts; raises Unauthenticated."""
    found = account(call)
    if found is None:
        raise Unauthenticated
    return found


def cookie_of(call: Call) -> str:
    """Return the session cookie of a call, empty for a visitor."""
    return call.caller.cookie if isinstance(call.caller, Guest) else ""


def session_cookie(settings: Settings, token: str) -> Header:
    """Return the header that opens a session in this browser."""
    return cookies.give(settings, SESSION, token, SIXTY_DAYS)


def no_cookie(settings: Settings) -> Header:
    """Return the header that takes the session out of this browser."""
    return cookies.take_back(settings, SESSION)


def form_word(call: Call) -> tuple[str, tuple[Header, ...]]:
    """Return the word that a form must carry and, for a visitor, the headers that give the cookie it goes with."""
    if isinstance(call.caller, Guest):
        return call.caller.csrf, ()
    settings = call.site.settings
    held = cookies.read(settings, call.headers, FORM)
    cookie = held or token_urlsafe(24)
    return _word(settings, cookie), () if held else (cookies.give(settings, FORM, cookie),)


def guarded(handler: Handler, stale: Handler | None = None) -> Handler:
    """Return a handler that serves only forms of this site; what waited too long is given to `stale`, else raises Stale."""

    async def serve(call: Call) -> Answer:
        try:
            check(call)
        except Stale:
            if stale is None or not rescued.from_here(call.headers):
                raise
            return await stale(call)
        return await handler(call)

    return serve


def check(call: Call) -> None:
    """Raise Stale unless the form carries the word of its session or, from a visitor, of its cookie."""
    given = call.given.get("csrf")
    if isinstance(call.caller, Guest):
        expected = call.caller.csrf
    else:
        cookie = cookies.read(call.site.settings, call.headers, FORM)
        expected = _word(call.site.settings, cookie) if cookie else ""
    if not expected or not isinstance(given, str) or not accounts.same_word(given, expected):
        raise Stale


def _word(settings: Settings, cookie: str) -> str:
    return hmac.digest(settings.secret.encode(), b"form " + cookie.encode(), "sha256").hex()
