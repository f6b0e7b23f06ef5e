"""One's own profile: read, changed, with its pictures and its manners.

https://docs.joinmastodon.org/methods/accounts/#update_credentials and, since 4.6, https://docs.joinmastodon.org/methods/profile/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from salledepause.features import accounts, graph
from salledepause.features.accounts import Family, ProfileChange
from salledepause.kernel.errors import BadInput, Refusal
from salledepause.surfaces import params
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import Answer, Call, Handler, Rule, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.routes import route, user

PICTURES = 24 * 1024 * 1024
"""Bytes of a form with an avatar and a header."""


async def own(call: Call) -> Answer:
    """GET /api/v1/accounts/verify_credentials."""
    me = await accounts.one(call.tx, call.me)
    return json(entities.credential_account(call.site, me, await graph.request_count(call.tx, me.id)))


class FieldAsked(msgspec.Struct):
    """One line of a profile."""

    name: str = ""
    value: str = ""


class SourceAsked(msgspec.Struct):
    """How posts begin by default."""

    privacy: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType = UNSET
    quote_policy: Literal["public", "followers", "nobody"] | UnsetType = UNSET


class OursAsked(msgspec.Struct, frozen=True):
    """What is ours of a profile."""

    family: Family | UnsetType = UNSET
    shows_family: bool | UnsetType = UNSET
    mode: Literal["contributor", "reader"] | UnsetType = UNSET


class ChangeAsked(msgspec.Struct):
    """Parameters of a profile change; what is absent stays. `avatar` and `header` are read apart."""

    display_name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    avatar_description: str | UnsetType = UNSET
    header_description: str | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    show_media: bool | UnsetType = UNSET
    show_media_replies: bool | UnsetType = UNSET
    show_featured: bool | UnsetType = UNSET
    attribution_domains: list[str] | UnsetType = UNSET
    fields_attributes: Any = UNSET
    source: dict[str, Any] = {}
    salledepause: OursAsked = OursAsked()


async def raw(call: Call) -> Answer:
    """GET /api/v1/profile: what one may change, as it was typed; a drawn picture is none."""
    return json(entities.profile(call.site, await accounts.one(call.tx, call.me)))


def _updating(answer: Callable[[Call], Awaitable[Answer]]) -> Handler:
    """Return PATCH /api/v1/accounts/update_credentials or PATCH /api/v1/profile, which differ by what they answer.

    Pictures are decoded outside any transaction, and dropped when it is refused.
    """

    async def update(call: Call) -> Answer:
        change, stored = _wanted(call), dict[str, str]()
        try:
            await _pictures(call, stored)
            async with call.site.db.transaction() as call.tx:
                await _change(call, msgspec.structs.replace(change, **stored))
                return await answer(call)
        except Refusal:
            for key in stored.values():
                call.site.blobs.drop(key)
            raise

    return update


def _wanted(call: Call) -> ProfileChange:
    asked = call.read(ChangeAsked)
    source = params.decode(asked.source, SourceAsked)
    return ProfileChange(
        name=asked.display_name,
        note=asked.note,
        fields=_fields(asked.fields_attributes),
        avatar_description=asked.avatar_description,
        header_description=asked.header_description,
        locked=asked.locked,
        bot=asked.bot,
        discoverable=asked.discoverable,
        indexable=asked.indexable,
        hide_collections=asked.hide_collections,
        show_media=asked.show_media,
        show_media_replies=asked.show_media_replies,
        show_featured=asked.show_featured,
        language=source.language,
        default_audience=_audience(source.privacy),
        default_sensitive=source.sensitive,
        attribution_domains=asked.attribution_domains,
        quote_policy=source.quote_policy,
        family=asked.salledepause.family,
        shows_family=asked.salledepause.shows_family,
        mode=asked.salledepause.mode,
    )


Habit = Literal["public", "unlisted", "followers", "direct"]
PRIVACY: dict[str, Habit] = {"public": "public", "unlisted": "unlisted", "private": "followers", "direct": "direct"}


def _audience(word: str | UnsetType) -> Habit | UnsetType:
    if isinstance(word, UnsetType) or not word:
        return UNSET
    if word not in PRIVACY:
        raise BadInput("Visibilité inconnue : public, unlisted, private ou direct.")
    return PRIVACY[word]


def _fields(given: Any) -> list[tuple[str, str]] | UnsetType:
    """Return the lines of a profile, sent as a list or as an object whose keys do not matter."""
    if isinstance(given, UnsetType) or given is None or given == "":
        return UNSET
    lines = list(given.values()) if isinstance(given, dict) else given
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise BadInput("Lignes de présentation illisibles : attendu une liste de titres et de valeurs.")
    return [(line.name, line.value) for line in (params.decode(line, FieldAsked) for line in lines)]


async def _pictures(call: Call, stored: dict[str, str]) -> None:
    """Store the pictures that were sent, still and cleaned; their keys go into `stored`, by field. Raises BadInput."""
    for name in accounts.PICTURED:
        upload = call.given.get(name)
        if upload is not None and upload != "":
            if not isinstance(upload, Upload):
                raise BadInput("Attendu un fichier d'image.")
            stored[name] = await accounts.prepare_picture(call.site, call.me, name, upload.path)


async def _change(call: Call, change: ProfileChange) -> None:
    """Write a change; old pictures leave once it is durable."""
    for key in await accounts.update_profile(call.tx, call.me, change):
        call.tx.afterwards.append(partial(call.site.blobs.drop, key))


async def drop_avatar(call: Call) -> Answer:
    """DELETE /api/v1/profile/avatar."""
    await _change(call, ProfileChange(avatar=None, avatar_description=""))
    return await own(call)


async def drop_header(call: Call) -> Answer:
    """DELETE /api/v1/profile/header."""
    await _change(call, ProfileChange(header=None, header_description=""))
    return await own(call)


async def preferences(call: Call) -> Answer:
    """GET /api/v1/preferences (https://docs.joinmastodon.org/entities/Preferences/)."""
    source = entities.credential_account(call.site, await accounts.one(call.tx, call.me), 0)["source"]
    return json(
        {
            "posting:default:visibility": source["privacy"],
            "posting:default:sensitive": source["sensitive"],
            "posting:default:language": source["language"],
            "posting:default:quote_policy": source["quote_policy"],
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
            "reading:autoplay:gifs": False,
        }
    )


CHANGING = Rule("user", "write:accounts", files=PICTURES, budget="media", transaction=False)
READING = user("profile|read:accounts")
ROUTES = [
    route("GET", "/api/v1/accounts/verify_credentials", own, READING),
    route("PATCH", "/api/v1/accounts/update_credentials", _updating(own), CHANGING),
    route("GET", "/api/v1/preferences", preferences, user("read:accounts")),
    route("GET", "/api/v1/profile", raw, READING),
    route("PATCH", "/api/v1/profile", _updating(raw), CHANGING),
    route("DELETE", "/api/v1/profile/avatar", drop_avatar, user("write:accounts")),
    route("DELETE", "/api/v1/profile/header", drop_header, user("write:accounts")),
]
