"""Reading one activity of an archive into what it says here; pure. Each is hostile until it has been through `read`.

Source: https://www.w3.org/TR/activitystreams-vocabulary/ as Mastodon writes its archive (`Create` of a `Note` or `Question`,
`Announce`); what only this house knows is under `salledepause`, and the text as typed is the `source` of ActivityPub §3.3.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from salledepause.features.archives.model import Attachment, Owner, Question, Said, Shared, host_of, texts, uri_of
from salledepause.features.posts import Audience, Kind, QuotePolicy
from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import plain_of_html, scan

PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_ATTACHMENTS = 64
MOST_OPTIONS = 64
STORED_UNDER = "media_attachments/"

UNREADABLE = "Cet élément n'est pas lisible."
_MENTION = re.compile(r"<a\b([^<>]*+)>@<span>([A-Za-z0-9_.-]{1,64}+)</span></a>")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,16}")
_HREF = re.compile(r'\bhref="https?://([^/"]{1,260}+)')
_TAGGED = re.compile(r"@([A-Za-z0-9_.-]++)@([^\s@/]++)")


class _Activity(msgspec.Struct):
    type: str
    actor: Any
    object: Any
    published: Any = None
    to: Any = None
    cc: Any = None


class _Note(msgspec.Struct, rename="camel"):
    id: Any
    type: str
    attributed_to: Any
    published: Any = None
    updated: Any = None
    content: str | None = None
    content_map: dict[str, Any] | None = None
    summary: str | None = None
    sensitive: bool | None = None
    in_reply_to: Any = None
    to: Any = None
    cc: Any = None
    attachment: Any = None
    tag: Any = None
    one_of: Any = None
    any_of: Any = None
    end_time: Any = None
    closed: Any = None
    voters_count: Any = None
    quote: Any = None
    interaction_policy: Any = None
    source: Any = None
    salledepause: Any = None


def read(raw: bytes, owner: Owner, now: datetime) -> Said | Shared:
    """Return what an activity tells; raises BadInput when it is unreadable, not its owner's, or of no kind that we keep."""
    try:
        activity = msgspec.json.decode(raw, type=_Activity)
        note = msgspec.convert(activity.object, _Note) if activity.type == "Create" else None
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadInput(UNREADABLE) from error
    if uri_of(activity.actor) != owner.uri:
        raise BadInput("Cet élément n'est pas de la personne à qui est l'archive.")
    if activity.type == "Announce":
        return Shared(uri_of(activity.object), audience(activity.to, activity.cc), instant(activity.published, now))
    if note is None or note.type not in {"Note", "Question"}:
        raise BadInput("Cet élément est d'une sorte qui ne se reprend pas.")
    return _said(note, owner, now)


def _said(note: _Note, owner: Owner, now: datetime) -> Said:
    uri = uri_of(note.id)
    if uri_of(note.attributed_to) != owner.uri or host_of(uri) != owner.host:
        raise BadInput("Cet élément n'est pas de la personne à qui est l'archive.")
    ours = note.salledepause if isinstance(note.salledepause, dict) and owner.ours else {}
    shows = ours.get("shows_family")
    return Said(
        uri=uri,
        text=_text(note, owner),
        warning=note.summary or "",
        sensitive=bool(note.sensitive),
        language=next(filter(_LANGUAGE.fullmatch, note.content_map or ()), None),
        kind=next((kind for kind in Kind if kind == ours.get("kind")), None),
        shows_family=shows if isinstance(shows, bool) else None,
        pinned=ours.get("pinned") is True,
        closed=ours.get("closed") is True,
        automated=ours.get("automated") is True,
        thanks=tuple(texts(ours.get("thanks"))),
        audience=audience(note.to, note.cc),
        parent_uri=uri_of(note.in_reply_to) if note.in_reply_to else None,
        quoted_uri=uri_of(note.quote) if isinstance(note.quote, str) else None,
        quote_policy=_quote_policy(note.interaction_policy),
        at=instant(note.published, now),
        edited_at=instant(note.updated, now) if note.updated else None,
        attachments=tuple(_attachments(note.attachment)),
        question=_question(note, now) if note.type == "Question" else None,
    )


def audience(to: object, cc: object) -> Audience:
    """Return who may read: everybody when it is addressed to the public, followers when to a collection of followers.

    Whatever else it is addressed to, it is for the people named in it: the narrowest reading.
    """
    first, then = set(texts(to)), set(texts(cc))
    if first & PUBLIC:
        return Audience.PUBLIC
    if then & PUBLIC:
        return Audience.UNLISTED
    if any(one.endswith("/followers") for one in first | then):
        return Audience.FOLLOWERS
    return Audience.DIRECT


def _quote_policy(value: object) -> QuotePolicy | None:
    """Return who may quote (FEP-044f, `canQuote`), `None` when that is not told."""
    rule = value.get("canQuote") if isinstance(value, dict) else None
    if not isinstance(rule, dict):
        return None
    allowed = texts(rule.get("automaticApproval"))
    if PUBLIC & set(allowed):
        return QuotePolicy.PUBLIC
    return QuotePolicy.FOLLOWERS if any(one.endswith("/followers") for one in allowed) else QuotePolicy.NOBODY


def instant(value: object, now: datetime) -> datetime:
    """Return the instant that a value says (ISO 8601), in UTC; raises BadInput for none, before 2000, or still to come."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise BadInput("La date est illisible.")
    try:
        utc = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise BadInput("La date est illisible.") from error
    if not EARLIEST <= utc <= now:
        raise BadInput("La date n'est pas entre l'an 2000 et maintenant.")
    return utc


def _text(note: _Note, owner: Owner) -> str:
    """Return the text as typed when it was typed here, else what a reader of the HTML sees, everybody named in full."""
    source = note.source if isinstance(note.source, dict) and owner.ours else {}
    if source.get("mediaType") == "text/plain" and isinstance(source.get("content"), str):
        return str(source["content"])
    return text_of(note.content or "", note.tag, owner)


def text_of(content: str, tags: object, owner: Owner) -> str:
    """Return the plain text of a post's HTML. A name without a server is of the server where it was written, not of this one."""
    known = dict.fromkeys(_tagged(tags))

    def named(found: re.Match[str]) -> str:
        reached = _HREF.search(found[1])
        if not reached or "mention" not in found[1]:
            return found[0]
        host = html.unescape(reached[1]).lower()
        same = [server for name, server in known if name == found[2].lower()]
        return f"@{found[2]}@{same[0] if len(same) == 1 else host}"

    return qualified(plain_of_html(_MENTION.sub(named, content)), owner)


def qualified(text: str, owner: Owner) -> str:
    """Return a text that names nobody of this house by mistake: names without a server get the archive's, when it is another."""
    bare = [] if owner.ours else sorted((name for name in scan(text).mentions if "@" not in name), key=len, reverse=True)
    if not bare:
        return text
    names = "|".join(map(re.escape, bare))
    return re.sub(rf"@({names})(?![A-Za-z0-9_@])", lambda found: f"@{found[1]}@{owner.host}", text, flags=re.IGNORECASE)


def _tagged(tags: object) -> list[tuple[str, str]]:
    """Return the (name, server) pairs that the tags of a post tell in full."""
    names = [one.get("name") for one in tags if isinstance(one, dict)] if isinstance(tags, list) else []
    found = [_TAGGED.fullmatch(name) for name in names if isinstance(name, str)]
    return [(one[1].lower(), one[2].lower()) for one in found if one]


def _attachments(value: object) -> list[Attachment]:
    found = []
    for one in value[:MOST_ATTACHMENTS] if isinstance(value, list) else []:
        if isinstance(one, dict) and isinstance(one.get("url"), str) and one.get("type") != "Link":
            name = one["url"]
            described = one.get("name")
            found.append(
                Attachment(
                    name[max(0, name.find(STORED_UNDER)) :],
                    described if isinstance(described, str) else "",
                    _focus(one.get("focalPoint")),
                )
            )
    return found


def _focus(value: object) -> tuple[float, float] | None:
    match value:
        case [int() | float() as x, int() | float() as y] if -1 <= x <= 1 and -1 <= y <= 1:
            return float(x), float(y)
    return None


def _question(note: _Note, now: datetime) -> Question:
    given = note.any_of if note.any_of is not None else note.one_of
    options = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    if len(options) > MOST_OPTIONS:
        raise BadInput(UNREADABLE)
    replies = [one["replies"] if isinstance(one.get("replies"), dict) else {} for one in options]
    tallies = [_number(one.get("totalItems", 0)) for one in replies]
    end = note.end_time or (note.closed if isinstance(note.closed, str) else None)
    return Question(
        options=tuple(name if isinstance(name := one.get("name"), str) else "" for one in options),
        tallies=tuple(tallies),
        voters_count=_number(note.voters_count) if note.voters_count is not None else max(tallies, default=0),
        multiple=note.any_of is not None,
        ends_at=None if end is None or _to_come(end, now) else instant(end, now),
    )


def _to_come(value: object, now: datetime) -> bool:
    try:
        end = datetime.fromisoformat(str(value))
        return (end if end.tzinfo else end.replace(tzinfo=UTC)) > now
    except (ValueError, OverflowError):
        return False


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(UNREADABLE)
    return value
