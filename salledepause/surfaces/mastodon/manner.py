"""How Mastodon apps are known and refused: bearer tokens, JSON errors, rate limit headers."""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import sha256

from starlette.datastructures import Headers

from salledepause.features import accounts
from salledepause.features.accounts import Caller
from salledepause.kernel import clock, words
from salledepause.kernel.errors import Forbidden, Refusal, Unauthenticated
from salledepause.kernel.site import Site
from salledepause.kernel.windows import Stood
from salledepause.surfaces import limits
from salledepause.surfaces.edge import Answer, Call, Header, Rule, json
from salledepause.surfaces.mastodon.shelf import Presenter

WEIGHT = 600
"""Bytes that a caller weighs in memory."""


class Callers:
    """Who tokens speak for; what was read of one is remembered until its account or its app changes."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def of(self, token: str) -> Caller:
        """Return who a token speaks for; raises Unauthenticated, or Forbidden when the account is suspended or sleeps."""
        key = sha256(token.encode()).digest()
        caller: Caller = self._site.windows.recall(key) or await self._read(key, token)
        if caller.state == "suspended":
            raise Forbidden("Ce compte est suspendu.")
        if caller.state == "asleep":
            raise Forbidden("Ce compte dort : entrez sur le site pour le réveiller.")
        if caller.state == "pending":
            raise Forbidden("Votre inscription attend l'accord des hôtes.")
        return caller

    async def _read(self, key: bytes, token: str) -> Caller:
        tick = self._site.windows.marks.tick()
        async with self._site.db.reading() as tx:
            caller = await accounts.caller_of(tx, token)
        if caller is None:
            raise Unauthenticated("Jeton d'accès refusé : il est inconnu, expiré ou révoqué.")
        if not caller.used_today:
            async with self._site.db.transaction() as writing:
                await accounts.token_used(writing, caller.token_id)
        self._site.windows.keep(key, caller, WEIGHT, Stood(tx.read, tick))
        return caller


class ApiManner:
    """The manner of the JSON API."""

    language = "en"

    def __init__(self, callers: Callers, limiter: limits.Limiter, presenter: Presenter) -> None:
        self._callers = callers
        self._limiter = limiter
        self.presenter = presenter

    async def identify(self, site: Site, headers: Headers) -> Caller | None:
        """Return who the bearer token speaks for; `None` without one."""
        del site
        kind, _, token = headers.get("authorization", "").partition(" ")
        return await self._callers.of(token.strip()) if kind.lower() == "bearer" else None

    def view(self, call: Call) -> Hashable:
        """Return who looks, in which language."""
        return (call.viewer, call.language)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return `{"error": …}`."""
        return json({"error": words.told(refusal, call.language)}, refusal.status)

    def limit(self, call: Call, rule: Rule) -> tuple[Header, ...]:
        """Count the request and say what is left (https://docs.joinmastodon.org/api/rate-limits/)."""
        peer = limits.peer(call.scope, call.headers, call.site.settings.trusted_proxies)
        who = str(call.viewer) if call.viewer and rule.budget not in limits.EVERYBODY else peer
        counted = self._limiter.count(who, rule.budget)
        if counted is None:
            return ()
        return (
            (b"x-ratelimit-limit", str(counted.limit).encode()),
            (b"x-ratelimit-remaining", str(counted.remaining).encode()),
            (b"x-ratelimit-reset", clock.iso(counted.reset).encode()),
        )

    def hears(self, call: Call) -> bool:
        """Tell that what is refused stays unread: who calls keeps it."""
        del call
        return False
