"""Writing what somebody said as Mastodon's archive says it; pure: records in, plain values out.

Source: https://www.w3.org/TR/activitypub/ and Mastodon's own archive. The text as typed is the `source` of ActivityPub §3.3;
what Mastodon has no word for is under `salledepause`, so that an archive brought back here is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from salledepause.features.accounts import Account
from salledepause.features.posts import Audience, Media, Mention, Poll, Post, QuotePolicy
from salledepause.kernel import clock
from salledepause.kernel.blobs import TYPES
from salledepause.kernel.site import Site
from salledepause.kernel.text import MentionLink, to_html

CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    {
        "toot": "http://joinmastodon.org/ns#",
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "votersCount": "toot:votersCount",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
    },
]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
FOLDER = "media_attachments/files/"
Value = dict[str, Any]


class Around(NamedTuple):
    """What hangs on a post: its poll, the addresses of what it answers, boosts or quotes, if it is pinned, whom it thanks."""

    poll: Poll | None
    address: str | None
    quoted: str | None
    pinned: bool
    thanks: tuple[str, ...] = ()
    wave: dict[str, Any] | None = None
    """How it was congratulated, of a victory."""
    """To whom a victory or a thank-you goes, in the words that say it anew."""


def stored(key: str) -> str:
    """Return where a file lies in the archive."""
    return FOLDER + key


def create(site: Site, post: Post, around: Around) -> Value:
    """Return the activity that made a post."""
    note = _note(site, post, around)
    actor = site.profile_url(post.handle)
    about = {name: note[name] for name in ("published", "to", "cc")}
    return {"id": f"{note['id']}/activity", "type": "Create", "actor": actor, **about, "object": note}


def announce(site: Site, boost: Post, around: Around) -> Value:
    """Return the activity that is a boost."""
    to, cc = addressed(site, boost)
    return {
        "id": f"{site.post_url(boost.handle, boost.id)}/activity",
        "type": "Announce",
        "actor": site.profile_url(boost.handle),
        "published": _instant(boost.created_at),
        "to": to,
        "cc": cc,
        "object": around.address,
    }


def addressed(site: Site, post: Post) -> tuple[list[str], list[str]]:
    """Return to whom a post goes, and to whom a copy."""
    followers = f"{site.profile_url(post.handle)}/followers"
    named = [site.profile_url(one.handle) for one in post.mentions]
    return {
        Audience.PUBLIC: ([PUBLIC], [followers, *named]),
        Audience.UNLISTED: ([followers], [PUBLIC, *named]),
        Audience.FOLLOWERS: ([followers], named),
        Audience.DIRECT: (named, []),
    }[post.audience]


def _note(site: Site, post: Post, around: Around) -> Value:
    url = site.post_url(post.handle, post.id)
    content = shown(site, post.text, post.mentions)
    to, cc = addressed(site, post)
    note: Value = {
        "id": url,
        "type": "Question" if around.poll else "Note",
        "summary": post.warning or None,
        "inReplyTo": around.address,
        "published": _instant(post.created_at),
        "url": url,
        "attributedTo": site.profile_url(post.handle),
        "to": to,
        "cc": cc,
        "sensitive": post.sensitive,
        "content": content,
        "source": {"content": post.text, "mediaType": "text/plain"},
        "attachment": [document(one) for one in post.media if one.original],
        "tag": _tags(site, post),
        "interactionPolicy": {"canQuote": {"automaticApproval": [_quoters(site, post)]}},
        "salledepause": {"kind": post.kind, "shows_family": post.family is not None, "pinned": around.pinned},
    }
    note["salledepause"] |= {name: True for name in ("closed", "automated") if getattr(post, name)}
    note["salledepause"] |= {"thanks": list(around.thanks)} if around.thanks else {}
    note["salledepause"] |= {"wave": around.wave} if around.wave else {}
    note |= {"contentMap": {post.language: content}} if post.language else {}
    note |= {"quote": around.quoted} if around.quoted else {}
    note |= {"updated": _instant(post.edited_at)} if post.edited_at else {}
    return note | (_question(around.poll) if around.poll else {})


def _quoters(site: Site, post: Post) -> str:
    """Return who may quote a post, as Mastodon addresses them."""
    url = site.profile_url(post.handle)
    return {QuotePolicy.PUBLIC: PUBLIC, QuotePolicy.FOLLOWERS: f"{url}/followers", QuotePolicy.NOBODY: url}[post.quote_policy]


def shown(site: Site, text: str, mentions: tuple[Mention, ...] = ()) -> str:
    """Return a text as HTML."""
    links = {one.handle.lower(): MentionLink(one.handle, site.profile_url(one.handle)) for one in mentions}
    links |= {f"{name}@{site.settings.domain}": link for name, link in links.items()}
    return to_html(text, links, site.tag_url)


def document(one: Media) -> Value:
    """Return a file of a post."""
    key = one.original or ""
    return {
        "type": "Document",
        "mediaType": TYPES[key.rpartition(".")[2]],
        "url": stored(key),
        "name": one.description or None,
        "blurhash": one.blurhash,
        "focalPoint": [one.focus_x, one.focus_y],
        "width": one.width,
        "height": one.height,
    }


def _tags(site: Site, post: Post) -> list[Value]:
    domain = site.settings.domain
    named = [
        {"type": "Mention", "href": site.profile_url(one.handle), "name": f"@{one.handle}@{domain}"} for one in post.mentions
    ]
    return named + [{"type": "Hashtag", "href": site.tag_url(key), "name": f"#{name}"} for key, name in post.tags]


def _question(poll: Poll) -> Value:
    tallies = poll.tallies or (0,) * len(poll.options)
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": number}}
        for name, number in zip(poll.options, tallies, strict=True)
    ]
    value: Value = {"anyOf" if poll.multiple else "oneOf": options, "votersCount": poll.voters_count}
    if poll.expires_at:
        value["endTime"] = _instant(poll.expires_at)
        value |= {"closed": value["endTime"]} if poll.expired else {}
    return value


def person(site: Site, one: Account, pictures: Mapping[str, str], proven: Mapping[str, Any]) -> Value:
    """Return the actor that an account is; `pictures` are its files in the archive, by `avatar` and `header`.

    `proven` says how it proved its family, where it shows it: to its owner alone, a file proves it to nobody.
    """
    url = site.profile_url(one.handle)
    described = {"avatar": one.avatar_description, "header": one.header_description}
    images = {
        name: {"type": "Image", "mediaType": TYPES[file.rpartition(".")[2]], "url": file, "name": described[name] or None}
        for name, file in pictures.items()
    }
    return {
        "@context": CONTEXT,
        "id": url,
        "type": "Service" if one.bot else "Person",
        "followers": f"{url}/followers",
        "outbox": "outbox.json",
        "likes": "likes.json",
        "bookmarks": "bookmarks.json",
        "preferredUsername": one.handle,
        "name": one.name,
        "summary": shown(site, one.note),
        "source": {"content": one.note, "mediaType": "text/plain"},
        "url": url,
        "manuallyApprovesFollowers": one.locked,
        "discoverable": one.discoverable,
        "indexable": one.indexable,
        "published": clock.iso_day(one.created_at),
        "attachment": [{"type": "PropertyValue", "name": name, "value": shown(site, value)} for name, value in one.fields],
        "icon": images.get("avatar"),
        "image": images.get("header"),
        "salledepause": {"family": one.family, "shows_family": one.shows_family, **proven},
    }


def _instant(at: datetime) -> str:
    """Return an instant to the microsecond: what answers within a second comes back in its order."""
    return at.isoformat()
