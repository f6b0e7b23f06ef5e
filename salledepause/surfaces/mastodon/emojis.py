"""Emojis of the house in the API (https://docs.joinmastodon.org/methods/custom_emojis/), and kept right in each process."""

from __future__ import annotations

from salledepause.features import emojis
from salledepause.features.emojis import EmojisChanged
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.shelf import Presenter
from salledepause.surfaces.rereading import Rereader
from salledepause.surfaces.routes import anyone, route


def follow(site: Site, presenter: Presenter) -> None:
    """Keep the emojis of a process right; what was prepared with the former ones is forgotten."""
    Rereader(site, EmojisChanged, site.emojis, emojis.refresh, presenter.forget)


async def every(call: Call) -> Answer:
    """GET /api/v1/custom_emojis."""
    return json([entities.emoji(call.site, one) for one in await emojis.catalogue(call.tx)])


ROUTES = [route("GET", "/api/v1/custom_emojis", every, anyone())]
