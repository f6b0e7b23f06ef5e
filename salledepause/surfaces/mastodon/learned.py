"""The notebook of what one learned here, for its owner alone; an API of ours. Entries go by the id of their post."""

from __future__ import annotations

import msgspec

from salledepause.features import notebook, timelines
from salledepause.features.notebook import Shown
from salledepause.kernel import clock
from salledepause.surfaces import learned
from salledepause.surfaces.edge import JSON, Answer, Call, json
from salledepause.surfaces.learned import Form
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import user

LONGEST = 500


class Asked(msgspec.Struct):
    """What is looked for in the notebook; nothing: all of it."""

    q: str = ""


class Noted(msgspec.Struct):
    """A note of 2 000 characters at most; absent, it stays as it is."""

    note: str | None = None


class Wanted(msgspec.Struct):
    """Which file is wanted."""

    format: Form = Form.MARKDOWN


class LearnedEntity(msgspec.Struct):
    """What one learned: the note, who had said it and where; `readable`, and the links it gives, while the post may be read."""

    id: str
    status_id: str
    note: str
    acct: str
    url: str
    readable: bool
    sources: list[str]
    created_at: str
    edited_at: str | None
    said_at: str


async def show_all(call: Call) -> Answer:
    """GET /api/salledepause/v1/learned: one's notebook, the latest first, or what answers `q` as in the search of posts."""
    typed = call.read(Asked).q.strip()[:LONGEST]
    query = timelines.parse(typed, clock.now().astimezone(clock.PARIS).date()) if typed else None
    found = await notebook.entries(call.tx, call.me, call.page(), query)
    told = [_entity(call, one) for one in await notebook.shown(call.tx, call.me, found.items)]
    return Answer(msgspec.json.encode(told), headers=(JSON, *call.link(found)))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/learned/:id: what one noted about a post."""
    return await _told(call, call.id())


async def learn(call: Call) -> Answer:
    """POST /api/salledepause/v1/learned/:id: mark a post as learned, or change its note; its author is not told."""
    made = await notebook.learn(call.tx, call.me, call.id(), call.read(Noted).note)
    return await _told(call, made.post_id)


async def forget(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/learned/:id: take it out, with its note."""
    await notebook.forget(call.tx, call.me, call.id())
    return json({})


async def export(call: Call) -> Answer:
    """GET /api/salledepause/v1/learned/export: all of it as a file, with dates and sources; `format`: `md`, `csv` or `pdf`."""
    return await learned.file(call, call.read(Wanted).format, call.language)


async def _told(call: Call, post_id: int) -> Answer:
    [one] = await notebook.shown(call.tx, call.me, [await notebook.entry(call.tx, call.me, post_id)])
    return json(_entity(call, one))


def _entity(call: Call, one: Shown) -> LearnedEntity:
    entry = one.entry
    return LearnedEntity(
        id=str(entry.id),
        status_id=str(entry.post_id),
        note=entry.note,
        acct=entry.handle,
        url=entry.address(call.site),
        readable=one.post is not None,
        sources=list(one.sources),
        created_at=clock.iso(entry.learned_at),
        edited_at=clock.iso(entry.edited_at) if entry.edited_at else None,
        said_at=clock.iso(entry.said_at),
    )


HERE = "/api/salledepause/v1/learned"
READ, WRITE = user("read:bookmarks"), user("write:bookmarks")
OWN = [
    own(f"GET {HERE}", show_all, READ, (Asked, list[LearnedEntity])),
    own(f"GET {HERE}/export", export, user("read:bookmarks", budget="postcards", transaction=False), (Wanted, bytes)),
    own(f"GET {HERE}/{{id}}", show, READ, (None, LearnedEntity)),
    own(f"POST {HERE}/{{id}}", learn, WRITE, (Noted, LearnedEntity)),
    own(f"DELETE {HERE}/{{id}}", forget, WRITE),
]
ROUTES = lines(OWN)
