"""CORS of the API: any web app may call it with a token, and read its paging and limits."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = ("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/", "/nodeinfo/", "/media/", "/health")
"""What other origins may read; cookies never travel along."""
READABLE = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"),
]
PREFLIGHT = [
    *READABLE,
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, Accept-Language"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
]


class Cors:
    """Answers preflights and opens the answers of the API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *READABLE]
            await send(message)

        await self._app(scope, receive, opened)
