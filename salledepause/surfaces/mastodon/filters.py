"""Filters of the API, as sets of keywords and posts (v2), and keyword by keyword (v1, deprecated).

https://docs.joinmastodon.org/methods/filters/
"""

from __future__ import annotations

import msgspec

from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import (
    Action,
    Caught,
    Context,
    Filter,
    FilterDraft,
    FilterResult,
    Keyword,
    KeywordDraft,
)
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import route, user


class KeywordAsked(msgspec.Struct):
    """A keyword to write, to change or to drop."""

    id: str | int | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    destroy: bool = msgspec.field(name="_destroy", default=False)

    @property
    def draft(self) -> KeywordDraft:
        """The same, as filters take it; raises Missing for what can be no id."""
        return KeywordDraft(self.keyword, self.whole_word, ids.parse(str(self.id)) if self.id else None, self.destroy)


class Asked(msgspec.Struct):
    """Parameters of a filter; its `expires_in` is read by `lasts`: null or empty, it means for ever."""

    title: str | None = None
    context: list[Context] | None = None
    filter_action: Action | None = None
    keywords_attributes: list[KeywordAsked] = []


def lasts(call: Call) -> int | None:
    """Return how many seconds a filter is to last, 0 for ever, `None` when that is not said; raises BadInput."""
    if "expires_in" not in call.given:
        return None
    try:
        return max(0, int(call.given["expires_in"] or 0))
    except (TypeError, ValueError) as error:
        raise BadInput("Durée illisible : attendu un nombre de secondes (expires_in).") from error


def _draft(call: Call) -> FilterDraft:
    asked = call.read(Asked)
    return FilterDraft(
        title=asked.title,
        contexts=None if asked.context is None else tuple(asked.context),
        action=asked.filter_action,
        lasts=lasts(call),
        keywords=tuple(one.draft for one in asked.keywords_attributes),
    )


def bare_entity(one: Filter) -> Entity:
    """Return a Filter without its keywords and statuses, as a FilterResult shows it."""
    return {
        "id": str(one.id),
        "title": one.title,
        "context": list(one.contexts),
        "expires_at": clock.iso(one.expires_at) if one.expires_at else None,
        "filter_action": one.action,
    }


def entity(one: Filter) -> Entity:
    """Return a Filter."""
    held = {"keywords": [keyword_entity(each) for each in one.keywords], "statuses": [status_entity(each) for each in one.posts]}
    return bare_entity(one) | held


def keyword_entity(one: Keyword) -> Entity:
    """Return a FilterKeyword."""
    return {"id": str(one.id), "keyword": one.keyword, "whole_word": one.whole_word}


def status_entity(one: Caught) -> Entity:
    """Return a FilterStatus."""
    return {"id": str(one.id), "status_id": str(one.post_id)}


def result_entity(one: FilterResult) -> Entity:
    """Return a FilterResult."""
    return {
        "filter": bare_entity(one.filter),
        "keyword_matches": list(one.keywords) or None,
        "status_matches": [str(each) for each in one.post_ids] or None,
    }


async def show_all(call: Call) -> Answer:
    """GET /api/v2/filters."""
    return json([entity(one) for one in await filters.all_filters(call.tx, call.me)])


async def show(call: Call) -> Answer:
    """GET /api/v2/filters/:id."""
    return json(entity(await filters.one(call.tx, call.me, call.id())))


async def create(call: Call) -> Answer:
    """POST /api/v2/filters."""
    return json(entity(await filters.create(call.tx, call.me, _draft(call))))


async def change(call: Call) -> Answer:
    """PUT /api/v2/filters/:id."""
    return json(entity(await filters.change(call.tx, call.me, call.id(), _draft(call))))


async def erase(call: Call) -> Answer:
    """DELETE /api/v2/filters/:id."""
    await filters.erase(call.tx, call.me, call.id())
    return json({})


async def keywords(call: Call) -> Answer:
    """GET /api/v2/filters/:filter_id/keywords."""
    return json([keyword_entity(one) for one in (await filters.one(call.tx, call.me, call.id())).keywords])


async def add_keyword(call: Call) -> Answer:
    """POST /api/v2/filters/:filter_id/keywords."""
    return json(keyword_entity(await filters.add_keyword(call.tx, call.me, call.id(), _keyword(call))))


async def keyword(call: Call) -> Answer:
    """GET /api/v2/filters/keywords/:id."""
    return json(keyword_entity(await filters.keyword(call.tx, call.me, call.id())))


async def change_keyword(call: Call) -> Answer:
    """PUT /api/v2/filters/keywords/:id."""
    return json(keyword_entity(await filters.change_keyword(call.tx, call.me, call.id(), _keyword(call))))


def _keyword(call: Call) -> KeywordDraft:
    asked = call.read(KeywordAsked)
    return KeywordDraft(asked.keyword, asked.whole_word)


async def drop_keyword(call: Call) -> Answer:
    """DELETE /api/v2/filters/keywords/:id."""
    await filters.drop_keyword(call.tx, call.me, call.id())
    return json({})


async def statuses(call: Call) -> Answer:
    """GET /api/v2/filters/:filter_id/statuses."""
    return json([status_entity(one) for one in (await filters.one(call.tx, call.me, call.id())).posts])


class StatusAsked(msgspec.Struct):
    """The status to filter."""

    status_id: str | int = ""


async def add_status(call: Call) -> Answer:
    """POST /api/v2/filters/:filter_id/statuses."""
    post_id = ids.parse(str(call.read(StatusAsked).status_id))
    return json(status_entity(await filters.catch(call.tx, call.me, call.id(), post_id)))


async def status(call: Call) -> Answer:
    """GET /api/v2/filters/statuses/:id."""
    return json(status_entity(await filters.caught(call.tx, call.me, call.id())))


async def drop_status(call: Call) -> Answer:
    """DELETE /api/v2/filters/statuses/:id; answers what was released."""
    return json(status_entity(await filters.release(call.tx, call.me, call.id())))


V2 = "/api/v2/filters"
ONE, KEYWORD, STATUS = V2 + "/{id}", V2 + "/keywords/{id}", V2 + "/statuses/{id}"
READ, WRITE = user("read:filters"), user("write:filters")
ROUTES = [
    route("GET", V2, show_all, READ),
    route("POST", V2, create, WRITE),
    route("GET", KEYWORD, keyword, READ),
    route("PUT", KEYWORD, change_keyword, WRITE),
    route("DELETE", KEYWORD, drop_keyword, WRITE),
    route("GET", STATUS, status, READ),
    route("DELETE", STATUS, drop_status, WRITE),
    route("GET", ONE + "/keywords", keywords, READ),
    route("POST", ONE + "/keywords", add_keyword, WRITE),
    route("GET", ONE + "/statuses", statuses, READ),
    route("POST", ONE + "/statuses", add_status, WRITE),
    route("GET", ONE, show, READ),
    route("PUT", ONE, change, WRITE),
    route("DELETE", ONE, erase, WRITE),
]
