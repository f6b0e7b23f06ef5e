"""The red line of pictures in our API: what is held from view, for its author and for hosts; what is refused, for hosts."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from salledepause.features import accounts, moderation, posts
from salledepause.features.accounts import Account
from salledepause.features.moderation.images import Case, Refusal
from salledepause.features.red_line import IMAGE_RULE, Held, RefusedPicture, Verdict
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput
from salledepause.surfaces import house
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import AS_SET, Answer, Call, Rule, json
from salledepause.surfaces.mastodon import described, entities
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import user


class StatementEntity(msgspec.Struct, frozen=True):
    """Why a medium is held: facts, rule, whether a machine did it, how to contest (Digital Services Act, article 17).

    `decision_id` is what a host decided, which is contested among decisions where the medium is refused.
    """

    media_id: str
    rule: str
    facts: Literal["report", "likeness"]
    automated: bool
    held_at: str
    verdict: Verdict | None
    reason: str
    contest: str
    url: str
    decision_id: str | None


class CaseEntity(msgspec.Struct, frozen=True):
    """What hosts see of a held medium, its Account, its status, what was said of it; nothing says who reported."""

    media_id: str
    account: Entity
    status_id: str | None
    said: str
    statement: StatementEntity


class RefusedEntity(msgspec.Struct, frozen=True):
    """A refused picture, of which only the rule and the day are known, and how far what was here is compared with it."""

    id: str
    rule: str
    listed_on: date
    looked: int
    to_look: int
    done: bool


def statement(call: Call, one: Held) -> StatementEntity:
    """Return why a medium is held, or was."""
    return StatementEntity(
        media_id=str(one.media_id),
        rule=str(one.rule),
        facts="likeness" if one.automated else "report",
        automated=one.verdict is None,
        held_at=clock.iso(one.held_at),
        verdict=one.verdict,
        reason=one.reason,
        contest=one.contest,
        url=call.site.url(f"/images/{one.media_id}"),
        decision_id=str(one.act_id) if one.act_id and one.verdict != "restored" else None,
    )


def case(call: Call, one: Case, account: Account) -> CaseEntity:
    """Return what hosts see of a held medium."""
    post_id = str(one.post_id) if one.post_id else None
    who = entities.account(call.site, account)
    return CaseEntity(str(one.held.media_id), who, post_id, one.said, statement(call, one.held))


def refused(one: RefusedPicture) -> RefusedEntity:
    """Return a refused picture."""
    return RefusedEntity(str(one.id), str(one.rule), one.listed_on, one.looked, one.to_look, one.done)


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/images/:id: why one's own medium is held, or was."""
    return json(statement(call, await moderation.images.one(call.tx, call.me, call.id())))


class ContestAsked(msgspec.Struct):
    """What one answers."""

    words: str = ""


async def contest(call: Call) -> Answer:
    """POST /api/salledepause/v1/images/:id/contest: answer the hosts."""
    await moderation.images.contest(call.tx, call.me, call.id(), call.read(ContestAsked).words)
    return await show(call)


async def held(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/images: what waits for a decision, contested ones first."""
    found = await moderation.images.cases(call.tx, call.me)
    who = await accounts.load(call.tx, {one.held.account_id for one in found})
    return json([case(call, one, who[one.held.account_id]) for one in found if one.held.account_id in who])


class DecisionAsked(msgspec.Struct):
    """What the author reads; whether what looks like it is refused from then on."""

    reason: str = ""
    again: bool = True


async def restore(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/images/:id/restore: give it back."""
    await moderation.images.restore(call.tx, call.site, call.me, call.id(), call.read(DecisionAsked).reason)
    return await held(call)


async def refuse(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/images/:id/refuse: erase it for good."""
    asked, site, media_id = call.read(DecisionAsked), call.site, call.id()
    alike: tuple[str, ...] = ()
    if asked.again:
        async with site.db.reading() as tx:
            path = await moderation.images.to_list(tx, site, call.me, media_id)
        alike = await posts.holding.likenesses(site, path)
    async with site.db.transaction() as call.tx:
        await moderation.images.refuse(call.tx, site, call.me, media_id, Refusal(asked.reason, alike))
        return await held(call)


async def listed(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/refused_images: the list, with how far what was here has been compared."""
    return json([refused(one) for one in await moderation.images.listed(call.tx, call.me)])


class PictureAsked(msgspec.Struct):
    """For which rule a picture is refused."""

    rule: int = IMAGE_RULE


async def add(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/refused_images: refuse what looks like `file`, which is looked at and not kept."""
    async with call.site.db.reading() as tx:
        await moderation.keeper(tx, call.me)
    sent, rule = call.given.get("file"), call.read(PictureAsked).rule
    if not isinstance(sent, Upload) or not sent.size:
        raise BadInput("Joignez une image.")
    if not 1 <= rule <= len(house.RULES):
        raise BadInput("Cette règle n'est pas dans la charte.")
    alike = await posts.holding.likenesses(call.site, sent.path)
    async with call.site.db.transaction() as call.tx:
        await moderation.images.add(call.tx, call.site, call.me, rule, alike)
        return await listed(call)


async def strike(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/admin/refused_images/:id: refuse it no more."""
    await moderation.images.strike(call.tx, call.me, call.id())
    return await listed(call)


ONE, HELD, LIST = (f"/api/salledepause/v1/{name}" for name in ("images/{id}", "admin/images", "admin/refused_images"))
READING, WRITING = user("admin:read:reports"), user("admin:write:reports")
DECIDING = user("admin:write:reports", transaction=False)
SENDING = Rule("user", "admin:write:reports", files=AS_SET, budget="media", transaction=False)
OWN = [
    own(f"GET {ONE}", show, user("read:accounts"), (None, StatementEntity)),
    own(f"POST {ONE}/contest", contest, user("write:accounts"), (ContestAsked, StatementEntity)),
    own(f"GET {HELD}", held, READING, (None, list[CaseEntity])),
    own(f"POST {HELD}/{{id}}/restore", restore, WRITING, (DecisionAsked, list[CaseEntity])),
    own(f"POST {HELD}/{{id}}/refuse", refuse, DECIDING, (DecisionAsked, list[CaseEntity])),
    own(f"GET {LIST}", listed, READING, (None, list[RefusedEntity])),
    own(f"POST {LIST}", add, SENDING, (PictureAsked, list[RefusedEntity])),
    own(f"DELETE {LIST}/{{id}}", strike, WRITING, (None, list[RefusedEntity])),
]
ROUTES = described.lines(OWN)
