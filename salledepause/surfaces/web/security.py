"""What opens one's account: its password, its recovery words, the browsers and apps that are in; each changed or closed here."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts
from salledepause.kernel import ids
from salledepause.kernel.errors import Refusal, TooMany
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, safety, wording
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.signin import one_guess

HERE = "/reglages/securite"
REFUSED = 422
TWICE = "Les deux nouveaux mots de passe ne sont pas les mêmes."


async def show(call: Call) -> Answer:
    """GET /reglages/securite."""
    return await _shown(call, {})


class Passwords(msgspec.Struct, frozen=True):
    """The old password, and the new one twice."""

    old: str = ""
    new: str = ""
    again: str = ""


async def change_password(call: Call) -> Answer:
    """POST /reglages/mot-de-passe: every other browser and every app is signed out."""
    given, me = call.read(Passwords), guests.member(call)
    if given.new != given.again:
        return await _refused(call, {"again": wording.said(TWICE, call.language)})
    try:
        with one_guess(call, "password", me.handle):
            await accounts.change_password(call.site, me.id, (given.old, given.new), guests.cookie_of(call))
    except TooMany:
        raise
    except Refusal as refusal:
        field = "old" if refusal.status != REFUSED else "new"
        return await _refused(call, {field: wording.told(refusal, call.language)})
    done = messages.notice("Votre mot de passe est changé ; partout ailleurs, il faudra entrer de nouveau.", call)
    return answers.back(call, HERE, done)


class Password(msgspec.Struct, frozen=True):
    """The password, asked before what cannot be undone."""

    password: str = ""


async def renew_words(call: Call) -> Answer:
    """POST /reglages/mots: draw eight new words and show them once; the old ones are worth nothing."""
    given, me = call.read(Password), guests.member(call)
    try:
        with one_guess(call, "password", me.handle):
            words = await accounts.new_words(call.site, me.id, given.password)
    except TooMany:
        raise
    except Refusal as refusal:
        return await _refused(call, {"password": wording.told(refusal, call.language)})
    return page(call, "words.html", words=words, next=HERE, why="renewed", headers=(safety.SECRET,))


async def close_session(call: Call) -> Answer:
    """POST /reglages/sessions/{id}: sign one browser out."""
    await accounts.close_one(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("Ce navigateur est déconnecté.", call))


async def close_others(call: Call) -> Answer:
    """POST /reglages/sessions: sign every other browser and every app out."""
    await accounts.close_everything(call.tx, call.me, but=guests.cookie_of(call))
    return answers.back(call, HERE, messages.notice("Tout est fermé, sauf ce navigateur.", call))


async def revoke_app(call: Call) -> Answer:
    """POST /reglages/applications/{id}: take back everything that an app holds."""
    await accounts.revoke_app(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("Cette application est déconnectée.", call))


async def _refused(call: Call, problems: dict[str, str]) -> Answer:
    async with call.site.db.reading() as call.tx:
        return await _shown(call, problems)


async def _shown(call: Call, problems: dict[str, str]) -> Answer:
    sessions = await accounts.open_sessions(call.tx, call.me, guests.cookie_of(call))
    opened = [(one, ids.made_at(one.id)) for one in sessions]
    apps = await accounts.open_apps(call.tx, call.me)
    kept = [(one, ids.made_at(one.id)) for one in await accounts.passkeys.passkeys(call.tx, call.me)]
    return page(call, "security.html", sessions=opened, apps=apps, passkeys=kept, problems=problems)


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", "/reglages/mot-de-passe", guests.guarded(change_password), user("", budget="auth", transaction=False)),
    route("POST", "/reglages/mots", guests.guarded(renew_words), user("", budget="auth", transaction=False)),
    route("POST", "/reglages/sessions", guests.guarded(close_others), user("")),
    route("POST", "/reglages/sessions/{id}", guests.guarded(close_session), user("")),
    route("POST", "/reglages/applications/{id}", guests.guarded(revoke_app), user("")),
]
