"""Notifications of the API, one by one (v1) and grouped (v2).

https://docs.joinmastodon.org/methods/notifications/ and https://docs.joinmastodon.org/methods/grouped_notifications/
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import accounts, notifications
from salledepause.features.notifications import GROUPED, OURS, Group, Notification, Wanted
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import causes, entities, social_entities
from salledepause.surfaces.mastodon.causes import Knowledge
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.relationships import people
from salledepause.surfaces.mastodon.shelf import Presenter, presenter
from salledepause.surfaces.routes import route, user

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
    supported_types: list[str] | None = None

    def known(self, call: Call) -> Knowledge:
        """Return what the app can show."""
        return Knowledge(None if self.supported_types is None else self.supported_types[:MOST_KINDS], call.language)

    @property
    def wanted(self) -> Wanted:
        """The same, as notifications take it; raises Missing for an account that can be nobody's."""
        grouped = GROUPED if self.grouped_types is None else tuple(self.grouped_types[:MOST_KINDS])
        from_id = ids.parse(self.account_id) if self.account_id else None
        kinds, unwanted = tuple(self.types[:MOST_KINDS]), tuple(self.exclude_types[:MOST_KINDS])
        if not kinds and self.supported_types is None:  # an app that says nothing of them may choke on kinds of ours
            unwanted += tuple(OURS)
        return Wanted(kinds, unwanted, from_id, grouped, self.include_filtered)

    @property
    def counted(self) -> int:
        """How far to count."""
        return COUNTED if self.limit is None else max(1, min(self.limit, MOST_COUNTED))


async def entities_of(
    shelf: Presenter,
    tx: Tx,
    me: int,
    found: Sequence[Notification],
    known: Knowledge = Knowledge(),  # noqa: B008 - frozen
) -> list[Entity]:
    """Return Notifications, statuses as prepared bytes; one whose cause went a moment ago is left out."""
    who = await accounts.load(tx, {one.told.from_id for one in found})
    loaded = await causes.load(shelf, tx, me, found)
    return [
        social_entities.notification(one, entities.account(shelf.site, who[one.told.from_id]), causes.about(loaded, one))
        | known.fallback(shelf.site, one.told.kind, who[one.told.from_id])
        for one in found
        if one.told.from_id in who and not loaded.gone(one)
    ]


async def show_all(call: Call) -> Answer:
    """GET /api/v1/notifications."""
    asked = call.read(Asked)
    found = await notifications.notifications(call.tx, call.me, call.page(40, 80), asked.wanted)
    shown = await entities_of(presenter(call), call.tx, call.me, found.items, asked.known(call))
    return json(shown, headers=call.link(found))


async def show(call: Call) -> Answer:
    """GET /api/v1/notifications/:id."""
    found = await notifications.one(call.tx, call.me, call.id())
    for shown in await entities_of(presenter(call), call.tx, call.me, [found], call.read(Asked).known(call)):
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
    body = await _results(call, found.items, asked, paged=True)
    return json(body, headers=call.link(found))


async def _results(call: Call, found: Sequence[Group], asked: Asked, *, paged: bool) -> Entity:
    """Return GroupedNotificationsResults; of a page in part, only the latest account of each group is whole."""
    site, known = call.site, asked.known(call)
    partial = paged and asked.expand_accounts == "partial_avatars"
    wanted = list(dict.fromkeys(account_id for one in found for account_id in one.account_ids))
    who = await accounts.load(call.tx, wanted)
    loaded = await causes.load(presenter(call), call.tx, call.me, [one.newest for one in found])
    whole = {one.account_ids[0] for one in found} if partial else set(wanted)
    body = {
        "accounts": [entities.account(site, who[key]) for key in wanted if key in whole and key in who],
        "statuses": list(loaded.statuses.values()),
        "notification_groups": [
            social_entities.group(one, paged=paged)
            | loaded.about.get(one.newest.told.id, {})
            | known.fallback(site, one.newest.told.kind, who[one.account_ids[0]], one.size - 1)
            for one in found
            if one.account_ids[0] in who and not loaded.gone(one.newest)
        ],
    }
    if not partial:
        return body
    others = [social_entities.partial_account(site, who[key]) for key in wanted if key not in whole and key in who]
    return body | {"partial_accounts": others}


async def group(call: Call) -> Answer:
    """GET /api/v2/notifications/:group_key."""
    asked = call.read(Asked)
    found = await notifications.one_group(call.tx, call.me, call.text("key"), asked.wanted)
    return json(await _results(call, [found], asked, paged=False))


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
