"""The door of browsers: pages rendered here, plain forms; scripts make them quicker and are never needed.

Each module is a topic and ends with its `ROUTES`, and `DESTINATIONS` where the shell leads to it. `manner` knows sessions and
words refusals, `guests` holds the session and the word that guards forms, `safety` the headers of every page, `rendering` and
`wording` turn records into pages in two languages, `shell` and `navigation` what stands around them, `messages` what is told
after a form, `answers` what a form is answered, `cards` shows posts, `listing` lists of them, `live`, `rounds` and `direct` tell
open pages what is new, `assets` serves styles, scripts and pictures. `routes` puts
them together, the last one for addresses that lead nowhere. How a screen is added: `docs/web.md`.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from salledepause.kernel.site import Site
from salledepause.kernel.words import LANGUAGES
from salledepause.surfaces.limits import Limiter
from salledepause.surfaces.routes import build
from salledepause.surfaces.web import (
    alerts,
    announcing,
    appearance,
    assets,
    attaching,
    away,
    barometer,
    belongings,
    blurring,
    collections,
    company,
    compose,
    consent,
    conversations,
    decided,
    desk_cards,
    desks,
    direct,
    directory,
    distance,
    doors,
    editing,
    evidence,
    gestures,
    glossary,
    guarding,
    held,
    helping,
    home,
    humour,
    identity,
    installing,
    keeping,
    library,
    lists,
    more,
    notebook,
    noticeboard,
    notifications,
    outside,
    pages,
    passkeys,
    people,
    postcards,
    reasons,
    recipients,
    rendering,
    reports,
    retained,
    rooms,
    search,
    second_thoughts,
    security,
    settings,
    shield,
    signin,
    signposts,
    signup,
    sleeping,
    stops,
    teams,
    unrolled,
    verification,
    waves,
    word_filters,
    words,
)
from salledepause.surfaces.web.manner import WebManner
from salledepause.surfaces.web.navigation import Destination, Who

__all__ = ["TOPICS", "destinations", "preload", "routes"]

TOPICS = (
    # others
    noticeboard,
    notifications,
    conversations,
    people,
    distance,
    reports,
    word_filters,
    collections,
    shield,
    evidence,
    # reading
    announcing,
    home,
    humour,
    library,
    notebook,
    lists,
    directory,
    search,
    unrolled,
    postcards,
    teams,
    waves,
    words,
    doors,
    rooms,
    barometer,
    company,
    desk_cards,
    desks,
    stops,
    helping,
    glossary,
    signposts,
    held,
    retained,
    decided,
    pages,
    reasons,
    # gestures and writing
    gestures,
    compose,
    guarding,
    attaching,
    blurring,
    editing,
    recipients,
    second_thoughts,
    # coming in and going out
    signin,
    sleeping,
    signup,
    consent,
    # one's own
    settings,
    verification,
    passkeys,
    identity,
    alerts,
    away,
    security,
    belongings,
    appearance,
    more,
    installing,
    # the hosts' own
    *keeping.TOPICS,
)
"""The screens, a line each. A module has `ROUTES`, and `DESTINATIONS` where one can go to it; the first route of a path wins."""


def preload() -> None:
    """Read every template and shared file, once a process: what changes on the disk later does not change a running house."""
    assets.assets()
    for language in LANGUAGES:
        rendering.environment(language)


def destinations(*, visitors: bool = True) -> list[Destination]:
    """Return where one can go, as the screens say; where the house lets no `visitors` read, none is led to what people said."""
    found = [one for topic in TOPICS for one in getattr(topic, "DESTINATIONS", ())]
    kept = set() if visitors else {line.path for topic in TOPICS for line in topic.ROUTES if line.rule.reading}
    return [one._replace(who=one.who & ~Who.VISITOR) if one.path in kept else one for one in found]


def routes(site: Site, limiter: Limiter) -> list[BaseRoute]:
    """Return every page, form and shared file."""
    preload()
    lines = [line for topic in TOPICS for line in topic.ROUTES]
    known = destinations(visitors=site.settings.visitors)
    manner = WebManner(limiter, known)
    glossary.follow(site)
    streams = direct.routes(site, limiter, known)
    pages = build(site, manner, lines, outside.letterbox(site, manner))
    return [*streams, *pages, *assets.routes(), *outside.routes(site, manner)]
