"""Figures for the hosts' apps: measures, dimensions, cohorts; of everybody together, nothing of fewer than five people.

https://docs.joinmastodon.org/methods/admin/measures/, …/dimensions/ and …/retention/. Nobody is federated with: what is asked
of another server is nothing.
"""

from __future__ import annotations

import platform
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from salledepause.features import moderation
from salledepause.features.timelines import figures
from salledepause.features.timelines.figures import Cohort, Frequency, Measure, Span
from salledepause.kernel import clock, gauges
from salledepause.kernel.text import tag_key
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import route, user

DEFAULT, MOST = 10, 100
MOST_KEYS = 20
OF_A_TAG = ("tag_accounts", "tag_uses", "tag_servers", "tag_languages")
NOWHERE = ("tag_servers", "instance_accounts", "instance_media_attachments", "instance_reports", "instance_statuses",
           "instance_follows", "instance_followers")  # fmt: skip
"""Measures of other servers."""


class About(msgspec.Struct):
    """Which tag or which server a key is about."""

    id: str = ""
    domain: str = ""


class Asked(msgspec.Struct):
    """Which figures, of which days."""

    start_at: str = ""
    end_at: str = ""
    keys: list[str] = []
    limit: int | None = None
    frequency: Frequency = "day"
    tag_accounts: About = msgspec.field(default_factory=About)
    tag_uses: About = msgspec.field(default_factory=About)
    tag_languages: About = msgspec.field(default_factory=About)

    def span(self, most: int = figures.MOST_DAYS) -> Span:
        """Return the days asked for; raises BadInput."""
        return figures.span_of(self.start_at, self.end_at, most)

    def tag(self, key: str) -> str:
        """Return the tag that a key is about."""
        about = getattr(self, key, None)
        return tag_key(about.id) if isinstance(about, About) else ""

    @property
    def most(self) -> int:
        """How many values of a dimension."""
        return DEFAULT if self.limit is None else max(1, min(self.limit, MOST))


async def measures(call: Call) -> Answer:
    """POST /api/v1/admin/measures."""
    await moderation.keeper(call.tx, call.me)
    asked = call.read(Asked)
    span = asked.span()
    shown = []
    for key in dict.fromkeys(asked.keys[:MOST_KEYS]):
        if key in figures.MEASURES:
            shown.append(_measure(key, span, await figures.measure(call.tx, call.me, key, span, asked.tag(key))))
        elif key in NOWHERE:
            shown.append(_measure(key, span, Measure(0, 0, {})))
    return json(shown)


async def dimensions(call: Call) -> Answer:
    """POST /api/v1/admin/dimensions."""
    await moderation.keeper(call.tx, call.me)
    asked = call.read(Asked)
    span = asked.span()
    found = {key: await _dimension(call, key, span, asked) for key in dict.fromkeys(asked.keys[:MOST_KEYS])}
    return json([{"key": key, "data": data} for key, data in found.items() if data is not None])


async def retention(call: Call) -> Answer:
    """POST /api/v1/admin/retention."""
    await moderation.keeper(call.tx, call.me)
    asked = call.read(Asked)
    found = await figures.cohorts(call.tx, asked.span(figures.LONGEST[asked.frequency]), asked.frequency)
    return json([_cohort(one, asked.frequency) for one in found])


async def _dimension(call: Call, key: str, span: Span, asked: Asked) -> list[Entity] | None:
    """Return the values of a dimension, `None` for one that does not exist."""
    if key in {"languages", "tag_languages"}:
        tag = asked.tag(key) if key == "tag_languages" else None
        return [_value(code, code, number) for code, number in await figures.languages(call.tx, span, asked.most, tag)]
    if key == "sources":
        found = await figures.sources(call.tx, span, asked.most)
        return [_value(name or "web", name or call.site.settings.domain, number) for name, number in found]
    if key == "space_usage":
        weights = await gauges.weights(call.site.blobs.folder, call.tx)
        return [_bytes("postgresql", "PostgreSQL", weights.database), _bytes("media", "Media", weights.files)]
    if key == "software_versions":
        database = await call.tx.value("SHOW server_version")
        known = {"salledepause": house.VERSION, "postgresql": database, "python": platform.python_version()}
        return [_value(name, name, version) for name, version in known.items()]
    return [] if key in {"servers", "tag_servers", "instance_accounts", "instance_languages"} else None


def _value(key: str, human: str, value: object) -> Entity:
    return {"key": key, "human_key": human, "value": str(value)}


def _bytes(key: str, human: str, value: int) -> Entity:
    return _value(key, human, value) | {"unit": "bytes", "human_value": f"{value / 2**20:.1f} MiB"}


def _measure(key: str, span: Span, one: Measure) -> Entity:
    return {
        "key": key,
        "unit": None,
        "total": str(one.total),
        "previous_total": str(one.previous),
        "data": [{"date": _midnight(day), "value": str(one.days.get(day, 0))} for day in span.days],
    }


def _cohort(one: Cohort, frequency: str) -> Entity:
    data: list[dict[str, Any]] = [
        {"date": _midnight(day), "rate": round(number / one.people, 4) if one.people else 0.0, "value": str(number)}
        for day, number in one.active.items()
    ]
    return {"period": _midnight(one.began), "frequency": frequency, "data": data}


def _midnight(day: date) -> str:
    return clock.iso(datetime.combine(day, time(), UTC))


ADMIN = "/api/v1/admin/"
ROUTES = [
    route("POST", ADMIN + "measures", measures, user("admin:read")),
    route("POST", ADMIN + "dimensions", dimensions, user("admin:read")),
    route("POST", ADMIN + "retention", retention, user("admin:read")),
]
