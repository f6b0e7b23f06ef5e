"""How other servers are met: nobody signs in at this door, refusals are short JSON, requests are counted by peer."""

from __future__ import annotations

from collections.abc import Hashable

from starlette.datastructures import Headers

from salledepause.features.accounts import Caller
from salledepause.kernel import words
from salledepause.kernel.errors import Refusal
from salledepause.kernel.site import Site
from salledepause.surfaces import limits
from salledepause.surfaces.edge import Answer, Call, Header, Rule, json


class PeerManner:
    """The manner of what servers and tools ask of each other."""

    language = "en"

    def __init__(self, limiter: limits.Limiter) -> None:
        """Count requests with the buckets that every door of the process shares."""
        self._limiter = limiter

    async def identify(self, site: Site, headers: Headers) -> Caller | None:
        """Return nobody: what is told here is told to all."""
        del site, headers
        return None

    def view(self, call: Call) -> Hashable:
        """Return the language: everybody is told the same."""
        return (call.language,)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return `{"error": …}`."""
        return json({"error": words.told(refusal, call.language)}, refusal.status)

    def limit(self, call: Call, rule: Rule) -> tuple[Header, ...]:
        """Count the request; raises TooMany."""
        self._limiter.count(limits.peer(call.scope, call.headers, call.site.settings.trusted_proxies), rule.budget)
        return ()

    def hears(self, call: Call) -> bool:
        """Tell that what is refused stays unread: who calls keeps it."""
        del call
        return False
