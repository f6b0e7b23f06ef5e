"""A public status as other sites embed it: OEmbed (https://oembed.com), without a script and without a frame."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

import msgspec

from salledepause.features import accounts, posts
from salledepause.features.posts import OPEN, Post
from salledepause.kernel import ids
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.routes import reading, route

WIDTH = 400
"""Pixels that a site gives a status, unless it says how many it has."""
NARROWEST = 200
KEPT = 86_400
"""Seconds that a site may keep an answer."""
_STATUS = re.compile(r"/(?:@(?P<handle>\w+)|web/statuses|statuses)/(?P<id>\d{1,19})/?", re.ASCII)


class Asked(msgspec.Struct):
    """Which address, and the room there is for it."""

    url: str = ""
    maxwidth: int | None = None
    maxheight: int | None = None


async def show(call: Call) -> Answer:
    """GET /api/oembed?url=…: an OEmbed of a status that everybody may read; 404 for anything else."""
    asked = call.read(Asked)
    post = await _public(call, asked.url)
    author = await accounts.one(call.tx, post.account_id)
    address, profile = entities.post_url(call.site, post.handle, post.id), entities.profile_url(call.site, post.handle)
    said = f"<p>{escape(post.warning)}</p>" if post.warning else entities.html(call.site, post.text, post.mentions)
    name = author.name or f"@{post.handle}"
    width = WIDTH if asked.maxwidth is None else max(NARROWEST, min(asked.maxwidth, WIDTH))
    return json(
        {
            "type": "rich",
            "version": "1.0",
            "title": name,
            "author_name": name,
            "author_url": profile,
            "provider_name": call.site.settings.title,
            "provider_url": call.site.url("/"),
            "cache_age": KEPT,
            "html": f'<blockquote cite="{address}">{said}<footer><a href="{address}">{escape(name)}</a></footer></blockquote>',
            "width": width,
            "height": None,
        }
    )


async def _public(call: Call, address: str) -> Post:
    """Return the post of one of our addresses that is open to all; raises Missing."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise Missing from error
    found = _STATUS.fullmatch(parts.path)
    if found is None or parts.netloc.lower() != call.site.settings.domain.lower():
        raise Missing
    row = await posts.one_visible(call.tx, ids.parse(found["id"]), None)
    post = (await posts.load(call.tx, [row.subject.id])).get(row.subject.id)
    if post is None or post.audience not in OPEN:
        raise Missing
    return post


ROUTES = [route("GET", "/api/oembed", show, reading())]
