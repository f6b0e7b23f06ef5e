"""The red line of pictures: what waits for a decision behind a veil, and what is refused by how it looks."""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import accounts, moderation, posts
from salledepause.features.moderation.images import Refusal
from salledepause.features.red_line import IMAGE_RULE
from salledepause.kernel.errors import BadInput, Conflict
from salledepause.surfaces import house
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import AS_SET, Answer, Call, Header, Rule
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/images"
LISTED = f"{HERE}/refusees"


async def show(call: Call) -> Answer:
    """GET /maison/images: what waits for a decision."""
    cases = await moderation.images.cases(call.tx, call.me)
    who = await accounts.load(call.tx, {one.held.account_id for one in cases})
    return page(call, "keeping/images.html", cases=cases, people=who, rules=house.RULES)


class Decided(msgspec.Struct):
    """What a host decides, what the author reads of it, and whether what looks like it is refused from then on."""

    verdict: Literal["restore", "refuse"]
    reason: str = ""
    again: bool = False


async def decide(call: Call) -> Answer:
    """POST /maison/images/{id}: give back, or refuse for good."""
    decided, media_id, site = call.read(Decided), call.id(), call.site
    if decided.verdict == "restore":
        async with site.db.transaction() as tx:
            await moderation.images.restore(tx, site, call.me, media_id, decided.reason)
        return answers.back(call, HERE, messages.notice("L'image est rendue, et la personne le sait.", call))
    alike: tuple[str, ...] = ()
    if decided.again:
        async with site.db.reading() as tx:
            path = await moderation.images.to_list(tx, site, call.me, media_id)
        alike = await posts.holding.likenesses(site, path)
    async with site.db.transaction() as tx:
        await moderation.images.refuse(tx, site, call.me, media_id, Refusal(decided.reason, alike))
    told = "L'image est refusée et effacée, et la personne en lira la raison."
    return answers.back(call, HERE, messages.notice(told, call))


async def listed(call: Call) -> Answer:
    """GET /maison/images/refusees: what is refused, with the day and the rule; no picture is kept."""
    return await _listed(call)


async def _listed(call: Call, problem: str = "") -> Answer:
    found = await moderation.images.listed(call.tx, call.me)
    return page(
        call,
        "keeping/refused_images.html",
        refused=found,
        rules=[(number, one) for number, one in enumerate(house.RULES, 1)],
        usual=IMAGE_RULE,
        problems={"image": problem} if problem else {},
    )


class Added(msgspec.Struct):
    """For which rule a picture is refused."""

    rule: int = IMAGE_RULE


async def add(call: Call) -> Answer:
    """POST /maison/images/refusees: refuse what looks like a picture; it is looked at and not kept."""
    try:
        told = await _added(call)
    except (BadInput, Conflict) as refusal:
        async with call.site.db.reading() as call.tx:
            return await _listed(call, wording.told(refusal, call.language))
    return answers.back(call, LISTED, told)


async def _added(call: Call) -> Header:
    sent = call.given.get("file")
    if not isinstance(sent, Upload) or not sent.size:
        raise BadInput("Joignez une image.")
    rule = call.read(Added).rule
    if not 1 <= rule <= len(house.RULES):
        raise BadInput("Cette règle n'est pas dans la charte.")
    alike = await posts.holding.likenesses(call.site, sent.path)
    async with call.site.db.transaction() as tx:
        await moderation.images.add(tx, call.site, call.me, rule, alike)
    return messages.notice("C'est noté : ce qui lui ressemble est refusé, et cherché parmi ce qui est déjà là.", call)


async def strike(call: Call) -> Answer:
    """POST /maison/images/refusees/{id}/retirer."""
    await moderation.images.strike(call.tx, call.me, call.id())
    return answers.back(call, LISTED, messages.notice("Cette image n'est plus refusée.", call))


DESTINATIONS = [
    Destination("Images retenues", HERE, "hide", Who.HOST, rank=113, group="house", badge=moderation.images.waiting),
]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("GET", LISTED, for_hosts(listed), user("")),
    route("POST", LISTED, guests.guarded(for_hosts(add)), Rule("user", files=AS_SET, budget="media", transaction=False)),
    route("POST", LISTED + "/{id}/retirer", guests.guarded(for_hosts(strike)), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(decide)), user("", transaction=False)),
]
