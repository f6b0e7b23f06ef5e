"""The door of Mastodon apps: its client REST API, version 4.5 (https://docs.joinmastodon.org/client/).

Each module is a topic of the documentation and ends with its `ROUTES`; `entities` and its siblings are pure; `shelf` joins
prepared bytes into answers; `manner` knows tokens and words refusals. `routes` puts them together, `with_cors` opens them to
web apps of other origins; a `SideDoor` serves its streams on a port of their own.
"""

from __future__ import annotations

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from salledepause.kernel.site import Site
from salledepause.surfaces.limits import Limiter
from salledepause.surfaces.mastodon import (
    accounts,
    admin_accounts,
    admin_domains,
    admin_figures,
    admin_reports,
    admin_trends,
    announcements,
    apps,
    barometer,
    blobs,
    collecting,
    collections,
    company,
    conversations,
    decided,
    desk_cards,
    desks,
    discovery,
    domain_blocks,
    doors,
    emojis,
    filters,
    filters_v1,
    gestures,
    glossary,
    helping,
    holds,
    images,
    instance,
    learned,
    lists,
    markers,
    media,
    noticeboard,
    notification_requests,
    notifications,
    oauth,
    oembed,
    own,
    polls,
    profile,
    push,
    quotes,
    regards,
    relationships,
    reports,
    rooms,
    scheduled,
    search,
    secrecy,
    shield,
    signposts,
    statuses,
    streaming,
    supports,
    tags,
    teams,
    timelines,
    unkept,
    verification,
    waves,
)
from salledepause.surfaces.mastodon.cors import Cors
from salledepause.surfaces.mastodon.delivery import wake
from salledepause.surfaces.mastodon.manner import ApiManner, Callers
from salledepause.surfaces.mastodon.shelf import Presenter
from salledepause.surfaces.mastodon.side_door import SideDoor, bound
from salledepause.surfaces.routes import build

__all__ = ["SideDoor", "bound", "routes", "wake", "with_cors"]

TOPICS = (
    timelines,
    statuses,
    gestures,
    quotes,
    noticeboard,
    notifications,
    notification_requests,
    regards,
    profile,
    accounts,
    relationships,
    media,
    polls,
    scheduled,
    lists,
    collections,
    tags,
    search,
    shield,
    markers,
    instance,
    conversations,
    discovery,
    filters,
    filters_v1,
    reports,
    helping,
    glossary,
    signposts,
    secrecy,
    holds,
    decided,
    images,
    push,
    domain_blocks,
    emojis,
    announcements,
    apps,
    oauth,
    admin_accounts,
    admin_reports,
    admin_domains,
    admin_figures,
    admin_trends,
    rooms,
    barometer,
    company,
    desk_cards,
    desks,
    doors,
    supports,
    teams,
    learned,
    collecting,
    verification,
    waves,
    own,
    oembed,
    own,
    unkept,
)
"""The hot ones first: routes are tried in order."""


def routes(site: Site, limiter: Limiter) -> list[BaseRoute]:
    """Return every route of the API."""
    callers = Callers(site)
    presenter = Presenter(site)
    emojis.follow(site, presenter)
    manner = ApiManner(callers, limiter, presenter)
    lines = [line for topic in TOPICS for line in topic.ROUTES]
    return [*build(site, manner, lines), *streaming.routes(site, callers, presenter, limiter), *blobs.routes(site, limiter)]


def with_cors(app: ASGIApp) -> ASGIApp:
    """Open the API to web apps of any origin."""
    return Cors(app)
