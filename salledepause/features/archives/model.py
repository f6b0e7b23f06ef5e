"""What an import or an export says of each thing that it meets, and what it reads of an archive: frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from salledepause.features.posts import Audience, Kind, QuotePolicy
from salledepause.kernel.errors import BadInput, Refusal

LONGEST_URI = 2000
"""Bytes of an address."""
MEBIBYTE = 1 << 20
JSON_BYTES = 2048 * MEBIBYTE
"""Of one JSON file, decoded."""
TABLE_BYTES = 64 * MEBIBYTE
"""Of one CSV file, decoded."""


class Outcome(StrEnum):
    """What became of one thing."""

    DONE = "done"
    KNOWN = "known"
    """It is here already."""
    ABSENT = "absent"
    """What it points at is not here."""
    REFUSED = "refused"
    """It cannot be read, or may not be."""


Told = tuple[Outcome, Refusal | None]
"""What became of a line, and why it was not taken."""


class Line(NamedTuple):
    """A line of a table by the names of its columns, and how much of the file is behind."""

    number: int
    cells: Mapping[str, str]
    part: float


class Step(NamedTuple):
    """One thing met: in which file, at which place (1 is the first element or line, 0 the file itself), what became of it."""

    file: str
    place: int
    outcome: Outcome
    why: Refusal | None = None
    part: float = 1.0
    """How much of the file is behind, from 0 to 1."""


class What(StrEnum):
    """The tables that Mastodon exports as CSV, and ours of the notebook; the values are words of the command line."""

    FOLLOWS = "follows"
    LISTS = "lists"
    MUTES = "mutes"
    BLOCKS = "blocks"
    DOMAIN_BLOCKS = "domain-blocks"
    BOOKMARKS = "bookmarks"
    NOTEBOOK = "notebook"


FILES = {
    What.FOLLOWS: "following_accounts.csv",
    What.LISTS: "lists.csv",
    What.MUTES: "muted_accounts.csv",
    What.BLOCKS: "blocked_accounts.csv",
    What.DOMAIN_BLOCKS: "blocked_domains.csv",
    What.BOOKMARKS: "bookmarks.csv",
    What.NOTEBOOK: "carnet.csv",
}
"""How Mastodon names them; the last is ours."""


class Owner(NamedTuple):
    """Whose archive it is: the address of the actor, the host of that address, whether that host is this house."""

    uri: str
    host: str
    ours: bool


class Attachment(NamedTuple):
    """A file of a post: its name in the archive, its words, its focal point."""

    name: str
    description: str
    focus: tuple[float, float] | None


class Question(NamedTuple):
    """A poll that is over, with its results."""

    options: tuple[str, ...]
    tallies: tuple[int, ...]
    voters_count: int
    multiple: bool
    ends_at: datetime | None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A post as an archive tells it."""

    uri: str
    text: str
    warning: str
    sensitive: bool
    language: str | None
    kind: Kind | None
    shows_family: bool | None
    pinned: bool
    closed: bool
    automated: bool
    thanks: tuple[str, ...]
    audience: Audience
    parent_uri: str | None
    quoted_uri: str | None
    quote_policy: QuotePolicy | None
    at: datetime
    edited_at: datetime | None
    attachments: tuple[Attachment, ...]
    question: Question | None


class Shared(NamedTuple):
    """A boost as an archive tells it."""

    uri: str
    """Of what was boosted."""
    audience: Audience
    at: datetime


def uri_of(value: object) -> str:
    """Return the address that a value is, or that an object bears as its `id`; raises BadInput for anything else."""
    text = value.get("id") if isinstance(value, dict) else value
    if not isinstance(text, str) or not text.startswith(("https://", "http://")) or not text.isprintable():
        raise BadInput("Une adresse manque, ou n'en est pas une.")
    if len(text.encode()) > LONGEST_URI:
        raise BadInput("Une adresse est trop longue : {most} octets au plus.", most=LONGEST_URI)
    return text


def host_of(uri: str) -> str:
    """Return the host of an address, with its port when it has one, in small letters."""
    return uri.split("/", 3)[2].lower()


def texts(value: object) -> Sequence[str]:
    """Return the strings of a value that is one string or a list."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]
