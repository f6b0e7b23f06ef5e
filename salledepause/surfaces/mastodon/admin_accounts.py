"""Accounts as hosts see them and decide about them (https://docs.joinmastodon.org/methods/admin/accounts/)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import msgspec

from salledepause.features import accounts, moderation
from salledepause.features.accounts import Account, Sought
from salledepause.features.moderation import Decision, Lifting, Measure
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput, Conflict, Forbidden
from salledepause.surfaces.edge import Answer, Call, Handler, json
from salledepause.surfaces.mastodon import admin_entities, entities
from salledepause.surfaces.routes import route, user

DEFAULT, MOST = 100, 200
"""Accounts of a page."""
STAFF = ("host", "admin")


class Filters(msgspec.Struct):
    """What both versions of the list filter by; nobody here has an e-mail, an address, or another server."""

    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""

    def may_be_here(self, domain: str) -> bool:
        """Tell whether anybody here can be meant."""
        return not self.email and not self.ip and self.by_domain.lower() in {"", domain.lower()}


class AskedV1(Filters):
    """Parameters of the first version: a flag for each standing."""

    local: bool = False
    remote: bool = False
    active: bool = False
    pending: bool = False
    disabled: bool = False
    silenced: bool = False
    suspended: bool = False
    sensitized: bool = False
    staff: bool = False


class AskedV2(Filters):
    """Parameters of the second version: one word for each question."""

    origin: Literal["local", "remote", ""] = ""
    status: Literal["active", "pending", "disabled", "silenced", "suspended", "sensitized", ""] = ""
    permissions: Literal["staff", ""] = ""
    role_ids: list[str] = []
    invited_by: str = ""


async def listed_v1(call: Call) -> Answer:
    """GET /api/v1/admin/accounts."""
    asked = call.read(AskedV1)
    sought = Sought(
        active=asked.active,
        pending=asked.pending,
        disabled=asked.disabled,
        silenced=asked.silenced,
        suspended=asked.suspended,
        sensitized=asked.sensitized,
        roles=STAFF if asked.staff else (),
        handle=asked.username,
        name=asked.display_name,
    )
    return await _listed(call, sought, nobody=asked.remote and not asked.local, filters=asked)


async def listed_v2(call: Call) -> Answer:
    """GET /api/v2/admin/accounts."""
    asked = call.read(AskedV2)
    roles = set(STAFF if asked.permissions else entities.ROLES)
    if asked.role_ids:
        roles &= {name for name, (identifier, _, _) in entities.ROLES.items() if identifier in asked.role_ids}
    sought = Sought(
        **({asked.status: True} if asked.status else {}),
        roles=tuple(sorted(roles)) if asked.permissions or asked.role_ids else (),
        handle=asked.username,
        name=asked.display_name,
    )
    nobody = asked.origin == "remote" or bool(asked.invited_by) or not roles
    return await _listed(call, sought, nobody=nobody, filters=asked)


async def _listed(call: Call, sought: Sought, *, nobody: bool, filters: Filters) -> Answer:
    """Return a page of accounts; what nobody here can be is answered by an empty one, to hosts alone."""
    page = call.page(DEFAULT, MOST)
    if nobody or not filters.may_be_here(call.site.settings.domain):
        await moderation.keeper(call.tx, call.me)
        return json([])
    found = await moderation.people(call.tx, call.me, sought, page)
    return json(await _entities(call, found.items), headers=call.link(found))


async def _entities(call: Call, found: Sequence[Account]) -> list[entities.Entity]:
    reasons = await accounts.reasons(call.tx, [one.id for one in found if one.state == "pending"])
    return [admin_entities.account(call.site, one, reasons.get(one.id)) for one in found]


async def show(call: Call) -> Answer:
    """GET /api/v1/admin/accounts/:id."""
    found = await moderation.person(call.tx, call.me, call.id())
    return json((await _entities(call, [found]))[0])


async def approve(call: Call) -> Answer:
    """POST /api/v1/admin/accounts/:id/approve; 403 when nobody waits there, as Mastodon answers."""
    try:
        await moderation.approve(call.tx, call.me, call.id())
    except Conflict:
        raise Forbidden from None
    return await show(call)


async def reject(call: Call) -> Answer:
    """POST /api/v1/admin/accounts/:id/reject: who waits is erased, and shown a last time; 403 when nobody waits there."""
    before = await moderation.person(call.tx, call.me, call.id())
    try:
        gone = await moderation.reject(call.tx, call.me, before.id)
    except Conflict:
        raise Forbidden from None
    return _parted(call, before, gone)


async def erase(call: Call) -> Answer:
    """DELETE /api/v1/admin/accounts/:id: an admin erases a suspended account, which is shown a last time."""
    before = await moderation.person(call.tx, call.me, call.id())
    return _parted(call, before, await moderation.erase(call.tx, call.me, before.id))


def _parted(call: Call, before: Account, gone: Sequence[str]) -> Answer:
    for key in gone:
        call.tx.afterwards.append(partial(call.site.blobs.drop, key))
    return json(admin_entities.account(call.site, before))


class ActionAsked(msgspec.Struct):
    """A measure and why; no e-mail is sent, and there are no prepared texts."""

    type: Measure | None = None
    report_id: str = ""
    text: str = ""


async def act(call: Call) -> Answer:
    """POST /api/v1/admin/accounts/:id/action."""
    target = await moderation.person(call.tx, call.me, call.id())
    asked = call.read(ActionAsked)
    if asked.type is None:
        raise BadInput("Dites quelle mesure prendre (paramètre type).")
    report_id = ids.parse(asked.report_id) if asked.report_id else None
    await moderation.decide(call.tx, call.me, target.id, Decision(asked.type, asked.text, report_id))
    return json({})


def _lift(lifting: Lifting) -> Handler:
    async def handler(call: Call) -> Answer:
        await moderation.lift(call.tx, call.me, call.id(), lifting)
        return await show(call)

    return handler


READING, WRITING = user("admin:read:accounts"), user("admin:write:accounts")
ONE = "/api/v1/admin/accounts/{id}"
ROUTES = [
    route("GET", "/api/v1/admin/accounts", listed_v1, READING),
    route("GET", "/api/v2/admin/accounts", listed_v2, READING),
    route("GET", ONE, show, READING),
    route("DELETE", ONE, erase, WRITING),
    route("POST", ONE + "/approve", approve, WRITING),
    route("POST", ONE + "/reject", reject, WRITING),
    route("POST", ONE + "/action", act, WRITING),
    route("POST", ONE + "/enable", _lift("enable"), WRITING),
    route("POST", ONE + "/unsilence", _lift("unsilence"), WRITING),
    route("POST", ONE + "/unsuspend", _lift("unsuspend"), WRITING),
    route("POST", ONE + "/unsensitive", _lift("unsensitive"), WRITING),
]
