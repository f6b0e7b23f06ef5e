"""The house as apps see it before they let anybody in (https://docs.joinmastodon.org/methods/instance/)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from salledepause.features import accounts, graph, posts, timelines
from salledepause.kernel import clock, keys, words
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import Missing
from salledepause.kernel.media import DEFAULT_LIMITS
from salledepause.kernel.site import Site
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.house import HouseRule
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.routes import anyone, route

SPOKEN = "4.5.0"
"""The version of Mastodon's API that we speak; apps turn features on by it."""
SPOKEN_NUMBER = 7
"""The same, as `api_versions.mastodon` counts (https://docs.joinmastodon.org/entities/Instance/#api-versions)."""
TYPES = (
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif", "image/avif",
    "video/mp4", "video/webm", "video/quicktime",
)  # fmt: skip
FRAMES_A_SECOND = 120
"""Of a film that is sent; it is kept at sixty."""
SMALL_FACE, WIDE_FACE = "/portraits/0/avatar.png", "/portraits/0/header.png"
"""The house's own portrait: account 0 is nobody."""
FACE_SIDE = 400
"""Pixels."""
ABOUT = "/charte"
CLOSED = {"invitation": "On entre ici sur invitation : demandez un code à quelqu'un de la maison."}

Entity = dict[str, Any]


def version() -> str:
    """Return what apps parse: `4.5.0 (compatible; SalledePause 0.1.0)`."""
    return f"{SPOKEN} (compatible; SalledePause {house.VERSION})"


def language(call: Call) -> str:
    """Return the language of the house's texts: what the visitor asks for, else the house's own."""
    ours = next((one for one in call.site.settings.languages if one in words.LANGUAGES), "fr")
    return words.chosen(call.headers.get("accept-language", ""), ours)


async def show(call: Call) -> Answer:
    """GET /api/v2/instance."""
    settings = call.site.settings
    usage = await house.USAGE.of(call.site.db, call.tx)
    wide = call.site.url(WIDE_FACE)
    return json(
        {
            "domain": settings.domain,
            "title": settings.title,
            "version": version(),
            "source_url": call.site.url(ABOUT),
            "description": settings.description,
            "usage": {"users": {"active_month": usage.active_month}},
            "thumbnail": {"url": wide, "blurhash": None, "versions": {"@1x": wide, "@2x": wide}},
            "icon": [{"src": call.site.url(SMALL_FACE), "size": f"{FACE_SIDE}x{FACE_SIDE}"}],
            "languages": list(settings.languages),
            "configuration": configuration(call.site),
            "registrations": registrations(settings, language(call)),
            "api_versions": {"mastodon": SPOKEN_NUMBER},
            "contact": {"email": email(settings), "account": await contact(call)},
            "rules": rules(language(call)),
        }
    )


async def show_v1(call: Call) -> Answer:
    """GET /api/v1/instance, deprecated: older apps read nothing else."""
    settings = call.site.settings
    usage = await house.USAGE.of(call.site.db, call.tx)
    return json(
        {
            "uri": settings.domain,
            "title": settings.title,
            "short_description": settings.description,
            "description": settings.description,
            "email": email(settings),
            "version": version(),
            "urls": {"streaming_api": settings.streams},
            "stats": {"user_count": usage.people, "status_count": usage.posts, "domain_count": 0},
            "thumbnail": call.site.url(WIDE_FACE),
            "languages": list(settings.languages),
            "registrations": settings.registration in CAN_ASK,
            "approval_required": settings.registration == "approval",
            "invites_enabled": settings.registration == "invitation",
            "configuration": configuration(call.site),
            "contact_account": await contact(call),
            "rules": rules(language(call)),
        }
    )


CAN_ASK = {"open", "approval"}


def registrations(settings: Settings, spoken: str) -> Entity:
    """Return who may sign up from an app."""
    closed = CLOSED.get(settings.registration)
    return {
        "enabled": settings.registration in CAN_ASK,
        "approval_required": settings.registration == "approval",
        "reason_required": settings.registration == "approval",
        "message": house.said(closed, spoken) if closed else None,
        "min_age": None,
        "url": None,
    }


def configuration(site: Site) -> Entity:
    """Return every limit that an app must know before it writes."""
    return {
        "urls": {
            "streaming": site.settings.streams,
            "status": None,
            "about": site.url(ABOUT),
            "privacy_policy": site.url(ABOUT),
            "terms_of_service": None,
        },
        "vapid": {"public_key": keys.vapid_public(site.settings.secret)},
        "accounts": {
            "max_featured_tags": graph.MOST_FEATURED_TAGS,
            "max_pinned_statuses": posts.MOST_PINS,
            "max_profile_fields": accounts.FIELDS,
            "profile_field_name_limit": accounts.FIELD_LENGTH,
            "profile_field_value_limit": accounts.FIELD_LENGTH,
        },
        "statuses": {
            "max_characters": posts.MOST_CHARACTERS,
            "max_media_attachments": posts.MOST_MEDIA,
            "characters_reserved_per_url": site.settings.link_weight,
        },
        "media_attachments": _media(site.settings),
        "polls": _polls(),
        "translation": {"enabled": False},
        "timelines_access": {
            name: {"local": "public" if site.settings.visitors else "authenticated", "remote": "disabled"}
            for name in ("live_feeds", "hashtag_feeds", "trending_link_feeds")
        },
        "limited_federation": False,
    }


def _media(settings: Settings) -> Entity:
    film = min(DEFAULT_LIMITS.film_bytes, settings.media_bytes)
    return {
        "description_limit": posts.media.MOST_CHARACTERS,
        "supported_mime_types": list(TYPES),
        "image_size_limit": min(DEFAULT_LIMITS.image_bytes, settings.media_bytes),
        "image_matrix_limit": DEFAULT_LIMITS.pixels,
        "video_size_limit": film,
        "video_frame_rate_limit": FRAMES_A_SECOND,
        "video_matrix_limit": DEFAULT_LIMITS.pixels,
    }


def _polls() -> Entity:
    return {
        "max_options": posts.polls.MOST_OPTIONS,
        "max_characters_per_option": posts.polls.MOST_CHARACTERS,
        "min_expiration": int(posts.polls.SHORTEST.total_seconds()),
        "max_expiration": int(posts.polls.LONGEST.total_seconds()),
    }


def email(settings: Settings) -> str:
    """Return the address to write to, empty when the hosts gave something else."""
    name, at, host = settings.contact.partition("@")
    return settings.contact if name and at and "." in host and " " not in settings.contact else ""


async def contact(call: Call) -> Entity | None:
    """Return the Account to write to: the first of those who keep the house."""
    keeper = await timelines.first_keeper(call.tx)
    found = await accounts.load(call.tx, [keeper]) if keeper else {}
    return entities.account(call.site, found[keeper]) if keeper in found else None


def rules(spoken: str) -> list[Entity]:
    """Return the charter as Rule entities, in a language, with its translations."""
    return [
        {"id": str(number), **_said(one, spoken), "translations": {other: _said(one, other) for other in words.LANGUAGES}}
        for number, one in enumerate(house.RULES, 1)
    ]


def _said(rule: HouseRule, spoken: str) -> Entity:
    return {"text": house.said(rule.text, spoken), "hint": house.said(rule.hint, spoken)}


async def show_rules(call: Call) -> Answer:
    """GET /api/v1/instance/rules."""
    return json(rules(language(call)))


async def description(call: Call) -> Answer:
    """GET /api/v1/instance/extended_description."""
    return json({"updated_at": clock.iso(house.WRITTEN_AT), "content": house.to_html(house.ABOUT, language(call))})


async def privacy(call: Call) -> Answer:
    """GET /api/v1/instance/privacy_policy."""
    return json({"updated_at": clock.iso(house.WRITTEN_AT), "content": house.to_html(house.PRIVACY, language(call))})


async def no_terms(call: Call) -> Answer:
    """GET /api/v1/instance/terms_of_service: the charter is what people accept; there are no other terms."""
    del call
    raise Missing


async def activity(call: Call) -> Answer:
    """GET /api/v1/instance/activity: twelve weeks. Nobody's visits are counted: `logins` are people who published."""
    found = await house.WEEKS.of(call.site.db, call.tx)
    return json(
        [
            {
                "week": str(_second(week.began)),
                "statuses": str(week.posts),
                "logins": str(week.authors),
                "registrations": str(week.newcomers),
            }
            for week in found
        ]
    )


def _second(instant: datetime) -> int:
    return int(instant.timestamp())


async def nothing(call: Call) -> Answer:
    """Answer an empty list: no other server is known."""
    del call
    return json([])


async def translations(call: Call) -> Answer:
    """GET /api/v1/instance/translation_languages: no text leaves the house to be translated."""
    del call
    return json({})


async def languages(call: Call) -> Answer:
    """GET /api/v1/instance/languages: those a post may say it is written in, named in the language of who asks."""
    named = words.languages(call.language)
    return json([{"code": code, "name": name} for code, name in named.items()])


V1 = "/api/v1/instance"
ROUTES = [
    route("GET", "/api/v2/instance", show, anyone()),
    route("GET", V1, show_v1, anyone()),
    route("GET", V1 + "/rules", show_rules, anyone()),
    route("GET", V1 + "/extended_description", description, anyone()),
    route("GET", V1 + "/privacy_policy", privacy, anyone()),
    route("GET", V1 + "/terms_of_service", no_terms, anyone()),
    route("GET", V1 + "/terms_of_service/{date}", no_terms, anyone()),
    route("GET", V1 + "/peers", nothing, anyone()),
    route("GET", V1 + "/activity", activity, anyone()),
    route("GET", V1 + "/translation_languages", translations, anyone()),
    route("GET", V1 + "/languages", languages, anyone()),
]
