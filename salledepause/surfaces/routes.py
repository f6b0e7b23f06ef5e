"""How a door lists its routes, and how the routes become applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Door, Handler, Manner, Rule


class Line(msgspec.Struct, frozen=True):
    """One route: `GET /api/v1/statuses/{id}`, its handler, who may enter."""

    method: str
    path: str
    handler: Handler
    rule: Rule


def route(method: str, path: str, handler: Handler, rule: Rule) -> Line:
    """Return a route."""
    return Line(method, path, handler, rule)


def user(scope: str, *, files: int = 0, budget: str = "", remembered: bool = False, transaction: bool = True) -> Rule:
    """Admit a person's token that has `scope` (several are separated by `|`)."""
    return Rule("user", scope, files, budget, remembered, transaction)


def app(scope: str = "", *, budget: str = "", transaction: bool = True) -> Rule:
    """Admit any token, of an app or of a person."""
    return Rule("app", scope, 0, budget, transaction=transaction)


def anyone(scope: str = "", *, budget: str = "", remembered: bool = False, transaction: bool = True) -> Rule:
    """Admit visitors too; a token that comes along must have `scope`."""
    return Rule("anyone", scope, 0, budget, remembered, transaction)


def reading(scope: str = "", *, remembered: bool = False) -> Rule:
    """Admit visitors where the house lets them read: what people said, and who they are."""
    return Rule("anyone", scope, remembered=remembered, reading=True)


def build(site: Site, manner: Manner, lines: Iterable[Line], unread: ASGIApp | None = None) -> list[BaseRoute]:
    """Return Starlette routes, one a path, in the order of `lines` (the hot ones first).

    `unread` answers whoever would read a path that only takes forms.
    """
    paths: dict[str, dict[str, ASGIApp]] = {}
    for line in lines:
        door = Door(site, line.handler, manner, line.rule, f"{line.method} {line.path}")
        paths.setdefault(line.path, {})[line.method] = door
    return [Route(path, endpoint=Methods(doors, unread)) for path, doors in paths.items()]


class Methods:
    """The doors of one path by method; HEAD goes through the door of GET, the rest is 405."""

    def __init__(self, doors: dict[str, ASGIApp], unread: ASGIApp | None = None) -> None:
        self._doors = doors if "GET" not in doors else {**doors, "HEAD": doors["GET"]}
        allowed = ", ".join(sorted(self._doors)).encode()
        if unread and "GET" not in doors:
            self._doors = {**doors, "GET": unread, "HEAD": unread}
        self._refusal = [(b"allow", allowed), (b"content-type", b"application/json; charset=utf-8")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        door = self._doors.get(scope["method"])
        if door is not None:
            await door(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 405, "headers": self._refusal})
        await send({"type": "http.response.body", "body": b'{"error":"Method not allowed"}'})


class Switchboard(Router):
    """Every route of a process: a path without parameters is found at once, the others among those that begin alike, in order.

    A slash at the end of a path is nothing: `toot login` sends people to `/oauth/authorize/`, as Mastodon lets it.
    """

    def __init__(self, site: Site, routes: Sequence[BaseRoute], lifespan: Lifespan[Switchboard]) -> None:
        tried = [route for route in routes if not isinstance(route, Route) or "{" in route.path or route.methods]
        super().__init__(routes=tried, lifespan=lifespan, default=missing, redirect_slashes=False)
        self.site = site
        self._exact = {
            route.path: route.app
            for route in reversed(routes)
            if isinstance(route, Route) and "{" not in route.path and not route.methods
        }
        alike: dict[str, list[tuple[int, str, Route]]] = {"/": []}
        for place, route in enumerate(tried):
            if isinstance(route, Route):
                literal = route.path.partition("{")[0]
                alike.setdefault(_beginning(literal), []).append((place, literal, route))
        self._alike = {beginning: [one[1:] for one in sorted(_above(alike, beginning))] for beginning in alike}

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its route; a final slash changes nothing, as in Mastodon (Mastodon.py sends one)."""
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/") or "/"
        if scope["type"] != "http":
            await super().app(scope, receive, send)
        elif (found := self._exact.get(scope["path"])) is not None:
            scope["path_params"] = {}
            await found(scope, receive, send)
        else:
            await self._tried(scope, receive, send)

    async def _tried(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the first route that its whole path and method match; the library knows the rest."""
        path = scope["path"]
        beginning = _beginning(path)
        while len(beginning) > 1 and beginning not in self._alike:
            beginning = _beginning(beginning[:-1])
        for literal, route in self._alike.get(beginning, ()):
            if not path.startswith(literal):
                continue
            match, child = route.matches(scope)
            if match is Match.FULL:
                scope.update(child)
                await route.handle(scope, receive, send)
                return
        await super().app(scope, receive, send)


def _above(alike: Mapping[str, list[tuple[int, str, Route]]], beginning: str) -> Iterator[tuple[int, str, Route]]:
    """Yield the routes that a path with this beginning may be meant for, each with its place among all."""
    while beginning:
        yield from alike.get(beginning, ())
        beginning = _beginning(beginning[:-1])


def _beginning(path: str) -> str:
    """Return a path up to its last slash, that included."""
    return path[: path.rfind("/") + 1]


async def missing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that there is nothing at this address."""
    del receive
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000, "reason": ""})
        return
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json; charset=utf-8")]})
    await send({"type": "http.response.body", "body": b'{"error":"Record not found"}'})
