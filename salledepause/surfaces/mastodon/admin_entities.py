"""The JSON of what hosts see: accounts, reports, the policy towards other servers. Pure functions, like `entities`.

Source: https://docs.joinmastodon.org/entities/Admin_Account/ and its siblings (4.5). We keep no e-mail and no address: `email` is
empty, `ip` null, `ips` an empty array. Days of accounts stay day-precise here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from salledepause.features.accounts import Account, Family
from salledepause.features.moderation import Report
from salledepause.features.moderation.domains import DomainAllow, DomainBlock
from salledepause.kernel import clock
from salledepause.kernel.site import Site
from salledepause.surfaces.mastodon import entities, social_entities
from salledepause.surfaces.mastodon.entities import Entity

GONE = Account(
    id=0,
    handle="compte_efface",
    name="",
    family=Family.OTHER,
    shows_family=False,
    mode="contributor",
    role="member",
    state="suspended",
    silenced=False,
    note="",
    fields=[],
    avatar=None,
    header=None,
    avatar_description="",
    header_description="",
    locked=False,
    bot=False,
    discoverable=False,
    indexable=False,
    hide_collections=True,
    language="fr",
    default_audience="public",
    default_sensitive=False,
    followers_count=0,
    following_count=0,
    posts_count=0,
    last_post_on=None,
    version=0,
    created_at=datetime(1970, 1, 1, tzinfo=UTC),
)
"""Stands for a reporter who has erased their account: apps expect somebody."""


def account(site: Site, one: Account, reason: str | None = None) -> Entity:
    """Return an Admin::Account; `reason` is why somebody who waits wants to come in."""
    return {
        "id": str(one.id),
        "username": one.handle,
        "domain": None,
        "created_at": clock.iso_day(one.created_at),
        "email": "",
        "ip": None,
        "ips": [],
        "locale": one.language or "fr",
        "invite_request": reason,
        "role": entities.role(one),
        "confirmed": True,
        "approved": one.state != "pending",
        "disabled": one.disabled,
        "sensitized": one.sensitized,
        "silenced": one.silenced,
        "suspended": one.state == "suspended",
        "account": entities.account(site, one),
    }


def report(site: Site, one: Report, who: Mapping[int, Account], statuses: list[object], rules: list[Entity]) -> Entity:
    """Return an Admin::Report; `who` has the accounts that it names, those that are gone left out."""

    def maybe(account_id: int | None) -> Entity | None:
        found = who.get(account_id) if account_id is not None else None
        return account(site, found) if found else None

    return social_entities.filed(one) | {
        "updated_at": clock.iso(one.updated_at),
        "account": maybe(one.account_id) or account(site, GONE),
        "target_account": maybe(one.target_id) or account(site, GONE),
        "assigned_account": maybe(one.assigned_to),
        "action_taken_by_account": maybe(one.resolved_by),
        "statuses": statuses,
        "rules": rules,
    }


def domain_block(one: DomainBlock) -> Entity:
    """Return an Admin::DomainBlock."""
    return {
        "id": str(one.id),
        "domain": one.domain,
        "digest": sha256(one.domain.encode()).hexdigest(),
        "created_at": clock.iso(one.created_at),
        "severity": one.severity,
        "reject_media": one.reject_media,
        "reject_reports": one.reject_reports,
        "private_comment": one.private_comment or None,
        "public_comment": one.public_comment or None,
        "obfuscate": one.obfuscate,
    }


def public_domain_block(one: DomainBlock) -> Entity:
    """Return a DomainBlock, as everybody may read it (https://docs.joinmastodon.org/entities/DomainBlock/)."""
    digest = sha256(one.domain.encode()).hexdigest()
    return {"domain": one.shown, "digest": digest, "severity": one.severity, "comment": one.public_comment or None}


def domain_allow(one: DomainAllow) -> Entity:
    """Return an Admin::DomainAllow."""
    return {"id": str(one.id), "domain": one.domain, "created_at": clock.iso(one.created_at)}
