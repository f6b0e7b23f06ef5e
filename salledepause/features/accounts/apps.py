"""Client applications: what they may ask for, where they may be sent back, and how they prove who they are.

Scopes: https://docs.joinmastodon.org/api/oauth-scopes/. Registration: https://docs.joinmastodon.org/methods/apps/.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from salledepause.features.accounts import keys
from salledepause.features.accounts.model import App, covered
from salledepause.features.accounts.schemes import leads_to_an_app
from salledepause.features.accounts.secret import digest, fresh
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import clean

READ = "accounts blocks bookmarks collections favourites filters follows lists mutes notifications search statuses"
WRITE = f"{READ} conversations media reports".replace(" search", "")
HOUSE = "accounts canonical_email_blocks domain_allows domain_blocks email_domain_blocks ip_blocks reports"
SCOPES = (
    "profile",
    "read",
    *(f"read:{noun}" for noun in READ.split()),
    "write",
    *(f"write:{noun}" for noun in WRITE.split()),
    "follow",
    "push",
    *(f"admin:{verb}{noun}" for verb in ("read", "write") for noun in ("", *(f":{noun}" for noun in HOUSE.split()))),
)
"""Every scope that an app may ask for."""
DEFAULT_SCOPE = "read"
HERE = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect address that means: show the code on the page."""

NAME_LENGTH, ADDRESS_LENGTH, MOST_ADDRESSES = 60, 2000, 20
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
_PRINTABLE = re.compile(r"[!-~]+")
NO_SUCH_SCOPE = "Application refusée : un des droits demandés n'existe pas ici."


class Registration(NamedTuple):
    """What an app says of itself; `scopes` are separated by spaces."""

    name: str
    redirect_uris: Sequence[str]
    scopes: str = DEFAULT_SCOPE
    website: str = ""


async def register_app(tx: Tx, asked: Registration) -> tuple[App, str]:
    """Register an app; return it with its secret, which is shown this once. Raises BadInput."""
    name = " ".join(clean(asked.name).split())
    if not name or len(name) > NAME_LENGTH:
        raise BadInput("Application refusée : son nom a de 1 à {most} caractères.", most=NAME_LENGTH)
    uris = list(dict.fromkeys(asked.redirect_uris))
    if not 1 <= len(uris) <= MOST_ADDRESSES or not all(map(returnable, uris)):
        raise BadInput("Application refusée : l'adresse de retour doit être une adresse absolue et sûre.")
    scopes = parse_scopes(asked.scopes)
    if scopes is None:
        raise BadInput(NO_SUCH_SCOPE)
    made = App(0, fresh(), name, _website(asked.website), uris, scopes)
    secret = fresh()
    return await keys.add_app(tx, made, secret), secret


async def client(tx: Tx, client_id: str, client_secret: str) -> App | None:
    """Return the app that proves itself by its secret."""
    found = await keys.app_of(tx, client_id) if client_id else None
    kept = await keys.secret_of(tx, found.id) if found else b""
    return found if hmac.compare_digest(kept, digest(client_secret)) else None


def parse_scopes(text: str) -> list[str] | None:
    """Return the scopes of a list separated by spaces or pluses (`read` when empty); `None` when one does not exist."""
    wanted = list(dict.fromkeys(text.replace("+", " ").split())) or [DEFAULT_SCOPE]
    return wanted if set(wanted) <= set(SCOPES) else None


def within(wanted: Sequence[str], held: Sequence[str]) -> bool:
    """Tell whether every wanted scope is held, by itself or by a wider one."""
    have = frozenset(held)
    return all(covered(one, have) for one in wanted)


def returnable(uri: str) -> bool:
    """Tell whether a browser may be sent back to this address: https, http on this machine, an app's own scheme."""
    if uri == HERE:
        return True
    if not _PRINTABLE.fullmatch(uri) or len(uri) > ADDRESS_LENGTH or "#" in uri or "\\" in uri:
        return False
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    scheme = parts.scheme.lower()
    if scheme in {"http", "https"}:
        return bool(host) and "@" not in parts.netloc and (scheme == "https" or host in LOOPBACK)
    return bool(_SCHEME.fullmatch(scheme)) and leads_to_an_app(scheme) and len(uri) > len(scheme) + 1


def _website(text: str) -> str | None:
    if not text.strip():
        return None
    address = text.strip()
    if not address.startswith(("https://", "http://")) or not _PRINTABLE.fullmatch(address) or len(address) > ADDRESS_LENGTH:
        raise BadInput("Application refusée : son site doit être une adresse http ou https.")
    return address
