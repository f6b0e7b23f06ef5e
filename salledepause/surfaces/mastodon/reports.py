"""Reports of the API (https://docs.joinmastodon.org/methods/reports/)."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts, moderation
from salledepause.features.moderation import Complaint
from salledepause.kernel import ids
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import helping, social_entities
from salledepause.surfaces.routes import route, user


class Asked(msgspec.Struct):
    """Parameters of a report; `forward` has nowhere to go, everybody is here."""

    account_id: str = ""
    status_ids: list[str] = []
    comment: str = ""
    category: str | None = None
    rule_ids: list[str] = []


async def create(call: Call) -> Answer:
    """POST /api/v1/reports."""
    asked = call.read(Asked)
    complaint = Complaint(
        target_id=ids.parse(asked.account_id),
        post_ids=tuple(ids.parse(text) for text in asked.status_ids),
        category=asked.category or None,
        comment=asked.comment,
        rule_ids=tuple(ids.parse(text) for text in asked.rule_ids),
    )
    filed = await moderation.report(call.tx, call.site, call.me, complaint)
    answer = json(social_entities.report(call.site, filed, await accounts.one(call.tx, filed.target_id)))
    return helping.with_card(answer, await helping.offered(call, asked.comment))


ROUTES = [route("POST", "/api/v1/reports", create, user("write:reports"))]
