"""The door of browsers: pages rendered here, plain forms, no script at all.

Each module is a topic and ends with its `ROUTES`. `manner` knows sessions and words refusals, `guests` holds the session and the
word that guards forms, `safety` the headers of every page, `rendering` and `wording` turn records into pages in two languages,
`cards` shows posts, `assets` serves the style sheet and the pictures. `routes` puts them together, the last one for addresses
that lead nowhere.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from salledepause.kernel import words
from salledepause.kernel.site import Site
from salledepause.surfaces.limits import Limiter
from salledepause.surfaces.routes import build
from salledepause.surfaces.web import assets, compose, consent, gestures, outside, pages, rendering, settings, signin, signup
from salledepause.surfaces.web.manner import WebManner

__all__ = ["preload", "routes"]

TOPICS = (pages, gestures, compose, signin, signup, settings, consent)


def preload() -> None:
    """Read every template and shared file, once a process: what changes on the disk later does not change a running house."""
    assets.assets()
    for language in words.LANGUAGES:
        rendering.environment(language)


def routes(site: Site, limiter: Limiter) -> list[BaseRoute]:
    """Return every page, form and shared file."""
    preload()
    lines = [line for topic in TOPICS for line in topic.ROUTES]
    manner = WebManner(limiter)
    return [*build(site, manner, lines), *assets.routes(), *outside.routes(site, manner)]
