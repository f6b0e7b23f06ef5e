"""Notifications of the API, one by one (v1) and grouped (v2).

https://docs.joinmastodon.org/methods/notifications/ and https://docs.joinmastodon.org/methods/grouped_notifications/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from salledepause.features import accounts, moderation, notifications
from salledepause.features.notifications import GROUPED, Group, Notification, Wanted
from salledepause.features.posts import Seen
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities, social_entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.relationships import people
from salledepause.surfaces.mastodon.shelf import Presenter, presenter
from salledepause.surfaces.routes import route, user

WARNING = notifications.Kind.WARNING
MOST_KINDS = 30
"""Kinds named in one filter."""
COUNTED, MOST_COUNTED = 100, 1000
"""Unread notifications counted by default and at most."""


class Asked(msgspec.Struct):
    """Filters of notifications."""

    types: list[str] = []
    exclude_types: list[str] = []
    account_id: str | None = None
    grouped_types: list[str] | None = None
    expand_accounts: str = "full"
    limit: int | None = None
    include_filtered: bool = False

    @property
    def wanted(self) -> Wanted:
        """The same, as notifications take it; raises Missing for an account that can be nobody's."""
        grouped = GROUPED if self.grouped_types is None else tuple(self.grouped_types[:MOST_KINDS])
        from_id = ids.parse(self.account_id) if self.account_id else None
        kinds, unwanted = tuple(self.types[:MOST_KINDS]), tuple(self.exclude_types[:MOST_KINDS])
        return Wanted(kinds, unwanted, from_id, grouped, self.include_filtered)

    @property
    def counted(self) -> int:
        """How far to count."""
        return COUNTED if self.limit is None else max(1, min(self.limit, MOST_COUNTED))


async def entities_of(shelf: Presenter, tx: Tx, me: int, found: Sequence[Notification]) -> list[Entity]:
    """Return Notifications, statuses as prepared bytes; one whose cause went a moment ago is left out."""
    who = await accounts.load(tx, {one.told.from_id for one in found})
    said = await statuses_of(shelf, tx, me, [one.seen for one in found if one.seen])
    filed = await _reports(shelf.site, tx, [one.told.report_id for one in found if one.told.report_id])
    warnings = await _warnings(shelf.site, tx, [one for one in found if one.told.kind == WARNING])
    shown = []
    for one in found:
        about = _about(one, said, filed) if one.told.kind != WARNING else warnings.get(one.told.id)
        if about is not None and one.told.from_id in who:
            shown.append(social_entities.notification(one, entities.account(shelf.site, who[one.told.from_id]), about))
    return shown


def _about(one: Notification, said: dict[int, msgspec.Raw], filed: dict[int, Entity]) -> dict[str, Any] | None:
    if one.seen:
        return {"status": said[one.seen.post.id]} if one.seen.post.id in said else None
    return {"report": filed[one.told.report_id]} if one.told.report_id in filed else {}


async def statuses_of(shelf: Presenter, tx: Tx, me: int, rows: Sequence[Seen]) -> dict[int, msgspec.Raw]:
    """Return the prepared bytes of posts by id; one erased a moment ago is left out."""
    distinct = {row.post.id: row for row in rows}
    written = await shelf.statuses(tx, list(distinct.values()), me)
    if len(written) == len(distinct):
        return dict(zip(distinct, map(msgspec.Raw, written), strict=True))
    alone = {key: await shelf.statuses(tx, [row], me) for key, row in distinct.items()}
    return {key: msgspec.Raw(one[0]) for key, one in alone.items() if one}


async def _reports(site: Site, tx: Tx, wanted: Sequence[int]) -> dict[int, Entity]:
    if not wanted:
        return {}
    found = await moderation.load(tx, wanted)
    targets = await accounts.load(tx, {one.target_id for one in found.values()})
    return {
        key: social_entities.report(site, one, targets[one.target_id]) for key, one in found.items() if one.target_id in targets
    }


async def _warnings(site: Site, tx: Tx, found: Sequence[Notification]) -> dict[int, Entity]:
    """Return what notifications of warnings hold beside the rest, by notification."""
    if not found:
        return {}
    acts = await notifications.acts(tx, [one.told.id for one in found])
    cautions = await moderation.cautions(tx, set(acts.values()))
    who = await accounts.load(tx, {one.told.from_id for one in found})
    return {
        one.told.id: {"moderation_warning": social_entities.warning(site, cautions[acts[one.told.id]], who[one.told.from_id])}
        for one in found
        if acts.get(one.told.id) in cautions and one.told.from_id in who
    }


async def show_all(call: Call) -> Answer:
    """GET /api/v1/notifications."""
    found = await notifications.notifications(call.tx, call.me, call.page(40, 80), call.read(Asked).wanted)
    return json(await entities_of(presenter(call), call.tx, call.me, found.items), headers=call.link(found))


async def show(call: Call) -> Answer:
    """GET /api/v1/notifications/:id."""
    found = await notifications.one(call.tx, call.me, call.id())
    for shown in await entities_of(presenter(call), call.tx, call.me, [found]):
        return json(shown)
    raise Missing


async def unread(call: Call) -> Answer:
    """GET /api/v1/notifications/unread_count: after the `notifications` marker."""
    asked = call.read(Asked)
    return json({"count": await notifications.unread(call.tx, call.me, asked.counted, asked.wanted)})


async def clear(call: Call) -> Answer:
    """POST /api/v1/notifications/clear."""
    await notifications.clear(call.tx, call.me)
    return json({})


async def dismiss(call: Call) -> Answer:
    """POST /api/v1/notifications/:id/dismiss."""
    await notifications.dismiss(call.tx, call.me, call.id())
    return json({})


class DismissAsked(msgspec.Struct):
    """Which one, where the path does not say."""

    id: str = ""


async def dismiss_named(call: Call) -> Answer:
    """POST /api/v1/notifications/dismiss, as Mastodon 1 had it."""
    await notifications.dismiss(call.tx, call.me, ids.parse(call.read(DismissAsked).id))
    return json({})


async def groups(call: Call) -> Answer:
    """GET /api/v2/notifications."""
    asked = call.read(Asked)
    found = await notifications.groups(call.tx, call.me, call.page(40, 80), asked.wanted)
    body = await _results(call, found.items, paged=True, partial=asked.expand_accounts == "partial_avatars")
    return json(body, headers=call.link(found))


async def _results(call: Call, found: Sequence[Group], *, paged: bool, partial: bool = False) -> Entity:
    """Return GroupedNotificationsResults; when `partial`, only the latest account of each group is whole."""
    shelf, site = presenter(call), call.site
    wanted = list(dict.fromkeys(account_id for one in found for account_id in one.account_ids))
    who = await accounts.load(call.tx, wanted)
    said = await statuses_of(shelf, call.tx, call.me, [one.newest.seen for one in found if one.newest.seen])
    filed = await _reports(site, call.tx, [one.newest.told.report_id for one in found if one.newest.told.report_id])
    warnings = await _warnings(site, call.tx, [one.newest for one in found if one.newest.told.kind == WARNING])
    whole = {one.account_ids[0] for one in found} if partial else set(wanted)
    shown = [one for one in found if not one.newest.seen or one.newest.seen.post.id in said]
    body = {
        "accounts": [entities.account(site, who[key]) for key in wanted if key in whole and key in who],
        "statuses": list(said.values()),
        "notification_groups": [
            social_entities.group(one, filed.get(one.newest.told.report_id or 0), paged=paged)
            | warnings.get(one.newest.told.id, {})
            for one in shown
        ],
    }
    if not partial:
        return body
    others = [social_entities.partial_account(site, who[key]) for key in wanted if key not in whole and key in who]
    return body | {"partial_accounts": others}


async def group(call: Call) -> Answer:
    """GET /api/v2/notifications/:group_key."""
    found = await notifications.one_group(call.tx, call.me, call.text("key"), call.read(Asked).wanted)
    return json(await _results(call, [found], paged=False))


async def group_accounts(call: Call) -> Answer:
    """GET /api/v2/notifications/:group_key/accounts."""
    asked, page = call.read(Asked).wanted, call.page(40, 80)
    found: Listed[int] = await notifications.group_accounts(call.tx, call.me, call.text("key"), page, asked)
    return await people(call, found)


async def dismiss_group(call: Call) -> Answer:
    """POST /api/v2/notifications/:group_key/dismiss."""
    await notifications.dismiss_group(call.tx, call.me, call.text("key"))
    return json({})


async def unread_groups(call: Call) -> Answer:
    """GET /api/v2/notifications/unread_count."""
    asked = call.read(Asked)
    return json({"count": await notifications.unread_groups(call.tx, call.me, asked.counted, asked.wanted)})


ONE, GROUP = "/api/v1/notifications/{id}", "/api/v2/notifications/{key}"
ALPHA = "/api/v2_alpha/notifications"
"""The grouped notifications as they were called before Mastodon 4.3 was out."""
ROUTES = [
    route("GET", "/api/v1/notifications", show_all, user("read:notifications", remembered=True)),
    route("GET", "/api/v2/notifications", groups, user("read:notifications", remembered=True)),
    route("GET", "/api/v1/notifications/unread_count", unread, user("read:notifications")),
    route("GET", "/api/v2/notifications/unread_count", unread_groups, user("read:notifications")),
    route("POST", "/api/v1/notifications/clear", clear, user("write:notifications")),
    route("POST", "/api/v1/notifications/dismiss", dismiss_named, user("write:notifications")),
    route("POST", ONE + "/dismiss", dismiss, user("write:notifications")),
    route("GET", ONE, show, user("read:notifications")),
    route("GET", GROUP + "/accounts", group_accounts, user("read:notifications|write:notifications")),
    route("POST", GROUP + "/dismiss", dismiss_group, user("write:notifications")),
    route("GET", GROUP, group, user("read:notifications")),
    route("GET", ALPHA, groups, user("read:notifications")),
    route("GET", ALPHA + "/unread_count", unread_groups, user("read:notifications")),
    route("GET", ALPHA + "/{key}", group, user("read:notifications")),
    route("POST", ALPHA + "/{key}/dismiss", dismiss_group, user("write:notifications")),
]
