"""Passkeys in pages: added, named and removed in the settings, used to enter and to confirm; only this needs a script."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts
from salledepause.kernel.errors import Refusal, TooMany
from salledepause.surfaces.edge import JSON, Answer, Call
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import addresses, answers, guests, messages, safety, wording
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.signin import one_guess, opened

HERE, KEYS = "/reglages/securite", "/reglages/cles"
REFUSED = 422


class Given(msgspec.Struct, frozen=True):
    """What a device answered, and what goes with it."""

    credential: str = ""
    name: str = ""
    password: str = ""
    next: str = "/"


async def ask_new(call: Call) -> Answer:
    """POST /reglages/cles/defi: what a device is asked so that it makes a key."""
    return _options(await accounts.passkeys.creation(call.tx, call.site.settings, guests.member(call)))


async def add(call: Call) -> Answer:
    """POST /reglages/cles: keep the key that a device made, for who gives their password."""
    given, me = call.read(Given), guests.member(call)
    with one_guess(call, "password", me.handle):
        await accounts.confirm(call.site, me.id, given.password)
    async with call.site.db.transaction() as tx:
        await accounts.passkeys.add(tx, call.site.settings, me.id, given.credential, given.name)
    return answers.back(call, HERE, messages.notice("Cette clé ouvre maintenant votre compte.", call))


async def ask_proof(call: Call) -> Answer:
    """POST /reglages/cles/preuve: what a device is asked so that it confirms what its person is about to do."""
    return _options(await accounts.passkeys.challenge(call.tx, call.site.settings, call.me))


async def rename(call: Call) -> Answer:
    """POST /reglages/cles/{id}: give a key a name."""
    await accounts.passkeys.rename(call.tx, call.me, call.id(), call.read(Given).name)
    return answers.back(call, HERE, messages.notice("C'est enregistré.", call))


async def remove(call: Call) -> Answer:
    """POST /reglages/cles/{id}/retirer."""
    await accounts.passkeys.remove(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("Cette clé n'ouvre plus rien.", call))


async def ask(call: Call) -> Answer:
    """POST /connexion/cle/defi: what a device is asked so that it opens an account."""
    return _options(await accounts.passkeys.challenge(call.tx, call.site.settings))


async def enter(call: Call) -> Answer:
    """POST /connexion/cle: open a session by what a device signed."""
    given = call.read(Given)
    try:
        async with call.site.db.transaction() as tx:
            token, _ = await accounts.passkeys.enter(tx, call.site.settings, given.credential)
    except TooMany:
        raise
    except Refusal as refusal:
        csrf, cookie = guests.form_word(call)
        error = wording.told(refusal, call.language)
        form = {"handle": "", "next": addresses.own(given.next)}
        return page(call, "signin.html", form=form, error=error, csrf=csrf, headers=cookie, status=REFUSED)
    return await opened(call, token, given.next)


def _options(text: str) -> Answer:
    return Answer(text.encode(), headers=safety.dressed((JSON, safety.SECRET)))


ROUTES = [
    route("POST", f"{KEYS}/defi", guests.guarded(ask_new), user("")),
    route("POST", f"{KEYS}/preuve", guests.guarded(ask_proof), user("")),
    route("POST", KEYS, guests.guarded(add), user("", budget="auth", transaction=False)),
    route("POST", f"{KEYS}/{{id}}", guests.guarded(rename), user("")),
    route("POST", f"{KEYS}/{{id}}/retirer", guests.guarded(remove), user("")),
    route("POST", "/connexion/cle/defi", guests.guarded(ask), anyone(budget="auth")),
    route("POST", "/connexion/cle", guests.guarded(enter), anyone(budget="auth", transaction=False)),
]
