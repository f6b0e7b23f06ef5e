"""Accounts of the API: made, shown, changed, found (https://docs.joinmastodon.org/methods/accounts/)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from salledepause.features import accounts, graph
from salledepause.features.accounts import Account, Caller, Family, Problem, ProfileChange, Refused, SignUp
from salledepause.kernel import ids, words
from salledepause.kernel.errors import BadInput, Forbidden, Missing, Refusal
from salledepause.surfaces import params
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import Answer, Call, Rule, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.oauth import PRIVATE, token_entity
from salledepause.surfaces.routes import anyone, app, route, user

PICTURES = 24 * 1024 * 1024
"""Bytes of a form with an avatar and a header."""
MOST_AT_ONCE = 80


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
    try:
        async with call.tx.attempt():
            account_id, recovery = await accounts.sign_up(call.tx, call.site.settings.registration, form)
    except Refused as refused:
        return _refused(call, refused.problems)
    issued = await accounts.issue(call.tx, _newcomer(call, account_id))
    return json(token_entity(issued) | {"salledepause": {"recovery_words": recovery}}, 200, PRIVATE)


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


async def own(call: Call) -> Answer:
    """GET /api/v1/accounts/verify_credentials."""
    return await _own(call)


async def _own(call: Call) -> Answer:
    me = await accounts.one(call.tx, call.me)
    return json(entities.credential_account(call.site, me, await graph.request_count(call.tx, me.id)))


class FieldAsked(msgspec.Struct):
    """One line of a profile."""

    name: str = ""
    value: str = ""


class SourceAsked(msgspec.Struct):
    """How posts begin by default."""

    privacy: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType = UNSET
    quote_policy: Literal["public", "followers", "nobody"] | UnsetType = UNSET


class OursAsked(msgspec.Struct, frozen=True):
    """What is ours of a profile."""

    family: Family | UnsetType = UNSET
    shows_family: bool | UnsetType = UNSET
    mode: Literal["contributor", "reader"] | UnsetType = UNSET


class ChangeAsked(msgspec.Struct):
    """Parameters of a profile change; what is absent stays. `avatar` and `header` are read apart."""

    display_name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    avatar_description: str | UnsetType = UNSET
    header_description: str | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    attribution_domains: list[str] | UnsetType = UNSET
    fields_attributes: Any = UNSET
    source: dict[str, Any] = {}
    salledepause: OursAsked = OursAsked()


async def update(call: Call) -> Answer:
    """PATCH /api/v1/accounts/update_credentials; pictures are decoded outside any transaction, and dropped when it is refused."""
    change, stored = _wanted(call), dict[str, str]()
    try:
        await _pictures(call, stored)
        async with call.site.db.transaction() as call.tx:
            await _change(call, msgspec.structs.replace(change, **stored))
            return await _own(call)
    except Refusal:
        for key in stored.values():
            call.site.blobs.drop(key)
        raise


def _wanted(call: Call) -> ProfileChange:
    asked = call.read(ChangeAsked)
    source = params.decode(asked.source, SourceAsked)
    return ProfileChange(
        name=asked.display_name,
        note=asked.note,
        fields=_fields(asked.fields_attributes),
        avatar_description=asked.avatar_description,
        header_description=asked.header_description,
        locked=asked.locked,
        bot=asked.bot,
        discoverable=asked.discoverable,
        indexable=asked.indexable,
        hide_collections=asked.hide_collections,
        language=source.language,
        default_audience=_audience(source.privacy),
        default_sensitive=source.sensitive,
        attribution_domains=asked.attribution_domains,
        quote_policy=source.quote_policy,
        family=asked.salledepause.family,
        shows_family=asked.salledepause.shows_family,
        mode=asked.salledepause.mode,
    )


def _audience(word: str | UnsetType) -> Literal["public", "unlisted", "followers", "direct"] | UnsetType:
    if isinstance(word, UnsetType) or not word:
        return UNSET
    if word not in entities.AUDIENCE:
        raise BadInput("Visibilité inconnue : public, unlisted, private ou direct.")
    return entities.AUDIENCE[word].value


def _fields(given: Any) -> list[tuple[str, str]] | UnsetType:
    """Return the lines of a profile, sent as a list or as an object whose keys do not matter."""
    if isinstance(given, UnsetType) or given is None or given == "":
        return UNSET
    lines = list(given.values()) if isinstance(given, dict) else given
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise BadInput("Lignes de présentation illisibles : attendu une liste de titres et de valeurs.")
    return [(line.name, line.value) for line in (params.decode(line, FieldAsked) for line in lines)]


async def _pictures(call: Call, stored: dict[str, str]) -> None:
    """Store the pictures that were sent, still and cleaned; their keys go into `stored`, by field. Raises BadInput."""
    for name in accounts.PICTURED:
        upload = call.given.get(name)
        if upload is not None and upload != "":
            if not isinstance(upload, Upload):
                raise BadInput("Attendu un fichier d'image.")
            stored[name] = await accounts.prepare_picture(call.site, name, upload.path)


async def _change(call: Call, change: ProfileChange) -> None:
    """Write a change; old pictures leave once it is durable."""
    for key in await accounts.update_profile(call.tx, call.me, change):
        call.tx.afterwards.append(partial(call.site.blobs.drop, key))


async def drop_avatar(call: Call) -> Answer:
    """DELETE /api/v1/profile/avatar."""
    await _change(call, ProfileChange(avatar=None, avatar_description=""))
    return await _own(call)


async def drop_header(call: Call) -> Answer:
    """DELETE /api/v1/profile/header."""
    await _change(call, ProfileChange(header=None, header_description=""))
    return await _own(call)


async def preferences(call: Call) -> Answer:
    """GET /api/v1/preferences (https://docs.joinmastodon.org/entities/Preferences/)."""
    source = entities.credential_account(call.site, await accounts.one(call.tx, call.me), 0)["source"]
    return json(
        {
            "posting:default:visibility": source["privacy"],
            "posting:default:sensitive": source["sensitive"],
            "posting:default:language": source["language"],
            "posting:default:quote_policy": source["quote_policy"],
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
            "reading:autoplay:gifs": False,
        }
    )


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
    wanted = [ids.parse(text) for text in call.read(SeveralAsked).id[:MOST_AT_ONCE] if text.isascii() and text.isdigit()]
    return await _listed(call, list(dict.fromkeys(wanted)))


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
    domain = call.site.settings.domain
    if not asked.following:
        return await _listed(call, await accounts.search(call.tx, asked.q, domain, limit, offset))
    found = await accounts.search(call.tx, asked.q, domain, MOST_FOLLOWED)
    followed = [one.id for one in await graph.relationships(call.tx, call.me, found) if one.following]
    return await _listed(call, followed[offset : offset + limit])


MOST_FOLLOWED = 1000
"""Accounts found among which those followed are kept."""


async def confirm(call: Call) -> Answer:
    """POST /api/v1/emails/confirmations: there is no e-mail to confirm, hence nothing to send."""
    del call
    return json({})


async def proofs(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/identity_proofs, which Mastodon keeps empty since 3.5."""
    await of_path(call)
    return json([])


CHANGING = Rule("user", "write:accounts", files=PICTURES, budget="media", transaction=False)
ROUTES = [
    route("GET", "/api/v1/accounts/verify_credentials", own, user("profile|read:accounts")),
    route("PATCH", "/api/v1/accounts/update_credentials", update, CHANGING),
    route("GET", "/api/v1/accounts/lookup", lookup, anyone("read:accounts")),
    route("GET", "/api/v1/accounts/search", search, user("read:accounts")),
    route("GET", "/api/v1/preferences", preferences, user("read:accounts")),
    route("DELETE", "/api/v1/profile/avatar", drop_avatar, user("write:accounts")),
    route("DELETE", "/api/v1/profile/header", drop_header, user("write:accounts")),
    route("GET", "/api/v1/accounts", several, anyone("read:accounts")),
    route("POST", "/api/v1/accounts", create, app("write:accounts", budget="sign-up")),
    route("POST", "/api/v1/emails/confirmations", confirm, app()),
    route("GET", "/api/v1/accounts/{id}/identity_proofs", proofs, user("read:accounts")),
    route("GET", "/api/v1/accounts/{id}", show, anyone("read:accounts")),
]
