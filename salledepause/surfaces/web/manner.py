"""How browsers are known and refused: a session cookie, and refusals that are pages saying what to do."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers

from salledepause.features.accounts import Caller
from salledepause.kernel.errors import Forbidden, Refusal, Unauthenticated
from salledepause.kernel.site import Site
from salledepause.surfaces import limits
from salledepause.surfaces.edge import Answer, Call, Header, Rule
from salledepause.surfaces.web import addresses, guests, rendering, safety, wording
from salledepause.surfaces.web.navigation import Destination

READS = {"GET", "HEAD"}
WAITING = Forbidden("Les hôtes n'ont pas encore lu votre demande. En attendant, tout ce qui est public se lit ici.")


class WebManner:
    """The manner of pages and forms."""

    language = "fr"

    def __init__(self, limiter: limits.Limiter, destinations: Sequence[Destination] = ()) -> None:
        """Count requests with the buckets that every door of the process shares; show these destinations."""
        self._limiter = limiter
        self.guesses = limiter.guesses
        self.destinations = tuple(destinations)
        self._counted = [one for one in destinations if one.badge]

    async def identify(self, site: Site, headers: Headers) -> Caller | None:
        """Return who the session cookie speaks for; a session that has ended makes a visitor."""
        return await guests.of(site, headers, self._counted)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the page of a refusal; who must sign in first is sent there, and comes back."""
        if isinstance(refusal, Unauthenticated):
            return to_sign_in(call)
        waiting = isinstance(refusal, Forbidden) and call.caller is not None and call.caller.state == "pending"
        return refused(call, WAITING if waiting else refusal)

    def limit(self, call: Call, rule: Rule) -> tuple[Header, ...]:
        """Count the request, by account or by peer; raises TooMany."""
        peer = limits.peer(call.scope, call.headers, call.site.settings.trusted_proxies)
        self._limiter.count(str(call.viewer) if call.viewer and not rule.budget else peer, rule.budget)
        return ()


def refused(call: Call, refusal: Refusal) -> Answer:
    """Return the page of a refusal."""
    message = wording.told(refusal, call.language)
    return rendering.page(call, "refusal.html", status=refusal.status, code=refusal.status, message=message)


def to_sign_in(call: Call) -> Answer:
    """Send a visitor to sign in, and back to the page that was asked."""
    back = rendering.here(call) if call.scope["method"] in READS else ""
    return safety.to(addresses.header_value(addresses.with_query("/connexion", next=back)))
