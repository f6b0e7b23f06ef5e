"""Messages of one's own, and edits, that wait for a host: what each says, why, and how to answer; seen but by hosts."""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import moderation, posts
from salledepause.features.language import GROUNDS
from salledepause.kernel.errors import BadInput, Conflict
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.rendering import page

HERE = "/retenus"


async def listed(call: Call) -> Answer:
    """GET /retenus."""
    return page(call, "retained.html", cases=await moderation.holds.mine(call.tx, call.me), grounds=GROUNDS)


async def show(call: Call) -> Answer:
    """GET /retenus/{id}."""
    return await _page(call)


async def _page(call: Call, words: str = "", problem: str = "") -> Answer:
    case = await moderation.holds.one(call.tx, call.me, call.id())
    return page(
        call,
        "retained_one.html",
        case=case,
        held=case.held,
        grounds=GROUNDS,
        words=words or case.held.contest,
        most_words=moderation.COMMENT_LENGTH,
        problems={"raison": problem} if problem else {},
    )


class Answered(msgspec.Struct):
    """What one answers, or that one would rather erase it."""

    words: str = ""
    gesture: Literal["contest", "erase"] = "contest"


async def answer(call: Call) -> Answer:
    """POST /retenus/{id}: answer the hosts, or erase what waits: an edit alone, its message stays."""
    asked, post_id = call.read(Answered), call.id()
    if asked.gesture == "erase":
        case = await moderation.holds.one(call.tx, call.me, post_id)
        if case.held.edit is not None:
            await moderation.holds.take_back(call.tx, call.me, post_id)
            return answers.back(call, HERE, messages.notice("Votre modification est reprise : le texte d'avant reste.", call))
        blobs = await posts.erase_all(call.tx, [one.id for one in case.said if one.held])
        call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
        return answers.back(call, HERE, messages.notice("C'est effacé.", call))
    try:
        await moderation.holds.contest(call.tx, call.me, post_id, asked.words)
    except (BadInput, Conflict) as refusal:
        return await _page(call, asked.words, wording.told(refusal, call.language))
    return answers.back(call, f"{HERE}/{post_id}", messages.notice("C'est transmis aux hôtes : une personne relira.", call))


ROUTES = [
    route("GET", HERE, listed, user("")),
    route("GET", HERE + "/{id}", show, user("")),
    route("POST", HERE + "/{id}", guests.guarded(answer), user("")),
]
