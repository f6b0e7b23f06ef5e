"""Quotes of the API: who quotes a status, taking it back, who may; and who may answer.

The parameters: https://docs.joinmastodon.org/methods/statuses/#quotes.
"""

from __future__ import annotations

import msgspec

from salledepause.features import posts
from salledepause.features.posts import QuotePolicy
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.mastodon.statuses import answer
from salledepause.surfaces.mastodon.timelines import listing_answer
from salledepause.surfaces.routes import route, user


class OursAsked(msgspec.Struct):
    """Whether a status is closed from now on to the answers and quotes of others: a word of ours."""

    closed: bool | None = None


class PolicyAsked(msgspec.Struct):
    """Who may quote a status from now on, whether others may answer it, or both."""

    quote_approval_policy: QuotePolicy | None = None
    salledepause: OursAsked = msgspec.field(default_factory=OursAsked)


async def quotes(call: Call) -> Answer:
    """GET /api/v1/statuses/:id/quotes: those that the caller may see."""
    return await listing_answer(call, await posts.quotes.quoting(call.tx, call.id(), call.me, call.page()))


async def revoke(call: Call) -> Answer:
    """POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke; answers the status that quoted."""
    return await answer(call, await posts.quotes.revoke(call.tx, call.me, call.id(), call.id("quoting_status_id")))


async def interaction_policy(call: Call) -> Answer:
    """PUT /api/v1/statuses/:id/interaction_policy; what was quoted and answered until then stays."""
    await posts.own(call.tx, call.me, call.id())
    asked = call.read(PolicyAsked)
    policy, closed = asked.quote_approval_policy, asked.salledepause.closed
    if policy is None and closed is None:
        raise BadInput("Dites qui peut citer ce message (quote_approval_policy) : public, followers ou nobody.")
    if closed is not None:
        await posts.closing.settle(call.tx, call.me, call.id(), closed=closed)
    if policy:
        await posts.quotes.open_to(call.tx, call.me, call.id(), policy)
    return await answer(call, call.id())


ONE = "/api/v1/statuses/{id}"
ROUTES = [
    route("GET", ONE + "/quotes", quotes, user("read:statuses")),
    route("POST", ONE + "/quotes/{quoting_status_id}/revoke", revoke, user("write:statuses")),
    route("PUT", ONE + "/interaction_policy", interaction_policy, user("write:statuses")),
]
