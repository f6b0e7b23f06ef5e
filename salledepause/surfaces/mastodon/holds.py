"""Graduated limits in our API: what of one's own waits for a host and why, what hosts decide, whether the house holds at all."""

from __future__ import annotations

from typing import Literal

import msgspec

from salledepause.features import accounts, limits, moderation
from salledepause.features.language import GROUNDS
from salledepause.features.limits import Held, Rules, Verdict
from salledepause.features.moderation.holds import Case
from salledepause.features.posts import Post
from salledepause.kernel import clock, words
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import described, entities
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import user


class StatementEntity(msgspec.Struct, frozen=True):
    """Why a status, or an `edit` of it, waits, or waited: `ground` as a word and `facts` as a sentence.

    By a machine until a host decides; `may_contest` until one decided after an answer (Digital Services Act, article 17).
    """

    status_id: str
    ground: Literal["threat", "discrimination", "sexual", "secret"]
    facts: str
    automated: bool
    held_at: str
    verdict: Verdict | None
    reason: str
    contest: str
    may_contest: bool
    url: str
    edit: bool


class CaseEntity(msgspec.Struct, frozen=True):
    """What hosts see of what waits: its Account, its texts then the answers of its poll, whom it was meant for and aims at.

    `media` are the MediaAttachments that come with it; `former` is what everybody reads until then, where an edit waits.
    """

    account: Entity
    texts: list[str]
    visibility: str
    target: str
    statement: StatementEntity
    former: str
    media: list[Entity]


class RulesEntity(msgspec.Struct, frozen=True):
    """Whether what goes too far waits for a host, and whether our pages ask for a second thought before what may hurt."""

    holds: bool
    asks: bool


def statement(call: Call, one: Held) -> StatementEntity:
    """Return why a status waits, or waited."""
    return StatementEntity(
        status_id=str(one.post_id),
        ground=one.ground,  # type: ignore[arg-type]
        facts=words.catalogue(call.language).gettext(GROUNDS[one.ground]),
        automated=one.verdict is None,
        held_at=clock.iso(one.held_at),
        verdict=one.verdict,
        reason=one.reason,
        contest=one.contest,
        may_contest=one.may_contest,
        url=call.site.url(f"/retenus/{one.post_id}"),
        edit=one.edit is not None,
    )


async def mine(call: Call) -> Answer:
    """GET /api/salledepause/v1/held: what of one's own waits for a host, or did, the latest first."""
    return json([statement(call, one) for one in await moderation.holds.mine(call.tx, call.me)])


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/held/:id: why a status of one's own waits, or did."""
    return json(statement(call, (await moderation.holds.one(call.tx, call.me, call.id())).held))


class ContestAsked(msgspec.Struct):
    """What one answers."""

    words: str = ""


async def contest(call: Call) -> Answer:
    """POST /api/salledepause/v1/held/:id/contest: answer the hosts."""
    await moderation.holds.contest(call.tx, call.me, call.id(), call.read(ContestAsked).words)
    return await show(call)


async def cases(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/held: what waits for a decision, contested first."""
    found = await moderation.holds.cases(call.tx, call.me)
    who = await accounts.load(call.tx, {one.held.account_id for one in found})
    return json([_case(call, one, entities.account(call.site, who[one.held.account_id])) for one in found])


def _case(call: Call, one: Case, account: Entity) -> CaseEntity:
    former = _words(one.former) if one.former else ""
    texts = [*map(_words, one.said), *one.options]
    media = [entities.media(call.site, shown) for post in one.said for shown in post.media]
    return CaseEntity(account, texts, one.held.audience, one.target, statement(call, one.held), former, media)


def _words(post: Post) -> str:
    return "\n".join(filter(None, (post.warning, post.text)))


class DecisionAsked(msgspec.Struct):
    """What the author reads; of an edit, which one was read by its `held_at`, since another may have taken its place."""

    reason: str = ""
    held_at: str = ""


async def publish(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/held/:id/publish: give it to whom it was meant for, with its date, or change it."""
    asked = call.read(DecisionAsked)
    await moderation.holds.publish(call.tx, call.me, call.id(), asked.reason, asked.held_at)
    return await cases(call)


async def refuse(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/held/:id/refuse: refuse it, with a reason."""
    asked = call.read(DecisionAsked)
    blobs = await moderation.holds.refuse(call.tx, call.me, call.id(), asked.reason, asked.held_at)
    call.tx.afterwards.extend(lambda key=key: call.site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
    return await cases(call)


async def rules(call: Call) -> Answer:
    """GET /api/salledepause/v1/limits: whether the house holds, and asks."""
    return json(RulesEntity(*await limits.rules(call.tx)))


class RulesAsked(msgspec.Struct):
    """What an administrator wants."""

    holds: bool
    asks: bool


async def set_rules(call: Call) -> Answer:
    """PUT /api/salledepause/v1/admin/limits: say whether the house holds, and asks, for administrators."""
    asked = call.read(RulesAsked)
    await moderation.holds.set_rules(call.tx, call.me, Rules(asked.holds, asked.asks))
    return await rules(call)


HELD, ADMIN = "/api/salledepause/v1/held", "/api/salledepause/v1/admin"
READING, WRITING = user("admin:read:reports"), user("admin:write:reports")
OWN = [
    own(f"GET {HELD}", mine, user("read:statuses"), (None, list[StatementEntity])),
    own(f"GET {HELD}/{{id}}", show, user("read:statuses"), (None, StatementEntity)),
    own(f"POST {HELD}/{{id}}/contest", contest, user("write:statuses"), (ContestAsked, StatementEntity)),
    own(f"GET {ADMIN}/held", cases, READING, (None, list[CaseEntity])),
    own(f"POST {ADMIN}/held/{{id}}/publish", publish, WRITING, (DecisionAsked, list[CaseEntity])),
    own(f"POST {ADMIN}/held/{{id}}/refuse", refuse, WRITING, (DecisionAsked, list[CaseEntity])),
    own("GET /api/salledepause/v1/limits", rules, user("read:statuses"), (None, RulesEntity)),
    own(f"PUT {ADMIN}/limits", set_rules, WRITING, (RulesAsked, RulesEntity)),
]
ROUTES = described.lines(OWN)
