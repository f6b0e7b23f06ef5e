"""Filters as Mastodon 3 had them: one keyword each (https://docs.joinmastodon.org/methods/filters/#v1, deprecated)."""

from __future__ import annotations

import msgspec

from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import Context, Filter, FilterDraft, Keyword, KeywordDraft
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.filters import lasts
from salledepause.surfaces.routes import route, user


class Asked(msgspec.Struct):
    """Parameters of a filter of one keyword."""

    phrase: str | None = None
    context: list[Context] | None = None
    irreversible: bool | None = None
    whole_word: bool | None = None


def entity(one: Filter, keyword: Keyword) -> Entity:
    """Return a V1::Filter: its id is the keyword's."""
    return {
        "id": str(keyword.id),
        "phrase": keyword.keyword,
        "context": list(one.contexts),
        "whole_word": keyword.whole_word,
        "expires_at": clock.iso(one.expires_at) if one.expires_at else None,
        "irreversible": one.action == "hide",
    }


async def show_all(call: Call) -> Answer:
    """GET /api/v1/filters: every keyword of every filter."""
    return json([entity(one, each) for one in await filters.all_filters(call.tx, call.me) for each in one.keywords])


async def show(call: Call) -> Answer:
    """GET /api/v1/filters/:id."""
    return await _answer(call, call.id())


async def _answer(call: Call, keyword_id: int) -> Answer:
    keyword = await filters.keyword(call.tx, call.me, keyword_id)
    return json(entity(await filters.one(call.tx, call.me, keyword.filter_id), keyword))


def _draft(call: Call, asked: Asked) -> FilterDraft:
    hides = {True: "hide", False: "warn", None: None}[asked.irreversible]
    return FilterDraft(
        title=asked.phrase,
        contexts=None if asked.context is None else tuple(asked.context),
        action=hides,  # type: ignore[arg-type]  # a Literal of the three
        lasts=lasts(call),
    )


async def create(call: Call) -> Answer:
    """POST /api/v1/filters."""
    asked = call.read(Asked)
    made = await filters.create(call.tx, call.me, _draft(call, asked))
    added = await filters.add_keyword(call.tx, call.me, made.id, KeywordDraft(asked.phrase, asked.whole_word))
    return await _answer(call, added.id)


async def change(call: Call) -> Answer:
    """PUT /api/v1/filters/:id; what several keywords share is changed by the second version of the API alone."""
    asked = call.read(Asked)
    keyword = await filters.keyword(call.tx, call.me, call.id())
    draft, whole = _draft(call, asked), await filters.one(call.tx, call.me, keyword.filter_id)
    shared = (draft.contexts, draft.action, draft.lasts) != (None, None, None)
    if shared and len(whole.keywords) > 1:
        raise BadInput("Ce filtre a plusieurs mots : votre application est trop ancienne pour le changer.")
    if shared or len(whole.keywords) == 1:
        await filters.change(call.tx, call.me, whole.id, draft)
    await filters.change_keyword(call.tx, call.me, keyword.id, KeywordDraft(asked.phrase, asked.whole_word))
    return await _answer(call, keyword.id)


async def erase(call: Call) -> Answer:
    """DELETE /api/v1/filters/:id; a filter that holds nothing any more goes with its last keyword."""
    keyword = await filters.keyword(call.tx, call.me, call.id())
    await filters.drop_keyword(call.tx, call.me, keyword.id)
    rest = await filters.one(call.tx, call.me, keyword.filter_id)
    if not rest.keywords and not rest.posts:
        await filters.erase(call.tx, call.me, rest.id)
    return json({})


V1 = "/api/v1/filters"
ROUTES = [
    route("GET", V1, show_all, user("read:filters")),
    route("POST", V1, create, user("write:filters")),
    route("GET", V1 + "/{id}", show, user("read:filters")),
    route("PUT", V1 + "/{id}", change, user("write:filters")),
    route("DELETE", V1 + "/{id}", erase, user("write:filters")),
]
