"""Opening and closing one's own door: password, recovery words, leaving without a trace in the browser."""

from __future__ import annotations

from contextlib import AbstractContextManager

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import Account
from salledepause.kernel.errors import Refusal, TooMany
from salledepause.surfaces import limits
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import addresses, guests, safety, wording
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

REFUSED = 422
WAKE = "/reveil"


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed to come in again."""

    handle: str = ""
    password: str = ""
    words: str = ""
    next: str = "/"


async def show(call: Call) -> Answer:
    """GET /connexion."""
    form = call.read(Form)
    if isinstance(call.caller, guests.Guest):
        return safety.to(addresses.header_value(addresses.own(form.next)))
    return _page(call, "signin.html", form)


async def enter(call: Call) -> Answer:
    """POST /connexion: open a session."""
    form = call.read(Form)
    try:
        with one_guess(call, "password", form.handle):
            token, _ = await accounts.sign_in(call.site, form.handle, form.password)
    except TooMany:
        raise
    except Refusal as refusal:
        return _page(call, "signin.html", form, refusal)
    return await opened(call, token, form.next)


async def opened(call: Call, token: str, wanted: str) -> Answer:
    """Return the way in by a session just opened: where one wanted to go, or, for who sleeps, to be asked whether to wake."""
    async with call.site.db.reading() as tx:
        session = await accounts.session(tx, token)
    sleeps = session is not None and session.state == "asleep"
    cookie = guests.session_cookie(call.site.settings, token)
    return safety.to(addresses.header_value(WAKE if sleeps else addresses.own(wanted)), cookie)


async def leave(call: Call) -> Answer:
    """POST /deconnexion: close the session here and on the server."""
    if cookie := guests.cookie_of(call):
        await accounts.close_session(call.tx, cookie)
    back = addresses.own(call.read(Form).next)
    return safety.to(addresses.header_value(back), guests.no_cookie(call.site.settings), guests.FORGET)


async def show_recovery(call: Call) -> Answer:
    """GET /recuperation."""
    return _page(call, "recovery.html", call.read(Form))


async def recover(call: Call) -> Answer:
    """POST /recuperation: a new password for eight words; eight new words for the next time."""
    form = call.read(Form)
    try:
        with one_guess(call, "words", form.handle):
            secret = await accounts.recover(call.site, form.handle, form.words, form.password)
    except TooMany:
        raise
    except Refusal as refusal:
        return _page(call, "recovery.html", form, refusal)
    csrf, cookie = guests.form_word(call)
    return page(call, "words.html", words=secret, next="/connexion", why="recovered", csrf=csrf, headers=(*cookie, safety.SECRET))


class Proof(msgspec.Struct, frozen=True):
    """What confirms what cannot be undone: one's password, or what a device signed."""

    password: str = ""
    credential: str = ""


async def doubt(call: Call, me: Account, proof: Proof) -> dict[str, str]:
    """Return why a proof does not confirm what its person is about to do, by the field; nothing when it does. Raises TooMany."""
    try:
        if proof.credential:
            async with call.site.db.transaction() as tx:
                await accounts.passkeys.confirm(tx, call.site.settings, me.id, proof.credential)
        else:
            with one_guess(call, "password", me.handle):
                await accounts.confirm(call.site, me.id, proof.password)
    except TooMany:
        raise
    except Refusal as refusal:
        return {"cle" if proof.credential else "password": wording.told(refusal, call.language)}
    return {}


def one_guess(call: Call, secret: str, handle: str) -> AbstractContextManager[None]:
    """Count the block as one try of this peer at a secret of the handle that was typed, however it was written."""
    who = limits.peer(call.scope, call.headers, call.site.settings.trusted_proxies)
    whose = accounts.local_handle(handle, call.site.settings.domain) or handle
    guesses: limits.Guesses = call.manner.guesses
    return guesses.one(secret, whose, who)


def _page(call: Call, template: str, form: Form, refusal: Refusal | None = None) -> Answer:
    csrf, cookie = guests.form_word(call)
    error = wording.told(refusal, call.language) if refusal else ""
    return page(call, template, form=form, error=error, csrf=csrf, headers=cookie, status=REFUSED if refusal else 200)


DESTINATIONS = [Destination("Entrer", "/connexion", "door", Who.VISITOR, rank=60, bar=True)]
ROUTES = [
    route("GET", "/connexion", show, anyone()),
    route("POST", "/connexion", guests.guarded(enter), anyone(budget="auth", transaction=False)),
    route("POST", "/deconnexion", guests.guarded(leave), anyone()),
    route("GET", "/recuperation", show_recovery, anyone()),
    route("POST", "/recuperation", guests.guarded(recover), anyone(budget="auth", transaction=False)),
]
