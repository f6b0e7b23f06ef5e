"""What notifications are about, loaded for a page of them, and words for an app that knows nothing of a kind.

https://docs.joinmastodon.org/entities/Notification/ and https://docs.joinmastodon.org/entities/NotificationFallback/ (4.6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import msgspec

from salledepause.features import accounts, graph, moderation, notifications
from salledepause.features.accounts import Account
from salledepause.features.notifications import Kind, Notification
from salledepause.features.posts import Seen
from salledepause.kernel import words
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Site
from salledepause.surfaces.mastodon import collections, social_entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.shelf import Presenter

TITLES = {
    Kind.COLLECTED: "%(name)s vous recommande dans une collection",
    Kind.WARNING: "Un mot des hôtes",
    Kind.SIGN_UP: "%(name)s est là depuis peu",
    Kind.REPORT: "%(name)s a signalé quelqu'un",
    Kind.WAVE: "Une ronde félicite votre victoire",
    Kind.PROMPT: "Une petite victoire cette semaine ?",
    Kind.DESK: "Votre guichet vous attend",
    Kind.DIGEST: "Votre bouclier a mis des messages de côté",
    Kind.ASKED: "%(name)s compte sur vous : un sas à trier, ou un duel amical",
    Kind.PILE_ON: "Beaucoup d'inconnus répondent à la même personne",
    Kind.ROOM_RED: "Une pièce que vous gardez est passée au rouge",
}
"""Of the kinds that an app may never have heard of, and that show no post it could show instead."""


class Causes(NamedTuple):
    """What the notifications of a page are about."""

    statuses: Mapping[int, msgspec.Raw]
    """Prepared bytes, by post."""
    about: Mapping[int, Entity]
    """Beside those: what a notification says of its report, warning or collection, by notification."""

    def gone(self, one: Notification) -> bool:
        """Tell whether what it was about went a moment ago."""
        if one.seen:
            return one.seen.post.id not in self.statuses
        return one.told.kind in {Kind.WARNING, Kind.COLLECTED} and one.told.id not in self.about


async def load(shelf: Presenter, tx: Tx, me: int, found: Sequence[Notification]) -> Causes:
    """Return what notifications are about, as their person may see it."""
    statuses = await statuses_of(shelf, tx, me, [one.seen for one in found if one.seen])
    reports = await _reports(shelf.site, tx, found)
    warnings = await _warnings(shelf.site, tx, found)
    return Causes(statuses, {**reports, **warnings, **await _collections(shelf.site, tx, me, found)})


async def statuses_of(shelf: Presenter, tx: Tx, me: int, rows: Sequence[Seen]) -> dict[int, msgspec.Raw]:
    """Return the prepared bytes of posts by id; one erased a moment ago is left out."""
    distinct = {row.post.id: row for row in rows}
    written = await shelf.statuses(tx, list(distinct.values()), me)
    if len(written) == len(distinct):
        return dict(zip(distinct, map(msgspec.Raw, written), strict=True))
    alone = {key: await shelf.statuses(tx, [row], me) for key, row in distinct.items()}
    return {key: msgspec.Raw(one[0]) for key, one in alone.items() if one}


async def _reports(site: Site, tx: Tx, found: Sequence[Notification]) -> dict[int, Entity]:
    wanted = {one.told.id: one.told.report_id for one in found if one.told.report_id}
    if not wanted:
        return {}
    filed = await moderation.load(tx, list(wanted.values()))
    targets = await accounts.load(tx, {one.target_id for one in filed.values()})
    return {
        key: {"report": social_entities.report(site, filed[report], targets[filed[report].target_id])}
        for key, report in wanted.items()
        if report in filed and filed[report].target_id in targets
    }


async def _warnings(site: Site, tx: Tx, found: Sequence[Notification]) -> dict[int, Entity]:
    warned = [one.told for one in found if one.told.kind == Kind.WARNING]
    if not warned:
        return {}
    acts = await notifications.acts(tx, [one.id for one in warned])
    cautions = await moderation.cautions(tx, set(acts.values()))
    who = await accounts.load(tx, {one.from_id for one in warned})
    return {
        one.id: {"moderation_warning": social_entities.warning(site, cautions[acts[one.id]], who[one.from_id])}
        for one in warned
        if acts.get(one.id) in cautions and one.from_id in who
    }


async def _collections(site: Site, tx: Tx, me: int, found: Sequence[Notification]) -> dict[int, Entity]:
    wanted = {one.told.id: one.told.collection_id for one in found if one.told.collection_id}
    held = await graph.held_by(tx, me, list(wanted.values()))
    shown = dict(zip(held, await collections.entities_of(site, tx, me, list(held.values())), strict=True))
    return {key: {"collection": shown[one]} for key, one in wanted.items() if one in shown}


class Knowledge(NamedTuple):
    """Which kinds an app can show (`None`: it does not say), and in which language to speak of the others."""

    kinds: Collection[str] | None = None
    language: str = words.LANGUAGES[0]

    def fallback(self, site: Site, kind: str, who: Account, others: int = 0) -> Entity:
        """Return a NotificationFallback under its key, when the app asked for one of what it cannot show."""
        if self.kinds is None or kind in self.kinds or kind not in TITLES:
            return {}
        spoken = words.catalogue(self.language)
        title = spoken.gettext(TITLES[Kind(kind)])
        if kind == Kind.SIGN_UP and others == 1:
            title = spoken.gettext("%(name)s et une autre personne sont là depuis peu")
        elif kind == Kind.SIGN_UP and others:
            title = spoken.gettext("%(name)s et %(n)s autres sont là depuis peu")
        summary = spoken.gettext("Votre application ne sait pas le montrer : c'est sur %(link)s.")
        link = f'<a href="{escape(site.url("/notifications"))}">{escape(site.settings.domain)}</a>'
        named = {"name": escape(who.name or who.handle), "n": others, "link": link}
        return {"fallback": {"title": title % named, "summary": summary % named, "details": None}}


def about(causes: Causes, one: Notification) -> dict[str, Any]:
    """Return what a whole Notification holds beside the rest."""
    return {"status": causes.statuses[one.seen.post.id]} if one.seen else dict(causes.about.get(one.told.id, {}))
