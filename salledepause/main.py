"""The whole composition on one page: who reacts to what, which jobs exist, which doors are open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from socket import socket
from typing import Any

import msgspec
from starlette.types import ASGIApp

from salledepause.features import (
    accounts,
    announcements,
    archives,
    barometer,
    company,
    desks,
    doors,
    emojis,
    glossary,
    graph,
    language,
    moderation,
    noticeboard,
    notifications,
    posts,
    red_line,
    rooms,
    safety_net,
    shield,
    sources,
    supports,
    timelines,
    verification,
    victories,
    waves,
)
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.kernel.events import Bus, Event, Wiring
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.marks import Marks
from salledepause.kernel.pool import Database
from salledepause.kernel.seals import Seals
from salledepause.kernel.site import Site
from salledepause.kernel.tallies import Tallies
from salledepause.kernel.text import LINK_WEIGHT
from salledepause.kernel.windows import Windows
from salledepause.surfaces import federation, health, mastodon, web
from salledepause.surfaces.limits import Limiter
from salledepause.surfaces.routes import Switchboard

LATER: dict[str, Callable[..., Awaitable[None]]] = {
    "graph.let_in": graph.let_in,
    "timelines.spread_far": timelines.spread_far,
    "posts.decode_media": posts.media.decode,
    "posts.take_away": posts.holding.take_away,
    "moderation.sweep_images": moderation.images.sweep,
    "posts.end_poll": posts.polls.end,
    "posts.publish_scheduled": posts.scheduled.publish,
    "company.page": company.page,
    "desks.deliver": desks.deliver,
    "mastodon.wake": mastodon.wake,
    "notifications.answer": notifications.answer,
    "archives.run": archives.run,
    "waves.end": waves.end,
    "shield.judge": shield.judge,
    shield.crowds.TELL_HOSTS: shield.crowds.tell_hosts,
    "doors.end": doors.end,
}
"""Jobs by name; each takes the site and what the event holds."""

DEFERRED: dict[type[Event], Sequence[str]] = {
    timelines.ManyReaders: ("timelines.spread_far",),
    accounts.ProfileChanged: ("graph.let_in",),
    notifications.PushDue: ("mastodon.wake",),
    notifications.ReplyDue: ("notifications.answer",),
    shield.JudgeDue: ("shield.judge",),
}
"""What is done *later*, by jobs, when something happened."""

LAPSES: dict[str, Callable[..., Awaitable[None]]] = {
    "posts.decode_media": posts.media.give_up,
    "archives.run": archives.give_up,
    "shield.judge": shield.let_by,
}
"""What is done, once a job that somebody waits for has failed too often."""

EVERY: list[tuple[str, str, Callable[[Site], Awaitable[None]]]] = [
    ("17 3 * * *", "timelines.sweep", timelines.sweep),
    ("*/30 * * * *", "posts.purge_media", posts.media.purge),
    ("41 3 * * *", "posts.sweep_blobs", posts.media.sweep_blobs),
    ("* * * * *", "posts.expire", posts.expire),
    ("5 * * * *", "posts.forget_keys", posts.forget_keys),
    ("*/10 * * * *", "posts.index_older", posts.index_older),
    ("11 * * * *", "accounts.sweep", accounts.sweep),
    ("29 * * * *", "verification.sweep", verification.sweep),
    ("*/10 * * * *", "rooms.sweep", rooms.sweep),
    ("23 * * * *", "archives.sweep", archives.sweep),
    ("29 4 * * *", "safety_net.forget_calls", safety_net.forget_calls),
    ("33 4 * * *", "company.sweep", company.sweep),
    ("* * * * *", "barometer.gauge", barometer.gauge),
    ("* * * * *", "desks.consider", desks.consider),
    ("13 6 * * *", "desks.lapse", desks.lapse),
    ("35 4 * * *", "desks.sweep", desks.sweep),
    ("37 4 * * *", "victories.sweep", victories.sweep),
    ("43 4 * * *", "noticeboard.sweep", noticeboard.sweep),
    ("*/5 * * * *", "waves.sweep", waves.sweep),
    ("* * * * *", "doors.sweep", doors.sweep),
    ("*/10 * * * *", "waves.ask", waves.ask),
    ("47 4 * * *", "moderation.sweep_held", moderation.holds.sweep),
    ("* * * * *", "shield.sweep", shield.sweep),
    ("*/5 * * * *", "shield.tell", shield.tell),
    ("13 * * * *", "shield.forget", shield.crowds.forget),
    ("53 4 * * *", "accounts.let_go", accounts.let_go),
]
"""Periodic jobs: cron in UTC, name, work."""

LEAVE = (waves.forget_account, victories.forget_account, posts.leave, timelines.forget_account, graph.leave)
"""What an account takes along when it is erased, in this order."""

ALOUD: frozenset[type[Event]] = frozenset(
    {
        accounts.AccessRevoked,
        accounts.Suspended,
        accounts.Restored,
        announcements.Announced,
        announcements.Reacted,
        announcements.Withdrawn,
        emojis.EmojisChanged,
        glossary.GlossaryChanged,
        notifications.Admitted,
        notifications.Notified,
        posts.PostEdited,
        posts.PostErased,
        posts.PostPublished,
        posts.PostShownAnew,
        posts.QuoteWithdrawn,
        waves.WaveMoved,
    }
)
"""What is said to every process after the commit."""


APART: dict[type[Event], Sequence[Callable[[Tx, Any], Awaitable[None]]]] = {
    barometer.Reddened: (notifications.room_red,),
    moderation.ReportFiled: (notifications.report_filed,),
    moderation.Warned: (notifications.warned,),
    noticeboard.ItemDenied: (notifications.denied, noticeboard.forget),
    noticeboard.ItemsMet: (noticeboard.remember,),
    red_line.TurnedAway: (moderation.images.turned_away,),
}
"""Who reacts to what hosts do, and to what becomes of rumours."""


PUBLISHED = (
    shield.published,
    timelines.spread,
    desks.published,
    notifications.published,
    victories.published,
    company.published,
    shield.crowds.gathered,
)
"""Who reacts to a new post: what is to wait is covered first, and what waits for others is last."""


def wiring(jobs: Jobs, domain: str, link_weight: int = LINK_WEIGHT) -> Wiring:
    """Return who reacts to what. *Now* reactions run in this order, in the transaction of what happened."""
    return Wiring(
        now=APART
        | {
            accounts.AccountErased: LEAVE,
            accounts.SignedUp: (notifications.signed_up,),
            accounts.Veiled: (posts.veiled,),
            rooms.RoomChanged: (posts.room_changed,),
            verification.VerificationChanged: (posts.said_of_family,),
            graph.Followed: (timelines.follow_up, notifications.followed),
            graph.Unfollowed: (timelines.part, notifications.unfollowed, shield.duels.unfollowed),
            graph.FollowRequested: (notifications.follow_requested,),
            graph.Blocked: (posts.quotes.barred, waves.barred, notifications.blocked, shield.duels.blocked),
            graph.Unblocked: (posts.quotes.barred, waves.barred),
            graph.Limited: (notifications.limited,),
            graph.Recommended: (notifications.collected,),
            graph.RequestDecided: (notifications.request_decided,),
            posts.PostPublished: PUBLISHED,
            posts.PostHeld: (moderation.holds.told,),
            posts.PostEdited: (shield.edited, victories.edited, noticeboard.edited, notifications.edited),
            posts.PostErased: (timelines.retract,),
            posts.Favourited: (supports.favourited, notifications.favourited),
            posts.Unfavourited: (supports.unfavourited, notifications.unfavourited),
            posts.Boosted: (notifications.boosted,),
            posts.Quoted: (shield.quoted, notifications.quoted),
            posts.PollEnded: (notifications.poll_ended,),
            sources.HospitalsChanged: (victories.renamed,),
            victories.Thanked: (notifications.thanked,),
            company.Rung: (notifications.rung,),
            doors.QuestionAnswered: (notifications.question_answered,),
            desks.Waiting: (notifications.desk_waits,),
        },
        later=DEFERRED,
        aloud=ALOUD,
        jobs=jobs,
        domain=domain,
        link_weight=link_weight,
    )


def hushed(wiring: Wiring) -> Wiring:
    """Return who reacts to what while an archive comes in: nobody is told, and no home gets, what was said long ago."""
    past = {posts.PostPublished, posts.Favourited, posts.Boosted, posts.Quoted, victories.Thanked, company.Rung, desks.Waiting}
    now = {event: reactions for event, reactions in wiring.now.items() if event not in past}
    later = {event: names for event, names in wiring.later.items() if event not in past}
    return msgspec.structs.replace(wiring, now=now, later=later, aloud=wiring.aloud - past)


def site_of(settings: Settings, marks: Marks | None = None, *, worker: bool = False, importing: bool = False) -> Site:
    """Return a process of this installation, its connections still closed. Jobs are declared only in the worker.

    `marks` are those that the processes of a host share; without them a process is alone and learns from the bus. The process
    of an import is `hushed`. Raises BadInput in the worker where `settings.language` is of no use.
    """
    if worker and settings.language:
        language.choose(settings.language)
    url = settings.database_url
    jobs = Jobs(url)
    wired = msgspec.structs.replace(wiring(jobs, settings.domain, settings.link_weight), seals=Seals(settings.seals))
    wired = hushed(wired) if importing else wired
    db = Database(url, size=settings.pool_size, wiring=wired, durable=not worker, marks=marks)
    site = Site(settings, db, Bus(url, db.marks), jobs, Blobs(settings.blobs), Windows(db.marks))
    for name, work in LATER.items():
        lapse = LAPSES.get(name)
        jobs.declare(name, partial(work, site), lapse=partial(lapse, site) if lapse else None)
    for cron, name, sweep in EVERY if worker else ():
        jobs.every(cron, name, partial(sweep, site))
    return site


def application(settings: Settings, marks: Marks | None = None, tallies: Tallies | None = None) -> Switchboard:
    """Return the web application of one process: every door on one site; `marks` and `tallies` are shared by a host's."""
    site = site_of(settings, marks)
    limiter = Limiter(settings.rate_limit, tallies or Tallies())
    routes = [
        *mastodon.routes(site, limiter),
        *federation.routes(site, limiter),
        *web.routes(site, limiter),
        *health.routes(site),
    ]

    @asynccontextmanager
    async def living(_: Switchboard) -> AsyncIterator[dict[str, Any]]:
        async with site.db:
            site.bus.start()
            yield {}
            await site.bus.stop()

    return Switchboard(site, routes, living)


@asynccontextmanager
async def streams_apart(app: ASGIApp, host: str, port: int) -> AsyncIterator[Callable[[], None]]:
    """Serve an application's streams on their own port for a block, unless it is 0; yield how to let nobody in any more."""
    if not port:
        yield lambda: None
        return
    async with mastodon.SideDoor(app, streams_socket(host, port)) as door:
        yield door.shut


def streams_socket(host: str, port: int) -> socket:
    """Return a socket on the port of streams, which a host's processes share; port 0: any free one. Raises OSError."""
    return mastodon.bound(host, port)


def preload() -> None:
    """Read what pages are made of and what texts are looked at with, once for all processes that are forked from this one."""
    web.preload()
    language.preload()
    safety_net.preload()


def with_doors_open(app: ASGIApp) -> ASGIApp:
    """Return the application as it is served: its API open to web apps of other origins."""
    return mastodon.with_cors(app)
