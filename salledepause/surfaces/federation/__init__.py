"""The door of other servers: how this house and its people are found by name.

`discovery` answers WebFinger, host-meta and NodeInfo; `manner` counts requests by peer and words refusals; `routes` puts them
together.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from salledepause.kernel.site import Site
from salledepause.surfaces.federation import discovery
from salledepause.surfaces.federation.manner import PeerManner
from salledepause.surfaces.limits import Limiter
from salledepause.surfaces.routes import build

__all__ = ["routes"]


def routes(site: Site, limiter: Limiter) -> list[BaseRoute]:
    """Return every route that other servers ask for."""
    return build(site, PeerManner(limiter), discovery.ROUTES)
