"""Coming in: a pseudonym, a password, a role family; then eight words, shown once."""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import Family, Keys, Problem, Refused, SignUp
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call, Rule
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import addresses, guests, safety, wording
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

NEWCOMER = Rule(budget="sign-up")
"""Counted once a form is right, before its hashes are made: what has to be corrected costs a newcomer nothing."""
NO_FAMILY = "Dites d'où vous parlez ; « autre » convient à tout le monde."
NOT_TICKED = "Cochez la case quand vos huit mots sont notés ; revenez à la page précédente pour les relire."


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a newcomer fills in."""

    handle: str = ""
    password: str = ""
    family: Family | None = None
    mode: Literal["contributor", "reader"] = "contributor"
    reason: str = ""
    invitation: str = ""
    next: str = "/"


async def show(call: Call) -> Answer:
    """GET /inscription."""
    if isinstance(call.caller, guests.Guest):
        return safety.to(b"/")
    return _form(call, call.read(Form), {})


async def enter(call: Call) -> Answer:
    """POST /inscription: make the account, open a session, show the recovery words."""
    form = call.read(Form)
    try:
        wanted = _wanted(call, form)
        keys = await _keys(call, wanted)
        async with call.site.db.transaction() as tx:
            account_id = await accounts.sign_up(tx, call.site.settings.registration, wanted, keys)
            token, csrf = await accounts.open_session(tx, account_id)
            account = await accounts.one(tx, account_id)
    except Refused as refusal:
        return _form(call, form, {one.field: wording.told(one.refusal, call.language) for one in refusal.problems})
    call.caller = guests.Guest(
        account_id if account.state == "active" else None, None, 0, frozenset(), account.state, csrf, token, account
    )
    cookie = guests.session_cookie(call.site.settings, token)
    return page(call, "words.html", words=keys.words, next=addresses.own(form.next), fresh=True, headers=(cookie, safety.SECRET))


class Ticked(msgspec.Struct):
    """The confirmation that the words are noted."""

    noted: bool = False
    next: str = "/"


async def confirm(call: Call) -> Answer:
    """POST /inscription/entree: the words are noted, come in."""
    ticked = call.read(Ticked)
    if not ticked.noted:
        raise BadInput(NOT_TICKED)
    return safety.to(addresses.header_value(addresses.own(ticked.next)))


def _wanted(call: Call, form: Form) -> SignUp:
    if form.family is None:
        raise Refused([Problem("family", "ERR_BLANK", BadInput(NO_FAMILY))])
    return SignUp(
        handle=form.handle.strip().removeprefix("@"),
        password=form.password,
        family=form.family,
        mode=form.mode,
        reason=form.reason,
        invitation=form.invitation.strip(),
        language=call.language,
    )


async def _keys(call: Call, wanted: SignUp) -> Keys:
    """Return the keys of a right form, once it is counted; raises Refused, TooMany."""
    async with call.site.db.reading() as tx:
        await accounts.check_sign_up(tx, call.site.settings.registration, wanted)
    call.manner.limit(call, NEWCOMER)
    return await accounts.draw_keys(call.site, wanted.password)


def _form(call: Call, form: Form, problems: dict[str, str]) -> Answer:
    csrf, cookie = guests.form_word(call)
    return page(call, "signup.html", form=form, problems=problems, csrf=csrf, headers=cookie, status=422 if problems else 200)


DESTINATIONS = [Destination("S'inscrire", "/inscription", "plant", Who.VISITOR, rank=65)]
ROUTES = [
    route("GET", "/inscription", show, anyone()),
    route("POST", "/inscription", guests.guarded(enter), anyone(transaction=False)),
    route("POST", "/inscription/entree", guests.guarded(confirm), anyone()),
]
