"""The JSON of Mastodon's entities, made of our records: pure functions, plain values in, plain values out.

Source: https://docs.joinmastodon.org/entities/ (4.5). Arrays are never null, ids are strings, times end in `.000Z`. What is
ours sits under one key, `salledepause`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from salledepause.features.accounts import Account
from salledepause.features.noticeboard import STATE_LABELS, UNDECIDED, Item
from salledepause.features.posts import Audience, Media, Mention, Poll, Post, QuotePolicy, QuoteState
from salledepause.features.victories import THANKING, Recipient, Way
from salledepause.kernel import clock
from salledepause.kernel.site import Emoji, Site
from salledepause.kernel.text import MentionLink, html_of_plain, scan, to_html

AUDIENCE = {"public": Audience.PUBLIC, "unlisted": Audience.UNLISTED, "private": Audience.FOLLOWERS, "direct": Audience.DIRECT}
"""What clients ask for; a room is asked for by its name."""
VISIBILITY = {audience: word for word, audience in AUDIENCE.items()} | {Audience.ROOM: "private"}
"""What they are told; of what is said in a room, the word that keeps them from showing or sharing it elsewhere."""

Entity = dict[str, Any]


def profile_url(site: Site, handle: str) -> str:
    """Return the public address of a profile."""
    return site.profile_url(handle)


def post_url(site: Site, handle: str, post_id: int) -> str:
    """Return the public address of a post."""
    return site.post_url(handle, post_id)


def tag_url(site: Site, key: str) -> str:
    """Return the public address of a tag."""
    return site.tag_url(key)


def blob_url(site: Site, key: str) -> str:
    """Return the public address of a stored file."""
    return site.url(f"/media/{key}")


def avatar_url(site: Site, account: Account) -> str:
    """Return the address of the avatar: the person's own, or the one generated from their handle."""
    return blob_url(site, account.avatar) if account.avatar else site.url(f"/portraits/{account.id}/avatar.png")


def header_url(site: Site, account: Account) -> str:
    """Return the address of the header picture: the person's own, or the one generated from their handle."""
    return blob_url(site, account.header) if account.header else site.url(f"/portraits/{account.id}/header.png")


def html(site: Site, text: str, mentions: tuple[Mention, ...] = ()) -> str:
    """Return typed text as safe HTML, with its mentions and tags linked."""
    links = {one.handle.lower(): MentionLink(one.handle, profile_url(site, one.handle)) for one in mentions}
    links |= {f"{name}@{site.settings.domain}": link for name, link in links.items()}
    return to_html(text, links, lambda key: tag_url(site, key)) if text else ""


AUTOMATE = "Réponse automatique"
"""What apps read as the app of a message that no hand sent."""
UNDESCRIBED = {"avatar_description": "", "header_description": ""}


def account(site: Site, one: Account) -> Entity:
    """Return an Account. A suspended one, or one that sleeps, keeps its handle only."""
    hidden = one.state in {"suspended", "asleep"}
    if hidden:
        one = msgspec.structs.replace(one, name="", note="", fields=[], avatar=None, header=None, **UNDESCRIBED)
    url, avatar, header = profile_url(site, one.handle), avatar_url(site, one), header_url(site, one)
    entity = {
        "id": str(one.id),
        "username": one.handle,
        "acct": one.handle,
        "url": url,
        "uri": url,
        "display_name": one.name,
        "note": html(site, one.note),
        **_pictures(one, avatar, header),
        "locked": one.locked,
        "fields": [field(site, name, value) for name, value in one.fields],
        "emojis": emojis(site, one.name, one.note, *(text for pair in one.fields for text in pair)),
        "bot": one.bot,
        "group": False,
        "discoverable": one.findable,
        "indexable": one.indexable,
        "noindex": not one.findable,
        "hide_collections": one.hide_collections,
        "show_media": one.show_media,
        "show_media_replies": one.show_media_replies,
        "show_featured": one.show_featured,
        "created_at": clock.iso_day(one.created_at),
        **totals(one),
        "roles": [_role(one)] if one.keeps_house else [],
        "salledepause": {"family": one.family if one.shows_family else None},
    }
    return entity | ({"suspended": True} if hidden else {}) | ({"limited": True} if one.silenced else {})


def totals(one: Account) -> Entity:
    """Return what of an Account changes with what people do."""
    return {
        "last_status_at": one.last_post_on.isoformat() if one.last_post_on else None,
        "statuses_count": one.posts_count,
        "followers_count": one.followers_count,
        "following_count": one.following_count,
    }


def field(site: Site, name: str, value: str) -> Entity:
    """Return a Field of a profile; a link is never marked verified, since nothing was fetched."""
    inner = html(site, value).removeprefix("<p>").removesuffix("</p>")
    return {"name": name, "value": inner, "verified_at": None}


HOST = 1 << 4 | 1 << 5 | 1 << 10 | 1 << 20
"""What hosts may do: manage reports, federation and users, read every feed."""
ROLES = {"member": ("-99", "", "0"), "host": ("2", "Hôte", str(HOST)), "admin": ("3", "Administration", "1")}
"""Role: id, name shown, permission bits (https://docs.joinmastodon.org/entities/Role/)."""


def _role(one: Account) -> Entity:
    identifier, name, _ = ROLES[one.role]
    return {"id": identifier, "name": name, "color": ""}


def role(one: Account) -> Entity:
    """Return the Role of an account, with what it may do."""
    identifier, name, permissions = ROLES[one.role]
    return {"id": identifier, "name": name, "color": "", "permissions": permissions, "highlighted": one.keeps_house}


def credential_account(site: Site, one: Account, requests: int) -> Entity:
    """Return one's own Account with its `source`; `requests` counts follow requests waiting."""
    return account(site, one) | {
        "source": {
            "privacy": VISIBILITY[Audience(one.default_audience)],
            "sensitive": one.default_sensitive,
            "language": one.language or None,
            "note": one.note,
            "fields": [{"name": title, "value": value, "verified_at": None} for title, value in one.fields],
            "follow_requests_count": requests,
            "hide_collections": one.hide_collections,
            "discoverable": one.discoverable,
            "indexable": one.indexable,
            "attribution_domains": list(one.attribution_domains),
            "quote_policy": one.quote_policy,
        },
        "role": role(one),
        "salledepause": {"family": one.family, "shows_family": one.shows_family, "mode": one.mode},
    }


def _pictures(one: Account, avatar: str | None, header: str | None) -> Entity:
    """Return the addresses of both pictures, which stand still, and what they show."""
    return {
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": one.avatar_description,
        "header": header,
        "header_static": header,
        "header_description": one.header_description,
    }


def profile(site: Site, one: Account) -> Entity:
    """Return the Profile of its owner (4.6): what was typed, the pictures that were sent."""
    avatar, header = (blob_url(site, key) if key else None for key in (one.avatar, one.header))
    return {
        "id": str(one.id),
        "display_name": one.name,
        "note": one.note,
        "fields": [{"name": title, "value": value, "verified_at": None} for title, value in one.fields],
        **_pictures(one, avatar, header),
        "locked": one.locked,
        "bot": one.bot,
        "hide_collections": one.hide_collections,
        "discoverable": one.discoverable,
        "indexable": one.indexable,
        "show_media": one.show_media,
        "show_media_replies": one.show_media_replies,
        "show_featured": one.show_featured,
        "attribution_domains": list(one.attribution_domains),
    }


def status_pieces(
    site: Site, post: Post, thanks: Sequence[Recipient] = (), item: Item | None = None
) -> tuple[bytes, bytes, bytes]:
    """Return what goes before and after the author's account in a Status, up to whether the viewer may quote it.

    That word, the quote, the poll, the boosted post and the flags follow, written for each viewer. The third piece is no part of
    it: it is empty, unless the status is an item of a board of which nothing is decided.
    """
    head = {"id": str(post.id), "created_at": clock.iso(post.created_at)}
    tail = _boost(site, post) if post.boost_of_id else _marked(_said(site, post, thanks), item)
    mark = b"?" if item and item.state in UNDECIDED else b""
    whole = b"," + msgspec.json.encode(tail | {"quote_approval": _approval(post)})[1:-2]
    return msgspec.json.encode(head)[:-1] + b',"account":', whole + b',"current_user":', mark


def _marked(said: Entity, item: Item | None) -> Entity:
    """Return a status that says what is known of it as an item of a board: in words too, for apps that know nothing of that."""
    if item is None:
        return said
    state = {"state": item.state, "state_at": clock.iso(item.changed_at), "state_source": item.source or None}
    told = f"{STATE_LABELS[item.state].capitalize()}." + (f" Source : {item.source}" if item.source else "")
    return said | {"content": html_of_plain(told) + said["content"], "salledepause": said["salledepause"] | state}


def _approval(post: Post) -> Entity:
    """Return what is the same for everybody in a QuoteApproval: we ask nobody, who may quote may do it at once."""
    closed = post.boost_of_id or post.closed or post.quote_policy is QuotePolicy.NOBODY
    return {"automatic": [] if closed else [post.quote_policy], "manual": []}


def quote(state: QuoteState, quoted: bytes | None) -> bytes:
    """Return a Quote, its status as prepared bytes."""
    return b'{"state":"%b","quoted_status":%b}' % (state.encode(), quoted or b"null")


def shallow_quote(state: QuoteState, quoted_id: int | None) -> bytes:
    """Return a ShallowQuote, as a quoted status shows what it quotes itself."""
    return b'{"state":"%b","quoted_status_id":%b}' % (state.encode(), b'"%d"' % quoted_id if quoted_id else b"null")


def _said(site: Site, post: Post, thanks: Sequence[Recipient]) -> Entity:
    closed = {name: True for name in ("closed", "automated", "held") if getattr(post, name)}
    given = {"thanks": [recipient(site, one) for one in thanks]} if post.kind in THANKING else {}
    return _common(post) | {
        "emojis": emojis(site, post.warning, post.text),
        "uri": post_url(site, post.handle, post.id),
        "url": post_url(site, post.handle, post.id),
        "content": html(site, post.text, post.mentions),
        "spoiler_text": post.warning,
        "sensitive": post.sensitive or bool(post.warning),
        "language": post.language,
        "replies_count": post.replies_count,
        "reblogs_count": post.boosts_count if post.scores else 0,
        "favourites_count": post.favourites_count if post.scores else 0,
        "quotes_count": post.quotes_count if post.scores else 0,
        "edited_at": clock.iso(post.edited_at) if post.edited_at else None,
        "media_attachments": [media(site, one) for one in post.media],
        "mentions": [mention(site, one) for one in post.mentions],
        "tags": [{"name": key, "url": tag_url(site, key)} for key, _ in post.tags],
        "application": _application(site, post),
        "salledepause": {"kind": post.kind, "family": post.family, "verified": post.verified, **given, **closed} | _place(post),
    }


def _place(post: Post) -> Entity:
    """Return what is ours to say of the room of a post, and until when it is there."""
    if post.room is None:
        return {}
    room = {"id": str(post.room.id), "handle": post.room.handle, "name": post.room.name, "sort": post.room.sort}
    return {"room": room, "expires_at": clock.iso(post.expires_at) if post.expires_at else None}


def _common(post: Post) -> Entity:
    return {
        "visibility": VISIBILITY[post.audience],
        "in_reply_to_id": str(post.parent_id) if post.parent_id else None,
        "in_reply_to_account_id": str(post.parent_account_id) if post.parent_account_id else None,
        "quotes_count": 0,
        "emojis": [],
        "card": None,
    }


def _boost(site: Site, post: Post) -> Entity:
    url = post_url(site, post.handle, post.id)
    lists: Entity = {"media_attachments": [], "mentions": [], "tags": []}
    words = {"content": "", "spoiler_text": "", "sensitive": False, "language": None, "edited_at": None}
    counts = {"replies_count": 0, "reblogs_count": 0, "favourites_count": 0}
    return _common(post) | lists | words | counts | {"uri": url, "url": url, "application": _application(site, post)}


def _application(site: Site, post: Post) -> Entity:
    """Return what a post was written with: an app, our own pages, or nobody's hand."""
    if post.automated:
        return {"name": AUTOMATE, "website": None}
    name, website = post.application or (site.settings.title, site.settings.origin)
    return {"name": name, "website": website}


def recipient(site: Site, one: Recipient) -> Entity:
    """Return whom thanks go to: a site of the register, a team by its words, or an account."""
    if one.way is Way.ACCOUNT:
        return {"type": one.way, "name": one.name, "acct": one.key, "url": profile_url(site, one.key)}
    register = {"finess": one.key, "town": one.town} if one.way is Way.HOSPITAL else {}
    return {"type": one.way, "name": one.name, "id": one.slug, "url": site.url(f"/equipes/{one.slug}"), **register}


def mention(site: Site, one: Mention) -> Entity:
    """Return a Status::Mention."""
    return {"id": str(one.id), "username": one.handle, "acct": one.handle, "url": profile_url(site, one.handle)}


def media(site: Site, one: Media) -> Entity:
    """Return a MediaAttachment; its address is null until it is ready."""
    ready = one.state == "ready" and one.original is not None
    preview = one.small or one.original
    held = one.state in {"held", "refused", "lost"}
    return {
        "id": str(one.id),
        "type": "unknown" if held else one.kind,
        "url": blob_url(site, one.original) if ready and one.original else None,
        "preview_url": blob_url(site, preview) if ready and preview else None,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _meta(one) if ready else {"focus": _focus(one)},
        "description": one.description or None,
        "blurhash": None if held else one.blurhash,
    } | ({"salledepause": {"held": one.state}} if held else {})


def _meta(one: Media) -> Entity:
    original = _size(one.width, one.height)
    if one.kind != "image":
        original |= {"duration": one.duration, "frame_rate": f"{round(one.frame_rate or 0)}/1", "bitrate": None}
    return {
        "focus": _focus(one),
        "original": original,
        "small": _size(one.small_width, one.small_height),
    }


def _focus(one: Media) -> Entity:
    return {"x": one.focus_x, "y": one.focus_y}


def _size(width: int | None, height: int | None) -> Entity:
    wide, high = width or 1, height or 1
    return {"width": wide, "height": high, "size": f"{wide}x{high}", "aspect": wide / high}


def poll(site: Site, one: Poll) -> Entity:
    """Return a Poll as the viewer may see it."""
    tallies: tuple[int | None, ...] = one.tallies if one.tallies is not None else (None,) * len(one.options)
    entity = {
        "id": str(one.id),
        "expires_at": clock.iso(one.expires_at) if one.expires_at else None,
        "expired": one.expired,
        "multiple": one.multiple,
        "votes_count": one.votes_count,
        "voters_count": one.voters_count,
        "options": [{"title": title, "votes_count": number} for title, number in zip(one.options, tallies, strict=True)],
        "emojis": emojis(site, *one.options),
    }
    if one.own_votes is None:
        return entity
    return entity | {"voted": bool(one.own_votes) or one.own, "own_votes": list(one.own_votes)}


def source(post: Post) -> Entity:
    """Return a StatusSource."""
    return {"id": str(post.id), "text": post.text, "spoiler_text": post.warning, "salledepause": {"kind": post.kind}}


def emojis(site: Site, *texts: str) -> list[Entity]:
    """Return the CustomEmojis that texts use, each once; a code that is none of the house's stays a text."""
    if not site.emojis:
        return []
    codes = dict.fromkeys(code for text in texts if ":" in text for code in scan(text).emojis)
    return [emoji(site, site.emojis[code]) for code in codes if code in site.emojis]


def emoji(site: Site, one: Emoji) -> Entity:
    """Return a CustomEmoji."""
    return {
        "shortcode": one.code,
        "url": blob_url(site, one.picture),
        "static_url": blob_url(site, one.still),
        "visible_in_picker": True,
        "category": one.category,
    }
