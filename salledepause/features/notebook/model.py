"""What an entry of the notebook is, and the table that it becomes: frozen records, pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from salledepause.features.posts import Post
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean, fits, scan

LONGEST_NOTE = 2000
"""Characters as people count them (grapheme clusters)."""
MOST_ENTRIES = 3000
COLUMNS = ("Appris le", "Note modifiée le", "Dit par", "Message", "Dit le", "Sources", "Note")
"""Of the table, in order."""


class Entry(NamedTuple):
    """What somebody learned: the post, who had said it, their own note (empty: none)."""

    id: int
    post_id: int
    handle: str
    note: str
    edited_at: datetime | None

    @property
    def learned_at(self) -> datetime:
        """When it was marked."""
        return ids.made_at(self.id)

    @property
    def said_at(self) -> datetime:
        """When the post was published."""
        return ids.made_at(self.post_id)

    def address(self, site: Site) -> str:
        """Return where the post is, or was."""
        return site.post_url(self.handle, self.post_id)


class Past(NamedTuple):
    """What was learned before, as a table tells it: the note, since when, when it was last changed."""

    note: str
    learned_at: datetime | None
    edited_at: datetime | None


class Shown(NamedTuple):
    """An entry and its post as its owner may read it now, `None` when it is gone or no longer theirs to read."""

    entry: Entry
    post: Post | None

    @property
    def sources(self) -> tuple[str, ...]:
        """The links that the post gives, as long as it is readable."""
        return scan(self.post.text).links if self.post else ()


def noted(typed: str) -> str:
    """Return a note as it is kept; raises BadInput for one that is too long."""
    note = clean(typed)
    if not fits(note, LONGEST_NOTE):
        raise BadInput("Texte trop long : {most} caractères au plus.", most=LONGEST_NOTE)
    return note


def table(site: Site, found: Sequence[Shown], columns: Sequence[str] = COLUMNS) -> bytes:
    """Return a notebook as CSV (UTF-8, RFC 4180), a line of titles first; instants are ISO 8601, sources on a line each."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(columns)
    for one in found:
        entry = one.entry
        edited = clock.iso(entry.edited_at) if entry.edited_at else ""
        who = f"{entry.handle}@{site.settings.domain}"
        said = (entry.address(site), clock.iso(entry.said_at), "\n".join(one.sources))
        lines.writerow([clock.iso(entry.learned_at), edited, who, *said, entry.note])
    return written.getvalue().encode()
