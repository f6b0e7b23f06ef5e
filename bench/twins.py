"""What one post writes, table by table: the rows that the bare inserts beside it must write too.

The benchmark posts once for each size of audience, counts the rows that carry the new post's identifier, and refuses to go on
when they are not those said here: the limit is always that of the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Twin(NamedTuple):
    """One table that a post writes to, and how the rows of a post are told apart and made anew."""

    table: str
    post: str
    """SQL expression of the post's identifier in a row, as text."""
    once: int
    """Rows of each post, whoever follows."""
    each: int
    """Rows for each local follower."""
    fresh: Mapping[str, str]
    """SQL expression of each column that must be new in a new post; `%(n)s` is a new identifier (bigint)."""


SYNCHRONOUS_COMMIT = "on"
"""As the web processes' own connections."""

TWINS = (
    Twin("posts", post="id::text", once=1, each=0, fresh={"id": "%(n)s", "conversation_id": "%(n)s"}),
    Twin("home", post="post_id::text", once=1, each=1, fresh={"post_id": "%(n)s"}),
)
