"""Our own routes, described by the very structs that read their parameters and write their answers (OpenAPI 3.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from salledepause import __version__
from salledepause.surfaces.edge import Handler, Rule
from salledepause.surfaces.routes import Line, route

REF = "#/components/schemas/{name}"
PARAMETER = re.compile(r"\{(\w+)\}")
Schema = dict[str, Any]


class Own(NamedTuple):
    """One of our own routes: its line, what it reads, what it answers (`None`: an empty object, `bytes`: a file)."""

    line: Line
    asked: type | None
    answered: Any


def own(path: str, handler: Handler, rule: Rule, shapes: tuple[type | None, Any] = (None, None)) -> Own:
    """Return one of our own routes; `path` begins with the method, `GET /api/salledepause/v1/rooms`."""
    method, _, where = path.partition(" ")
    return Own(route(method, where, handler, rule), *shapes)


def lines(routes: Sequence[Own]) -> list[Line]:
    """Return the lines of some of our own routes."""
    return [one.line for one in routes]


def openapi(title: str, routes: Sequence[Own]) -> Schema:
    """Return the OpenAPI description of our own routes."""
    shapes = [kind for one in routes for kind in (one.asked, one.answered) if kind not in (None, bytes)]
    schemas, components = msgspec.json.schema_components(shapes, ref_template=REF)
    known = iter(schemas)
    paths: dict[str, Schema] = {}
    for one in routes:
        asked = next(known) if one.asked else None
        answered = next(known) if one.answered not in (None, bytes) else None
        paths.setdefault(one.line.path, {})[one.line.method.lower()] = _operation(one, asked, answered)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(one: Own, asked: Schema | None, answered: Schema | None) -> Schema:
    line = one.line
    said = (line.handler.__doc__ or "").partition(": ")[2].strip().splitlines()
    operation: Schema = {
        "operationId": f"{line.handler.__module__.rpartition('.')[2]}.{line.handler.__name__}",
        "summary": said[0] if said else "",
        "parameters": [_parameter(name) for name in PARAMETER.findall(line.path)],
        "responses": {"200": {"description": "Done.", "content": _content(one, answered)}},
        "security": [{"token": line.rule.scope.split("|")}] + ([{}] if line.rule.who == "anyone" else []),
    }
    if asked and line.method == "GET":
        operation["parameters"] = [*operation["parameters"], {"name": "query", "in": "query", "schema": asked, "style": "form"}]
    elif asked:
        kinds = ("multipart/form-data",) if line.rule.files else ("application/json", "application/x-www-form-urlencoded")
        operation["requestBody"] = {"content": {kind: {"schema": asked} for kind in kinds}}
    return operation


def _parameter(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _content(one: Own, answered: Schema | None) -> Schema:
    if one.answered is bytes:
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": answered or {"type": "object"}}}
