"""Messages that wait for a host: read, published with their date or refused with a reason; and whether the house holds at all."""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import accounts, limits, moderation
from salledepause.features.language import GROUNDS, TARGETED
from salledepause.features.limits import Rules
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/retenus"


async def show(call: Call) -> Answer:
    """GET /maison/retenus."""
    return await _page(call)


async def _page(call: Call, problem: str = "", post_id: int = 0) -> Answer:
    cases = await moderation.holds.cases(call.tx, call.me)
    who = await accounts.load(call.tx, {one.held.account_id for one in cases})
    return page(
        call,
        "keeping/holds.html",
        cases=cases,
        people=who,
        grounds=GROUNDS,
        targeted=TARGETED,
        rules=await limits.rules(call.tx),
        problems={f"mot-{post_id}": problem} if problem else {},
    )


class Decided(msgspec.Struct):
    """What a host decides, and what the author reads of it."""

    verdict: Literal["restore", "refuse"]
    reason: str = ""
    seen: str = ""
    """When the edit that they read came: another may have taken its place."""


async def decide(call: Call) -> Answer:
    """POST /maison/retenus/{id}."""
    decided, post_id = call.read(Decided), call.id()
    if decided.verdict == "restore":
        await moderation.holds.publish(call.tx, call.me, post_id, decided.reason, decided.seen)
        return answers.back(call, HERE, messages.notice("C'est publié, et la personne le sait.", call))
    try:
        async with call.tx.attempt():
            blobs = await moderation.holds.refuse(call.tx, call.me, post_id, decided.reason, decided.seen)
    except BadInput as refusal:
        return await _page(call, wording.told(refusal, call.language), post_id)
    call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
    return answers.back(call, HERE, messages.notice("C'est refusé, et la personne en lira la raison.", call))


class Wanted(msgspec.Struct):
    """What an administrator wants: an empty box is a no."""

    holds: bool = False
    asks: bool = False


async def settle(call: Call) -> Answer:
    """POST /maison/retenus/reglages."""
    wanted = call.read(Wanted)
    await moderation.holds.set_rules(call.tx, call.me, Rules(wanted.holds, wanted.asks))
    return answers.back(call, HERE, messages.notice("C'est réglé.", call))


DESTINATIONS = [
    Destination("Messages retenus", HERE, "guard", Who.HOST, rank=112, group="house", badge=moderation.holds.waiting),
]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("POST", HERE + "/reglages", guests.guarded(for_hosts(settle, admin=True)), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(decide)), user("")),
]
