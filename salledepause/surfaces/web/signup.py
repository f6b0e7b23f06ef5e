"""Coming in, in three steps: a pseudonym; from where one speaks and whether one writes; eight words, noted and asked back.

What was filled in goes from step to step inside the form, sealed so that only this installation reads it, for an hour.
Nothing is written before the last step.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from random import SystemRandom
from typing import Any, Literal

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import Family, Keys, Policy, Problem, Refused, SignUp
from salledepause.kernel import clock, keys
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
STALE = "Cette inscription a trop attendu : recommencez-la depuis le début, rien n'a été enregistré."
WRONG_WORD = "Ce n'est pas le mot n° {number}."
AN_HOUR = 3600
ASKED_BACK = 3
ANSWERS = ("one", "two", "three")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a newcomer has filled in so far."""

    handle: str = ""
    password: str = ""
    family: Family | None = None
    mode: Literal["contributor", "reader"] = "contributor"
    reason: str = ""
    invitation: str = ""
    next: str = "/"


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What goes along from step to step; with the keys of the account, once they are drawn, and which words are asked back."""

    form: Form
    at: int
    drawn: Keys = Keys("", "", ())
    asked: tuple[int, ...] = ()


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """The state that a form carries, and the words given back."""

    state: str = ""
    again: bool = False
    one: str = ""
    two: str = ""
    three: str = ""


async def show(call: Call) -> Answer:
    """GET /inscription: a pseudonym to choose."""
    if isinstance(call.caller, guests.Guest):
        return safety.to(b"/")
    return await _first(call, call.read(Form), {})


async def choose(call: Call) -> Answer:
    """POST /inscription: the pseudonym and the password will do; on to who one is."""
    form = call.read(Form)
    try:
        await _check(call, form)
    except Refused as refusal:
        return await _corrected(call, form, refusal)
    return _second(call, form, {})


async def present(call: Call) -> Answer:
    """POST /inscription/qui: who one is will do; on to the words, which are shown."""
    given, carried = call.read(Form), _opened(call)
    form = msgspec.structs.replace(given, handle=carried.form.handle, password=carried.form.password, next=carried.form.next)
    try:
        await _check(call, form, call.site.settings.registration)
    except Refused as refusal:
        return await _corrected(call, form, refusal)
    call.manner.limit(call, NEWCOMER)
    drawn = await accounts.draw_keys(call.site, form.password)
    asked = sorted(SystemRandom().sample(range(len(drawn.words)), ASKED_BACK))
    return _words(call, Sealed(form=form, at=carried.at, drawn=drawn, asked=tuple(asked)))


async def note(call: Call) -> Answer:
    """POST /inscription/mots: the words are noted, three of them are asked back; or shown `again`."""
    sealed = _with_words(call)
    return _words(call, sealed) if call.read(Carried).again else _asking(call, sealed, {})


async def enter(call: Call) -> Answer:
    """POST /inscription/fin: the words were right; make the account, open a session."""
    given, sealed = call.read(Carried), _with_words(call)
    answers = dict(zip(ANSWERS, sealed.asked, strict=True))
    wrong = {name: place for name, place in answers.items() if not _same(getattr(given, name), sealed.drawn.words[place])}
    if wrong:
        told = wording.said(WRONG_WORD, call.language)
        return _asking(call, sealed, {name: told.format(number=place + 1) for name, place in wrong.items()})
    try:
        async with call.site.db.transaction() as tx:
            wanted = _wanted(call, sealed.form)
            account_id = await accounts.sign_up(tx, call.site.settings.registration, wanted, sealed.drawn)
            token, _ = await accounts.open_session(tx, account_id)
    except Refused as refusal:
        return await _corrected(call, sealed.form, refusal)
    cookie = guests.session_cookie(call.site.settings, token)
    return safety.to(addresses.header_value(addresses.own(sealed.form.next)), cookie)


class Ticked(msgspec.Struct):
    """The confirmation that the words are noted."""

    noted: bool = False
    next: str = "/"


async def confirm(call: Call) -> Answer:
    """POST /inscription/entree: new words are noted, go on."""
    ticked = call.read(Ticked)
    if not ticked.noted:
        raise BadInput(NOT_TICKED)
    return safety.to(addresses.header_value(addresses.own(ticked.next)))


def _wanted(call: Call, form: Form) -> SignUp:
    return SignUp(
        handle=form.handle.strip().removeprefix("@"),
        password=form.password,
        family=form.family or Family.OTHER,
        mode=form.mode,
        reason=form.reason,
        invitation=form.invitation.strip(),
        language=call.language,
    )


async def _check(call: Call, form: Form, policy: Policy | None = None) -> None:
    """Raise Refused for what is wrong: of the first step alone, or of all of it under a policy."""
    if policy and form.family is None:
        raise Refused([Problem("family", "ERR_BLANK", BadInput(NO_FAMILY))])
    async with call.site.db.reading() as tx:
        await accounts.check_sign_up(tx, policy or "open", _wanted(call, form))


def _same(given: str, word: str) -> bool:
    return accounts.folded(given) == accounts.folded(word)


def _seal(call: Call, sealed: Sealed) -> str:
    text = msgspec.json.encode(sealed).decode()
    return urlsafe_b64encode(keys.sealed(call.site.settings.secret, text)).decode()


def _opened(call: Call) -> Sealed:
    """Return what the form carries; raises BadInput for anything that was not sealed here within the hour."""
    try:
        held = urlsafe_b64decode(call.read(Carried).state.encode())
        text = keys.unsealed(call.site.settings.secret, held)
        sealed = msgspec.json.decode(text or "", type=Sealed)
    except (Error, ValueError, msgspec.DecodeError) as error:
        raise BadInput(STALE) from error
    if clock.now().timestamp() - sealed.at > AN_HOUR:
        raise BadInput(STALE)
    return sealed


def _with_words(call: Call) -> Sealed:
    sealed = _opened(call)
    if not sealed.asked:
        raise BadInput(STALE)
    return sealed


async def _corrected(call: Call, form: Form, refusal: Refused) -> Answer:
    """Return the step at which something has to be corrected, the first of them."""
    problems = {one.field: wording.told(one.refusal, call.language) for one in refusal.problems}
    if {"handle", "password"} & problems.keys():
        return await _first(call, form, problems)
    return _second(call, form, problems)


async def _first(call: Call, form: Form, problems: dict[str, str]) -> Answer:
    async with call.site.db.reading() as tx:
        drawn = await accounts.suggestions(tx)
    return _step(call, "signup.html", problems, form=form, drawn=drawn)


def _second(call: Call, form: Form, problems: dict[str, str]) -> Answer:
    state = _seal(call, Sealed(form=form, at=int(clock.now().timestamp())))
    return _step(call, "signup_who.html", problems, form=form, state=state)


def _words(call: Call, sealed: Sealed) -> Answer:
    return _step(call, "signup_words.html", {}, words=sealed.drawn.words, state=_seal(call, sealed))


def _asking(call: Call, sealed: Sealed, problems: dict[str, str]) -> Answer:
    asked = list(zip(ANSWERS, sealed.asked, strict=True))
    return _step(call, "signup_asked.html", problems, asked=asked, state=_seal(call, sealed))


def _step(call: Call, template: str, problems: dict[str, str], **values: Any) -> Answer:
    csrf, cookie = guests.form_word(call)
    headers = (*cookie, safety.SECRET) if "state" in values else cookie
    return page(call, template, csrf=csrf, problems=problems, headers=headers, **values)


DESTINATIONS = [Destination("S'inscrire", "/inscription", "plant", Who.VISITOR, rank=65)]
ROUTES = [
    route("GET", "/inscription", show, anyone()),
    route("POST", "/inscription", guests.guarded(choose), anyone(transaction=False)),
    route("POST", "/inscription/qui", guests.guarded(present), anyone(transaction=False)),
    route("POST", "/inscription/mots", guests.guarded(note), anyone(transaction=False)),
    route("POST", "/inscription/fin", guests.guarded(enter), anyone(transaction=False)),
    route("POST", "/inscription/entree", guests.guarded(confirm), anyone()),
]
