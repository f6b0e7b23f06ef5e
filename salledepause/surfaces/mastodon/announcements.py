"""Announcements of the API (https://docs.joinmastodon.org/methods/announcements/), and as streams tell them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from salledepause.features import accounts, announcements, posts
from salledepause.features.announcements import Announced, Reacted, Reaction, Shown
from salledepause.features.posts import Mention
from salledepause.kernel import clock, ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.graphemes import is_emoji
from salledepause.kernel.site import Site
from salledepause.kernel.text import scan, tag_key
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import route, user

POST = re.compile(r"/@\w+/([0-9]{1,19})")
"""The address of a post, after our own."""


async def entities_of(site: Site, tx: Tx, viewer: int | None, found: Sequence[Shown]) -> list[Entity]:
    """Return Announcements; to whom is nobody (a stream of everybody) it does not say whether it was read."""
    scans = {one.announcement.id: scan(one.announcement.text) for one in found}
    people = await _named(site, tx, [name for each in scans.values() for name in each.mentions])
    linked = {key: _posts(site, each.links) for key, each in scans.items()}
    wanted = sorted({post for each in linked.values() for post in each})
    seen = {row.post.id: row for row in await posts.visible(tx, wanted, viewer)} if wanted else {}
    made = []
    for one in found:
        each = scans[one.announcement.id]
        mentions = tuple(dict.fromkeys(people[name] for name in each.mentions if name in people))
        statuses = [{"id": str(post), "url": url} for post, url in linked[one.announcement.id].items() if post in seen]
        said = {
            "mentions": [entities.mention(site, mention) for mention in mentions],
            "statuses": statuses,
            "tags": [{"name": tag_key(tag), "url": entities.tag_url(site, tag_key(tag))} for tag in each.tags],
        }
        made.append(_entity(site, one, mentions) | said | ({"read": one.read} if viewer else {}))
    return made


def _entity(site: Site, one: Shown, mentions: tuple[Mention, ...]) -> Entity:
    said = one.announcement
    reactions = [reaction(site, each) for each in one.reactions if each.name in site.emojis or is_emoji(each.name)]
    return {
        "id": str(said.id),
        "content": entities.html(site, said.text, mentions),
        "starts_at": clock.iso(said.starts_at) if said.starts_at else None,
        "ends_at": clock.iso(said.ends_at) if said.ends_at else None,
        "all_day": said.all_day,
        "published_at": clock.iso(said.published_at or said.updated_at),
        "updated_at": clock.iso(said.updated_at),
        "emojis": entities.emojis(site, said.text),
        "reactions": reactions,
    }


def reaction(site: Site, one: Reaction) -> Entity:
    """Return a Reaction; one of the house's emojis has its addresses."""
    entity: Entity = {"name": one.name, "count": one.number, "me": one.mine}
    return entity | _pictures(site, one.name)


def _pictures(site: Site, name: str) -> Entity:
    if name not in site.emojis:
        return {}
    emoji = entities.emoji(site, site.emojis[name])
    return {"url": emoji["url"], "static_url": emoji["static_url"]}


async def _named(site: Site, tx: Tx, names: Sequence[str]) -> dict[str, Mention]:
    """Return whom texts name, by the name as it is written there."""
    domain = site.settings.domain
    found = await accounts.reachable(tx, names, domain) if names else {}
    bearers = {handle.lower(): Mention(account_id, handle) for account_id, handle in found.items()}
    wanted = {name: accounts.local_handle(name, domain) for name in names}
    return {name: bearers[local.lower()] for name, local in wanted.items() if local and local.lower() in bearers}


def _posts(site: Site, links: Sequence[str]) -> dict[int, str]:
    """Return the posts of this house that links lead to, with the links."""
    found = {}
    for link in links:
        path = link.removeprefix(site.settings.origin)
        if path != link and (match := POST.fullmatch(path)) and int(match[1]) <= ids.MAXIMUM:
            found[int(match[1])] = link
    return found


async def told(site: Site, tx: Tx, event: Announced | Reacted) -> tuple[str, Entity] | None:
    """Return what streams tell everybody of an announcement: the name of the event, its payload; `None` when it is over."""
    try:
        found = await announcements.one_shown(tx, None, event.announcement_id)
    except Missing:
        return None
    if isinstance(event, Announced):
        return "announcement", (await entities_of(site, tx, None, [found]))[0]
    number = next((one.number for one in found.reactions if one.name == event.name), 0)
    counted = {"name": event.name, "count": number, "announcement_id": str(event.announcement_id)}
    return "announcement.reaction", counted | _pictures(site, event.name)


async def listed(call: Call) -> Answer:
    """GET /api/v1/announcements."""
    return json(await entities_of(call.site, call.tx, call.me, await announcements.shown(call.tx, call.me)))


async def dismiss(call: Call) -> Answer:
    """POST /api/v1/announcements/:id/dismiss."""
    await announcements.dismiss(call.tx, call.me, call.id())
    return json({})


async def react(call: Call) -> Answer:
    """PUT /api/v1/announcements/:id/reactions/:name."""
    await announcements.react(call.tx, call.me, call.id(), call.text("name"), call.site.emojis)
    return json({})


async def unreact(call: Call) -> Answer:
    """DELETE /api/v1/announcements/:id/reactions/:name."""
    await announcements.unreact(call.tx, call.me, call.id(), call.text("name"))
    return json({})


ONE = "/api/v1/announcements/{id}"
ROUTES = [
    route("GET", "/api/v1/announcements", listed, user("")),
    route("POST", ONE + "/dismiss", dismiss, user("write:accounts")),
    route("PUT", ONE + "/reactions/{name}", react, user("write:favourites")),
    route("DELETE", ONE + "/reactions/{name}", unreact, user("write:favourites")),
]
