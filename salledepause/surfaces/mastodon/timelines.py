"""Timelines of the API: home, public, tag, list (https://docs.joinmastodon.org/methods/timelines/)."""

from __future__ import annotations

import msgspec

from salledepause.features import rooms, timelines
from salledepause.features.posts import Kind, Seen
from salledepause.features.timelines import Wish
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed
from salledepause.surfaces.edge import JSON, Answer, Call
from salledepause.surfaces.mastodon.accounts import of_path
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.routes import reading, route, user


class Asked(msgspec.Struct):
    """Filters of a timeline; `kinds` is ours: only these kinds of posts."""

    local: bool = False
    remote: bool = False
    only_media: bool = False
    any: list[str] = []
    all: list[str] = []
    none: list[str] = []
    kinds: list[Kind] = []

    @property
    def wish(self) -> Wish:
        """The same, as timelines take it."""
        return Wish(tuple(self.kinds), self.only_media)


async def listing_answer(call: Call, listing: Listed[Seen]) -> Answer:
    """Return a page of statuses with its Link header."""
    pieces = await presenter(call).page(call.tx, listing.items, call.viewer)
    return Answer(headers=(JSON, *call.link(listing)), pieces=pieces)


async def home(call: Call) -> Answer:
    """GET /api/v1/timelines/home."""
    return await listing_answer(call, await timelines.home(call.tx, call.me, call.page(), call.read(Asked).wish))


async def public(call: Call) -> Answer:
    """GET /api/v1/timelines/public; everything is local, so `remote` alone finds nothing."""
    asked = call.read(Asked)
    if asked.remote and not asked.local:
        return await listing_answer(call, Listed([]))
    return await listing_answer(call, await timelines.public(call.tx, call.viewer, call.page(), asked.wish))


async def tag(call: Call) -> Answer:
    """GET /api/v1/timelines/tag/:hashtag with `any[]`, `all[]` and `none[]`."""
    asked = call.read(Asked)
    tags = ([call.text("tag"), *asked.any[:4]], asked.all[:4], asked.none[:4])
    return await listing_answer(call, await timelines.tagged(call.tx, call.viewer, call.page(), tags, asked.wish))


async def members(call: Call) -> Answer:
    """GET /api/v1/timelines/list/:list_id; a room that one is in is such a list too."""
    wanted = (call.tx, call.me, call.id(), call.page(), call.read(Asked).wish)
    try:
        found = await timelines.list_members(*wanted)
    except Missing:
        if not await rooms.one_of_mine(call.tx, call.me, call.id()):
            raise
        found = await timelines.of_room(*wanted)
    return await listing_answer(call, found)


async def direct(call: Call) -> Answer:
    """GET /api/v1/timelines/direct, deprecated: direct posts one by one, without their conversations."""
    return await listing_answer(call, await timelines.direct(call.tx, call.me, call.page()))


async def bookmarks(call: Call) -> Answer:
    """GET /api/v1/bookmarks."""
    return await listing_answer(call, await timelines.bookmarks(call.tx, call.me, call.page(), call.read(Asked).wish))


async def favourites(call: Call) -> Answer:
    """GET /api/v1/favourites."""
    return await listing_answer(call, await timelines.favourites(call.tx, call.me, call.page(), call.read(Asked).wish))


class ProfileAsked(msgspec.Struct):
    """Filters of an account's statuses."""

    exclude_replies: bool = False
    exclude_reblogs: bool = False
    exclude_direct: bool = False
    only_media: bool = False
    pinned: bool = False
    tagged: str = ""
    kinds: list[Kind] = []


async def of_account(call: Call) -> Answer:
    """GET /api/v1/accounts/:id/statuses."""
    asked = call.read(ProfileAsked)
    profile = timelines.Profile(
        replies=not asked.exclude_replies,
        boosts=not asked.exclude_reblogs,
        direct=not asked.exclude_direct,
        pinned=asked.pinned,
        media=asked.only_media,
        tag=asked.tagged,
        kinds=tuple(asked.kinds),
    )
    found = await timelines.of_account(call.tx, call.id(), call.viewer, call.page(), profile)
    if not found.items:
        await of_path(call)
    return await listing_answer(call, found)


ROUTES = [
    route("GET", "/api/v1/timelines/home", home, user("read:statuses", remembered=True)),
    route("GET", "/api/v1/timelines/public", public, reading("read:statuses", remembered=True)),
    route("GET", "/api/v1/timelines/tag/{tag}", tag, reading("read:statuses", remembered=True)),
    route("GET", "/api/v1/timelines/list/{id}", members, user("read:lists", remembered=True)),
    route("GET", "/api/v1/timelines/direct", direct, user("read:statuses")),
    route("GET", "/api/v1/accounts/{id}/statuses", of_account, reading("read:statuses", remembered=True)),
    route("GET", "/api/v1/bookmarks", bookmarks, user("read:bookmarks", remembered=True)),
    route("GET", "/api/v1/favourites", favourites, user("read:favourites", remembered=True)),
]
