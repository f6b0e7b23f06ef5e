"""What happened, told on the next page: a message that survives a redirection in a signed cookie, and a button to undo it.

The cookie is read and taken back by the page that shows it. Nothing of it is kept on the server, and it needs no script.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Literal

import msgspec

from salledepause.kernel.config import Settings
from salledepause.surfaces.edge import Call, Header
from salledepause.surfaces.web import cookies, wording

COOKIE = "message"
A_MINUTE = 60
LONGEST = 3000
"""Characters of the cookie; browsers keep 4096 with its name and manners."""


class Undo(msgspec.Struct, frozen=True):
    """The form that takes back what was done: where it goes and what it sends."""

    action: str
    fields: dict[str, str] = msgspec.field(default_factory=dict)


class Help(msgspec.Struct, frozen=True):
    """The card for who writes of distress: whose it seems to be, and (name, number) of whom to call."""

    whose: Literal["author", "other"]
    lines: tuple[tuple[str, str], ...] = ()


class Message(msgspec.Struct, frozen=True):
    """A sentence already in the language of who reads it."""

    text: str
    undo: Undo | None = None
    help: Help | None = None
    sent: str = ""
    """The key of the form that was sent: the device keeps its draft no longer, were it sent before any script came."""


def notice(sentence: str, call: Call, undo: Undo | None = None, **values: object) -> Header:
    """Return the header that has a French msgid told, in the caller's language, by the next page."""
    told = wording.said(sentence, call.language).format(**values)
    return _given(call, Message(told, undo)) or notice(sentence, call, None, **dict.fromkeys(values, "…"))


def beside(call: Call, told: Header, card: Help | None, sent: str = "") -> Header:
    """Return a header of `notice` with the key of the form that was sent, and the card that the next page shows too.

    The numbers of the card are left out where they are too many.
    """
    if card is None and not sent:
        return told
    value = told[1].decode().partition("=")[2].partition(";")[0]
    message = msgspec.structs.replace(_read(call.site.settings, value) or Message(""), sent=sent)
    for one in (card, card and Help(card.whose)):
        if given := _given(call, msgspec.structs.replace(message, help=one)):
            return given
    return told


def _given(call: Call, message: Message) -> Header | None:
    secret = call.site.settings.secret
    value = _sealed(secret, message) if message.undo or message.help or message.sent else _sentence(secret, message.text)
    return cookies.give(call.site.settings, COOKIE, value, A_MINUTE) if len(value) <= LONGEST else None


def waiting(call: Call) -> tuple[tuple[Message, ...], tuple[Header, ...]]:
    """Return what there is to tell, and the headers that make it told once."""
    settings = call.site.settings
    held = cookies.read(settings, call.headers, COOKIE)
    if not held:
        return (), ()
    found = _read(settings, held)
    return (found,) if found else (), (cookies.take_back(settings, COOKIE),)


@lru_cache(maxsize=256)
def _sentence(secret: str, text: str) -> str:
    """Return the value of a message that is a sentence alone, as most are: hundreds are told the same at once."""
    return _sealed(secret, Message(text))


def _sealed(secret: str, message: Message) -> str:
    body = urlsafe_b64encode(msgspec.json.encode(message)).decode()
    return f"{body}.{_signature(secret, body)}"


def _read(settings: Settings, held: str) -> Message | None:
    body, _, signature = held.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(settings.secret, body).encode()):
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(body), type=Message)
    except (msgspec.MsgspecError, ValueError):  # written before an upgrade
        return None


def _signature(secret: str, body: str) -> str:
    return hmac.digest(secret.encode(), b"message " + body.encode(), "sha256").hex()
