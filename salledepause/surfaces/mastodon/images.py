"""The red line of pictures in our API: what is held from view, for its author and for hosts; what is refused, for hosts."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts, moderation, posts
from salledepause.features.moderation.images import Case
from salledepause.features.red_line import IMAGE_RULE, Held, RefusedPicture
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput
from salledepause.surfaces import house
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import AS_SET, Answer, Call, Rule, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import route, user


def statement(call: Call, one: Held) -> Entity:
    """Return why a medium is held: facts, rule, whether a machine did it, how to contest (Digital Services Act, article 17)."""
    return {
        "media_id": str(one.media_id),
        "rule": str(one.rule),
        "facts": "likeness" if one.automated else "report",
        "automated": one.verdict is None,
        "held_at": clock.iso(one.held_at),
        "verdict": one.verdict,
        "reason": one.reason,
        "contest": one.contest,
        "url": call.site.url(f"/images/{one.media_id}"),
    }


def case(call: Call, one: Case, account: Entity) -> Entity:
    """Return what hosts see of a held medium; nothing of it says who reported."""
    post_id = str(one.post_id) if one.post_id else None
    return statement(call, one.held) | {"account": account, "status_id": post_id, "said": one.said}


def refused(one: RefusedPicture) -> Entity:
    """Return a refused picture, of which only the rule and the day are known."""
    progress = {"looked": one.looked, "to_look": one.to_look, "done": one.done}
    return {"id": str(one.id), "rule": str(one.rule), "listed_on": one.listed_on.isoformat()} | progress


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
    return json(
        [case(call, one, entities.account(call.site, who[one.held.account_id])) for one in found if one.held.account_id in who]
    )


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
        found = await moderation.images.refuse(call.tx, site, call.me, media_id, asked.reason)
        if alike:
            await moderation.images.add(call.tx, site, call.me, found.rule, alike)
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


OWN, HELD, LIST = (f"/api/salledepause/v1/{name}" for name in ("images/{id}", "admin/images", "admin/refused_images"))
READING, WRITING = user("admin:read:reports"), user("admin:write:reports")
ROUTES = [
    route("GET", OWN, show, user("read:accounts")),
    route("POST", OWN + "/contest", contest, user("write:accounts")),
    route("GET", HELD, held, READING),
    route("POST", HELD + "/{id}/restore", restore, WRITING),
    route("POST", HELD + "/{id}/refuse", refuse, user("admin:write:reports", transaction=False)),
    route("GET", LIST, listed, READING),
    route("POST", LIST, add, Rule("user", "admin:write:reports", files=AS_SET, budget="media", transaction=False)),
    route("DELETE", LIST + "/{id}", strike, WRITING),
]
