"""The JSON of what ties people: relationships, lists, tags, notifications, reports. Pure functions, like `entities`.

Source: https://docs.joinmastodon.org/entities/ (4.5). A status or an account that is already bytes goes in as it is (`Raw`).
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from msgspec import Raw

from salledepause.features.accounts import Account
from salledepause.features.graph import FeaturedTag, People, Relationship
from salledepause.features.moderation import Caution, Report
from salledepause.features.notifications import Aside, Group, Notification, Policy, Request
from salledepause.features.posts import tags
from salledepause.features.rooms import Room
from salledepause.kernel import clock, words
from salledepause.kernel.site import Site
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.entities import Entity


def relationship(one: Relationship) -> Entity:
    """Return a Relationship."""
    return {
        "id": str(one.id),
        "following": one.following,
        "showing_reblogs": one.boosts,
        "notifying": one.notify,
        "languages": one.languages,
        "followed_by": one.followed_by,
        "blocking": one.blocking,
        "blocked_by": one.blocked_by,
        "muting": one.muting,
        "muting_notifications": one.muting_notifications,
        "muting_expires_at": clock.iso(one.muting_expires_at) if one.muting_expires_at else None,
        "requested": one.requested,
        "requested_by": one.requested_by,
        "domain_blocking": False,
        "endorsed": one.endorsed,
        "note": one.note,
        "salledepause": {"limiting": one.limiting},
    }


def muted_account(site: Site, one: Account, expires_at: datetime | None) -> Entity:
    """Return a MutedAccount: an Account, and until when it is muted."""
    return entities.account(site, one) | {"mute_expires_at": clock.iso(expires_at) if expires_at else None}


def people(one: People) -> Entity:
    """Return a List."""
    return {"id": str(one.id), "title": one.title, "replies_policy": one.replies_policy, "exclusive": one.exclusive}


def room_list(language: str, one: Room) -> Entity:
    """Return a room as a List, under which apps show what is said in it."""
    title = words.catalogue(language).gettext("Pièce : {name}").format(name=one.name)
    return {"id": str(one.id), "title": title, "replies_policy": "list", "exclusive": False}


def tag(site: Site, one: tags.TagFacts, *, following: bool | None, featuring: bool | None) -> Entity:
    """Return a Tag; to a visitor (`None`) it does not say whether they follow it."""
    entity: Entity = {
        "id": one.key,
        "name": one.name,
        "url": entities.tag_url(site, one.key),
        "history": [
            {"day": str(int(datetime.combine(day, time(), UTC).timestamp())), "uses": str(uses), "accounts": str(accounts)}
            for day, uses, accounts in one.days
        ],
    }
    return entity if following is None else entity | {"following": following, "featuring": bool(featuring)}


def featured_tag(site: Site, one: FeaturedTag, use: tags.Use | None) -> Entity:
    """Return a FeaturedTag."""
    return {
        "id": str(one.id),
        "name": one.name,
        "url": entities.tag_url(site, one.tag),
        "statuses_count": str(use.number) if use else "0",
        "last_status_at": use.last_on.isoformat() if use else None,
    }


def filed(one: Report) -> Entity:
    """Return what a Report says to its author and to the hosts alike."""
    return {
        "id": str(one.id),
        "action_taken": one.resolved_at is not None,
        "action_taken_at": clock.iso(one.resolved_at) if one.resolved_at else None,
        "category": one.category,
        "comment": one.comment,
        "forwarded": False,
        "created_at": clock.iso(one.created_at),
    }


def report(site: Site, one: Report, target: Account) -> Entity:
    """Return a Report; nothing of it says who filed it or which host settled it."""
    return filed(one) | {
        "status_ids": [str(post) for post in one.post_ids],
        "rule_ids": [str(rule) for rule in one.rule_ids],
        "target_account": entities.account(site, target),
    }


ACTIONS = {
    "hold_image": "mark_statuses_as_sensitive",
    "refuse_image": "delete_statuses",
    "restore_image": "none",
    "uphold": "none",
    "reverse": "none",
    "put_out": "none",
    "turn_away": "none",
    "hold_post": "none",
    "publish_post": "none",
    "refuse_post": "delete_statuses",
    "hold_edit": "none",
    "publish_edit": "none",
    "refuse_edit": "none",
}
"""What Mastodon calls our own measures, as near as it comes."""


APPEALS = {None: "pending", "kept": "rejected", "lifted": "approved"}
"""How an appeal stands (https://docs.joinmastodon.org/entities/Appeal/)."""


def warning(site: Site, one: Caution, target: Account) -> Entity:
    """Return an AccountWarning (https://docs.joinmastodon.org/entities/AccountWarning/): no host is named."""
    return {
        "id": str(one.id),
        "action": ACTIONS.get(one.measure, one.measure),
        "text": f"« {one.room} » : {one.reason}" if one.room else one.reason,
        "status_ids": [],
        "target_account": entities.account(site, target),
        "appeal": {"text": one.words, "state": APPEALS[one.verdict]} if one.words else None,
        "created_at": clock.iso(one.created_at),
    }


def notification(one: Notification, account: Entity, about: dict[str, Any]) -> Entity:
    """Return a Notification; `about` is its status, its report, its warning or its collection, when it has one."""
    return {
        "id": str(one.told.id),
        "type": one.told.kind,
        "group_key": one.told.group_key,
        "created_at": clock.iso(one.created_at),
        "account": account,
    } | about


def group(one: Group, *, paged: bool) -> Entity:
    """Return a NotificationGroup; what concerns the page is left out where there is none."""
    entity: Entity = {
        "group_key": one.key,
        "notifications_count": one.size,
        "type": one.newest.told.kind,
        "most_recent_notification_id": one.newest.told.id,
        "sample_account_ids": [str(account_id) for account_id in one.account_ids],
    }
    if paged:
        entity["page_min_id"] = str(one.page_min_id)
        entity["page_max_id"] = str(one.newest.told.id)
        entity["latest_page_notification_at"] = clock.iso(one.newest.created_at)
    if one.newest.seen:
        entity["status_id"] = str(one.newest.seen.post.id)
    return entity


def policy(one: Policy, aside: Aside) -> Entity:
    """Return a NotificationPolicy."""
    summary = {"pending_requests_count": aside.people, "pending_notifications_count": aside.notifications}
    return {name: getattr(one, name) for name in one.__struct_fields__} | {"summary": summary}


def request(one: Request, account: Entity, last: Raw | None) -> Entity:
    """Return a NotificationRequest; its count is a text, as documented."""
    return {
        "id": str(one.id),
        "created_at": clock.iso(one.created_at),
        "updated_at": clock.iso(one.updated_at),
        "account": account,
        "notifications_count": str(one.size),
    } | ({"last_status": last} if last else {})


def partial_account(site: Site, one: Account) -> Entity:
    """Return a PartialAccountWithAvatar."""
    avatar = entities.avatar_url(site, one)
    return {
        "id": str(one.id),
        "acct": one.handle,
        "url": entities.profile_url(site, one.handle),
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": one.avatar_description,
        "locked": one.locked,
        "bot": one.bot,
    }
