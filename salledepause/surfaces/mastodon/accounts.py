"""Accounts of the API: made, shown, found (https://docs.joinmastodon.org/methods/accounts/)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from salledepause.features import accounts, graph
from salledepause.features.accounts import Account, Caller, Family, Problem, Refused, SignUp, Wanted
from salledepause.kernel import ids, words
from salledepause.kernel.errors import BadInput, Forbidden, Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.oauth import PRIVATE, token_entity
from salledepause.surfaces.routes import app, reading, route, user

MOST_AT_ONCE = 80
FAREST = 1000
"""People that one may skip in a search."""


class SignUpAsked(msgspec.Struct):
    """Parameters of a sign-up. An `email` is accepted and read by nobody."""

    username: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = ""
    reason: str = ""
    invite_code: str = ""
    family: Family = Family.OTHER
    mode: Literal["contributor", "reader"] = "contributor"


NAMES = {"handle": "username", "invitation": "invite_code"}
"""Our fields as Mastodon names them."""


async def create(call: Call) -> Answer:
    """POST /api/v1/accounts: a Token, and under `salledepause` the recovery words, shown this once."""
    try:
        asked = call.read(SignUpAsked)
    except BadInput as refusal:
        return json({"error": words.told(refusal, call.language), "details": {}}, refusal.status)
    if not asked.agreement:
        return _refused(call, [Problem("agreement", "ERR_ACCEPTED", BadInput("Acceptez la charte de la maison pour entrer."))])
    form = SignUp(
        handle=asked.username,
        password=asked.password,
        family=asked.family,
        mode=asked.mode,
        reason=asked.reason,
        invitation=asked.invite_code,
        language=asked.locale,
    )
    policy = call.site.settings.registration
    try:
        async with call.site.db.reading() as tx:
            await accounts.check_sign_up(tx, policy, form)
        keys = await accounts.draw_keys(call.site, form.password)
        async with call.site.db.transaction() as tx:
            account_id = await accounts.sign_up(tx, policy, form, keys)
            issued = await accounts.issue(tx, _newcomer(call, account_id))
    except Refused as refused:
        return _refused(call, refused.problems)
    return json(token_entity(issued) | {"salledepause": {"recovery_words": keys.words}}, 200, PRIVATE)


def _newcomer(call: Call, account_id: int) -> Caller:
    """Return who the new token speaks for: the newcomer, through the same app, with the same scopes."""
    if call.caller is None:
        raise Forbidden
    return msgspec.structs.replace(call.caller, account_id=account_id)


def _refused(call: Call, problems: Sequence[Problem]) -> Answer:
    details: dict[str, list[dict[str, str]]] = {}
    for problem in problems:
        told = {"error": problem.code, "description": words.told(problem.refusal, call.language)}
        details.setdefault(NAMES.get(problem.field, problem.field), []).append(told)
    sentences = " ".join(told["description"] for one in details.values() for told in one)
    intro = words.catalogue(call.language).gettext("Inscription refusée :")
    return json({"error": f"{intro} {sentences}", "details": details}, BadInput.status)


async def show(call: Call) -> Answer:
    """GET /api/v1/accounts/:id."""
    return json(entities.account(call.site, await of_path(call)))


class LookupAsked(msgspec.Struct):
    """Whom to look up."""

    acct: str = ""


async def lookup(call: Call) -> Answer:
    """GET /api/v1/accounts/lookup."""
    domain = call.site.settings.domain
    return json(entities.account(call.site, _met(call, await accounts.by_handle(call.tx, call.read(LookupAsked).acct, domain))))


async def of_path(call: Call) -> Account:
    """Return the account that the path names; raises Missing for nobody and for who waits to be let in."""
    return _met(call, await accounts.one(call.tx, call.id()))


def _met(call: Call, one: Account) -> Account:
    if one.state == "pending" and one.id != call.viewer:
        raise Missing
    return one


class SeveralAsked(msgspec.Struct):
    """Ids of accounts."""

    id: list[str] = []


async def several(call: Call) -> Answer:
    """GET /api/v1/accounts?id[]=…: those that exist, in the order asked."""
    return await _listed(call, ids.several(call.read(SeveralAsked).id[:MOST_AT_ONCE]))


async def _listed(call: Call, wanted: Sequence[int]) -> Answer:
    found = await accounts.load(call.tx, wanted)
    return json([entities.account(call.site, found[one]) for one in wanted if one in found and found[one].state != "pending"])


class SearchAsked(msgspec.Struct):
    """What to look for; `resolve` finds nothing more here."""

    q: str = ""
    limit: int = 40
    offset: int = 0
    following: bool = False


async def search(call: Call) -> Answer:
    """GET /api/v1/accounts/search."""
    asked = call.read(SearchAsked)
    limit, offset = max(1, min(asked.limit, MOST_AT_ONCE)), max(0, asked.offset)
    wanted = Wanted(asked.q, limit, min(offset, FAREST), only_near=asked.following)
    return await _listed(call, await people_found(call, wanted))


async def people_found(call: Call, wanted: Wanted) -> list[int]:
    """Return the ids of the people that a text finds for who asks, those they follow before others."""
    near = (await graph.whom(call.tx, call.viewer))[0] if call.viewer else []
    domain = call.site.settings.domain
    return await accounts.search(call.tx, msgspec.structs.replace(wanted, near=tuple(near)), domain)


async def confirm(call: Call) -> Answer:
    """POST /api/v1/emails/confirmations: there is no e-mail to confirm, hence nothing to send."""
    del call
    return json({})


async def proofs(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/identity_proofs, which Mastodon keeps empty since 3.5."""
    await of_path(call)
    return json([])


ROUTES = [
    route("GET", "/api/v1/accounts/lookup", lookup, reading("read:accounts")),
    route("GET", "/api/v1/accounts/search", search, user("read:accounts")),
    route("GET", "/api/v1/accounts", several, reading("read:accounts")),
    route("POST", "/api/v1/accounts", create, app("write:accounts", budget="sign-up", transaction=False)),
    route("POST", "/api/v1/emails/confirmations", confirm, app()),
    route("GET", "/api/v1/accounts/{id}/identity_proofs", proofs, user("read:accounts")),
    route("GET", "/api/v1/accounts/{id}", show, reading("read:accounts")),
]
