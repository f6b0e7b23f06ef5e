"""Where things are on the web: the paths that pages link to, and which of them a redirection may follow."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from salledepause.features.accounts import Account

_OWN = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def own(path: str, otherwise: str = "/") -> str:
    """Return `path` when it stays on this site, else `otherwise`.

    It begins with a single `/`; a browser would read a backslash as `/` and drop tabs and line ends, so neither passes.
    """
    return path if _OWN.fullmatch(path) else otherwise


def header_value(path: str) -> bytes:
    """Return a path as a `Location` header holds it: ASCII, what is not allowed percent-encoded."""
    return quote(path, safe="/%?#[]@!$&'()*+,;=:~-._").encode()


def profile(handle: str) -> str:
    """Return the path of a profile."""
    return f"/@{handle}"


def post(handle: str, post_id: int) -> str:
    """Return the path of a post."""
    return f"/@{handle}/{post_id}"


def team(slug: str) -> str:
    """Return the path of a team."""
    return f"/equipes/{quote(slug)}"


def between(account_id: int) -> str:
    """Return the path of what one chose about somebody."""
    return f"/personnes/{account_id}"


def collection(collection_id: int) -> str:
    """Return the path of a collection."""
    return f"/collections/{collection_id}"


def tag(key: str) -> str:
    """Return the path of a tag."""
    return f"/tags/{quote(key)}"


def blob(key: str) -> str:
    """Return the path of a stored file."""
    return f"/media/{key}"


def blurring(media_id: int) -> str:
    """Return the path where parts of one's own picture are covered."""
    return f"/ecrire/medias/{media_id}/flouter"


def avatar(account: Account) -> str:
    """Return the path of an avatar: the person's own, or the one generated from their id."""
    return blob(account.avatar) if account.avatar else f"/portraits/{account.id}/avatar.png"


def header(account: Account) -> str:
    """Return the path of a header picture."""
    return blob(account.header) if account.header else f"/portraits/{account.id}/header.png"


def with_query(path: str, **values: object) -> str:
    """Return a path with those of the values that are not empty as its query."""
    kept = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path
