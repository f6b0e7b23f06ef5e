"""What the API names and this house does not keep: each is said as Mastodon says that there is none.

Year reviews (https://docs.joinmastodon.org/methods/annual_reports/): nobody's year is counted. Timelines of a link, proofs of
identity, refreshes in the background: no link is looked at, nothing is fetched elsewhere.
"""

from __future__ import annotations

from salledepause.features import posts
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.routes import anyone, reading, route, user


async def none(call: Call) -> Answer:
    """Answer that there is no such thing."""
    del call
    raise Missing


async def reviews(call: Call) -> Answer:
    """GET /api/v1/annual_reports: none."""
    del call
    return json({"annual_reports": [], "accounts": [], "statuses": []})


async def review_state(call: Call) -> Answer:
    """GET /api/v1/annual_reports/:year/state: no year is ever reviewed."""
    call.id("year")
    return json({"state": "ineligible"})


async def no_review(call: Call) -> Answer:
    """POST /api/v1/annual_reports/:year/generate: nothing to do for a year that is not reviewed."""
    call.id("year")
    return json({})


async def card(call: Call) -> Answer:
    """GET /api/v1/statuses/:id/card: an empty object, as Mastodon 2 answered for a status without a preview card."""
    await posts.one_visible(call.tx, call.id(), call.viewer)
    return json({})


REVIEWS = "/api/v1/annual_reports"
ROUTES = [
    route("GET", REVIEWS, reviews, user("read:accounts")),
    route("GET", REVIEWS + "/{year}", none, user("read:accounts")),
    route("GET", REVIEWS + "/{year}/state", review_state, user("read:accounts")),
    route("POST", REVIEWS + "/{year}/read", none, user("write:accounts")),
    route("POST", REVIEWS + "/{year}/generate", no_review, user("write:accounts")),
    route("GET", "/api/v1/timelines/link", none, reading("read:statuses")),
    route("GET", "/api/v1_alpha/async_refreshes/{id}", none, user("read")),
    route("GET", "/api/v1/statuses/{id}/card", card, reading("read:statuses")),
    route("GET", "/api/proofs", none, anyone()),
]
