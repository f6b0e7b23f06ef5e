"""Reports as hosts read and settle them (https://docs.joinmastodon.org/methods/admin/reports/)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from salledepause.features import accounts, moderation, posts
from salledepause.features.moderation import Report, Sought
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.surfaces.edge import Answer, Call, Handler, json
from salledepause.surfaces.mastodon import admin_entities, instance
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.routes import route, user

Act = Callable[[Tx, int, int], Awaitable[None]]
DEFAULT, MOST = 100, 200
"""Reports of a page."""


class Asked(msgspec.Struct):
    """Which reports; those that wait, unless the settled ones are asked for."""

    resolved: bool = False
    account_id: str = ""
    target_account_id: str = ""


async def listed(call: Call) -> Answer:
    """GET /api/v1/admin/reports."""
    asked = call.read(Asked)
    sought = Sought(asked.resolved, _id(asked.account_id), _id(asked.target_account_id))
    found = await moderation.reports(call.tx, call.me, sought, call.page(DEFAULT, MOST))
    return json(await _entities(call, found.items), headers=call.link(found))


def _id(text: str) -> int | None:
    return ids.parse(text) if text else None


async def _entities(call: Call, found: Sequence[Report]) -> list[Entity]:
    """Return reports with the posts that this host may read: a report opens nothing to anybody."""
    named = {number for one in found for number in (one.account_id, one.target_id, one.assigned_to, one.resolved_by) if number}
    who = await accounts.load(call.tx, named)
    statuses = await _statuses(call, sorted({post for one in found for post in one.post_ids}))
    rules = {rule["id"]: rule for rule in instance.rules(instance.language(call))}
    return [
        admin_entities.report(
            call.site,
            one,
            who,
            [statuses[post] for post in one.post_ids if post in statuses],
            [rules[str(rule)] for rule in one.rule_ids if str(rule) in rules],
        )
        for one in found
    ]


async def _statuses(call: Call, wanted: Sequence[int]) -> dict[int, msgspec.Raw]:
    if not wanted:
        return {}
    found = {}
    for row in await posts.visible(call.tx, wanted, call.me):
        for said in await presenter(call).statuses(call.tx, [row], call.me):
            found[row.post.id] = msgspec.Raw(said)
    return found


async def show(call: Call) -> Answer:
    """GET /api/v1/admin/reports/:id."""
    return json((await _entities(call, [await moderation.one_report(call.tx, call.me, call.id())]))[0])


class ChangeAsked(msgspec.Struct):
    """What a report is about, said anew."""

    category: str = ""
    rule_ids: list[str] | None = None


async def change(call: Call) -> Answer:
    """PUT /api/v1/admin/reports/:id."""
    asked = call.read(ChangeAsked)
    rules = None if asked.rule_ids is None else [ids.parse(text) for text in asked.rule_ids if text]
    await moderation.sort(call.tx, call.me, call.id(), asked.category or None, rules)
    return await show(call)


def _act(act: Act) -> Handler:
    async def handler(call: Call) -> Answer:
        await act(call.tx, call.me, call.id())
        return await show(call)

    return handler


READING, WRITING = user("admin:read:reports"), user("admin:write:reports")
ONE = "/api/v1/admin/reports/{id}"
ROUTES = [
    route("GET", "/api/v1/admin/reports", listed, READING),
    route("GET", ONE, show, READING),
    route("PUT", ONE, change, WRITING),
    route("POST", ONE + "/assign_to_self", _act(moderation.take_over), WRITING),
    route("POST", ONE + "/unassign", _act(moderation.hand_back), WRITING),
    route("POST", ONE + "/resolve", _act(moderation.resolve), WRITING),
    route("POST", ONE + "/reopen", _act(moderation.reopen), WRITING),
]
