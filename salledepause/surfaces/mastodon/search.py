"""Search of the API (https://docs.joinmastodon.org/methods/search/).

`@name` and `name@domain` find people alone, `#word` tags and the posts that bear it, an operator posts alone, the address of a
post or of a profile of this house that thing alone; anything else is looked for among people and tags, and in posts for whom
is signed in.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from salledepause.features import accounts, posts, timelines
from salledepause.features.accounts import Wanted
from salledepause.features.posts import Seen
from salledepause.features.timelines import Query
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import Missing, Refusal, Unauthenticated
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.mastodon.accounts import people_found
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.mastodon.tags import entities_of
from salledepause.surfaces.routes import reading, route, user

DEFAULT, MOST = 20, 40
LONGEST = 500
NOTHING_ASKED = "Dites ce que vous cherchez (paramètre q)."
Type = Literal["accounts", "hashtags", "statuses"]


class Asked(msgspec.Struct):
    """What is looked for, and which part of what is found."""

    q: str = ""
    type: Type | None = None
    resolve: bool = False
    following: bool = False
    account_id: str | None = None
    limit: int | None = None
    offset: int = 0

    @property
    def words(self) -> str:
        """The query without the blanks around it."""
        return self.q.strip()[:LONGEST]

    @property
    def most(self) -> int:
        """How many of each are wanted."""
        return DEFAULT if self.limit is None else max(1, min(self.limit, MOST))

    def wants(self, kind: Type) -> bool:
        """Tell whether this kind of thing is looked for."""
        return self.type in (None, kind)


class Found(msgspec.Struct):
    """What is found: ids of accounts, posts, keys of tags."""

    accounts: list[int] = []
    statuses: list[Seen] = []
    hashtags: list[str] = []


async def search(call: Call) -> Answer:
    """GET /api/v2/search; a visitor may neither resolve addresses nor skip results."""
    asked = call.read(Asked)
    if not asked.words:
        raise Refusal(NOTHING_ASKED)
    if call.viewer is None and (asked.resolve or asked.offset > 0):
        raise Unauthenticated("Connectez-vous pour chercher plus loin ou une adresse.")
    return await _answer(call, await _find(call, asked))


async def search_v1(call: Call) -> Answer:
    """GET /api/v1/search, deprecated: the same, tags by their names alone."""
    asked = call.read(Asked)
    if not asked.words:
        raise Refusal(NOTHING_ASKED)
    found = await _find(call, asked)
    people = await presenter(call).accounts(call.tx, found.accounts)
    said = await presenter(call).page(call.tx, found.statuses, call.viewer)
    named = msgspec.json.encode(found.hashtags)
    return Answer(pieces=(b'{"accounts":', people, b',"statuses":', *said, b',"hashtags":', named, b"}"))


async def _answer(call: Call, found: Found) -> Answer:
    people = await presenter(call).accounts(call.tx, found.accounts)
    said = await presenter(call).page(call.tx, found.statuses, call.viewer)
    named = msgspec.json.encode(await entities_of(call, found.hashtags) if found.hashtags else [])
    return Answer(pieces=(b'{"accounts":', people, b',"statuses":', *said, b',"hashtags":', named, b"}"))


async def _find(call: Call, asked: Asked) -> Found:
    words = asked.words
    if words.lower().startswith(("http://", "https://")):
        return await _at_address(call, asked) if asked.resolve and asked.offset <= 0 else Found()
    query = timelines.parse(words, clock.now().astimezone(clock.PARIS).date())
    named, tagged = _names_somebody(words), words.startswith("#")
    found = Found()
    if asked.wants("accounts") and not (tagged or query.operated):
        found.accounts = await _people(call, asked)
    if asked.wants("hashtags") and not (named or query.operated or " " in words):
        found.hashtags = await _tags(call, asked, words.removeprefix("#"))
    if asked.wants("statuses") and not named:
        found.statuses = await _posts(call, asked, query)
    return found


def _names_somebody(words: str) -> bool:
    """Tell whether a query is written as the name of somebody: `@name` or `name@domain`."""
    return "@" in words and " " not in words and ":" not in words


async def _people(call: Call, asked: Asked) -> list[int]:
    skipped = max(0, min(asked.offset, timelines.FAREST))
    return await people_found(call, Wanted(asked.words, asked.most, skipped, only_near=asked.following))


async def _tags(call: Call, asked: Asked, beginning: str) -> list[str]:
    return await timelines.search_tags(call.tx, call.viewer, beginning, asked.most, max(0, asked.offset))


async def _posts(call: Call, asked: Asked, query: Query) -> list[Seen]:
    """Return the posts found; a visitor searches in none, as in Mastodon."""
    author = ids.parse(asked.account_id) if asked.account_id else None
    if call.viewer is None:
        return []
    wanted = msgspec.structs.replace(query, author_id=author)
    return await timelines.search_posts(call.tx, call.viewer, wanted, call.page(DEFAULT, MOST), max(0, asked.offset))


async def _at_address(call: Call, asked: Asked) -> Found:
    """Return the post or the person of an address of this house."""
    host, _, path = asked.words.partition("://")[2].partition("/")
    handle, _, post_id = re.split(r"[?#]", path)[0].removeprefix("@").rstrip("/").partition("/")
    if host.lower() != call.site.settings.domain.lower() or not path.startswith("@"):
        return Found()
    try:
        if post_id:
            seen = await posts.one_visible(call.tx, ids.parse(post_id), call.viewer)
            return Found(statuses=[seen] if asked.wants("statuses") else [])
        one = await accounts.by_handle(call.tx, handle)
    except Missing:
        return Found()
    return Found(accounts=[one.id] if one.state == "active" and asked.wants("accounts") else [])


ROUTES = [
    route("GET", "/api/v2/search", search, reading("read:search")),
    route("GET", "/api/v1/search", search_v1, user("read:search")),
]
