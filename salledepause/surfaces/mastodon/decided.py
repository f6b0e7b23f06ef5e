"""Decisions about somebody in our API: what was decided about one and why, contesting it, and looking at it again."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts
from salledepause.features.moderation import appeals
from salledepause.features.moderation.appeals import Decided, Verdict
from salledepause.kernel import clock
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import described, entities
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import user


class DecidedEntity(msgspec.Struct, frozen=True):
    """What was decided about one and why; `contest` is what one answers, `answer` what a host says of that.

    `room` is the name of the one that one was put out of.
    """

    id: str
    measure: str
    reason: str
    created_at: str
    contest: str
    verdict: Verdict | None
    answer: str
    may_contest: bool
    url: str
    room: str


class AppealEntity(msgspec.Struct, frozen=True):
    """A decision that is contested, and about whom."""

    account: Entity
    decision: DecidedEntity


def entity(call: Call, one: Decided) -> DecidedEntity:
    """Return a decision."""
    told = (one.words or "", one.verdict, one.answer, one.may_contest, call.site.url(f"/decisions/{one.id}"), one.room)
    return DecidedEntity(str(one.id), one.measure, one.reason, clock.iso(one.at), *told)


async def mine(call: Call) -> Answer:
    """GET /api/salledepause/v1/decisions: what was decided about one, the latest first."""
    return json([entity(call, one) for one in await appeals.mine(call.tx, call.me)])


class AppealAsked(msgspec.Struct):
    """What one answers."""

    words: str = ""


async def contest(call: Call) -> Answer:
    """POST /api/salledepause/v1/decisions/:id/contest: have a person look again."""
    await appeals.contest(call.tx, call.me, call.id(), call.read(AppealAsked).words)
    return json(entity(call, await appeals.one(call.tx, call.me, call.id())))


async def cases(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/appeals: what is contested and waits, the longest first."""
    found = await appeals.cases(call.tx, call.me)
    who = await accounts.load(call.tx, {one.account_id for one in found})
    return json([AppealEntity(entities.account(call.site, who[one.account_id]), entity(call, one)) for one in found])


class AppealSettled(msgspec.Struct):
    """What a host decides, and what the person reads of it; one that is kept needs a reason."""

    verdict: Verdict | None = None
    reason: str = ""


async def settle(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/appeals/:id: keep the decision, with a reason, or lift it."""
    asked = call.read(AppealSettled)
    await appeals.settle(call.tx, call.me, call.id(), asked.verdict, asked.reason)
    return await cases(call)


MINE, ADMIN = "/api/salledepause/v1/decisions", "/api/salledepause/v1/admin/appeals"
OWN = [
    own(f"GET {MINE}", mine, user("read:accounts"), (None, list[DecidedEntity])),
    own(f"POST {MINE}/{{id}}/contest", contest, user("write:accounts"), (AppealAsked, DecidedEntity)),
    own(f"GET {ADMIN}", cases, user("admin:read:accounts"), (None, list[AppealEntity])),
    own(f"POST {ADMIN}/{{id}}", settle, user("admin:write:accounts"), (AppealSettled, list[AppealEntity])),
]
ROUTES = described.lines(OWN)
