"""How Mastodon apps are known and refused: bearer tokens, JSON errors, rate limit headers."""

from __future__ import annotations

from hashlib import sha256

from starlette.datastructures import Headers

from salledepause.features import accounts
from salledepause.features.accounts import AccessRevoked, Caller, Restored, Suspended
from salledepause.kernel import clock, words
from salledepause.kernel.errors import Forbidden, Refusal, Unauthenticated
from salledepause.kernel.site import Site
from salledepause.surfaces import limits
from salledepause.surfaces.edge import Answer, Call, Header, Rule, json
from salledepause.surfaces.mastodon.shelf import Presenter

MOST = 50_000
"""Tokens remembered by one process."""


class Callers:
    """Tokens lately seen and who they speak for; forgotten as soon as any process revokes or suspends."""

    def __init__(self, site: Site) -> None:
        self._db = site.db
        self._known: dict[bytes, Caller] = {}
        self._revocations = 0
        site.bus.on(AccessRevoked, self._revoked)
        site.bus.on(Suspended, lambda event: self._forget(event.account_id, None))
        site.bus.on(Restored, lambda event: self._forget(event.account_id, None))
        site.bus.on_gap(self._known.clear)

    async def of(self, token: str) -> Caller:
        """Return who a token speaks for; raises Unauthenticated, or Forbidden when the account is suspended."""
        key = sha256(token.encode()).digest()
        caller = self._known.get(key) or await self._read(key, token)
        if caller.state == "suspended":
            raise Forbidden("Ce compte est suspendu.")
        if caller.state == "pending":
            raise Forbidden("Votre inscription attend l'accord des hôtes.")
        return caller

    async def _read(self, key: bytes, token: str) -> Caller:
        """Read a token; it is remembered only when nothing was revoked while it was read."""
        before = self._revocations
        async with self._db.reading() as tx:
            caller = await accounts.caller_of(tx, token)
        if caller is None:
            raise Unauthenticated("Jeton d'accès refusé : il est inconnu, expiré ou révoqué.")
        if before == self._revocations:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = caller
        return caller

    def _revoked(self, event: AccessRevoked) -> None:
        self._forget(event.account_id, event.app_id)

    def _forget(self, account_id: int | None, app_id: int | None) -> None:
        self._revocations += 1
        gone = [
            key
            for key, caller in self._known.items()
            if (account_id is not None and caller.account_id == account_id) or (app_id is not None and caller.app_id == app_id)
        ]
        for key in gone:
            del self._known[key]


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
