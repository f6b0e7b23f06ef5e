"""Page cursors of every list: `max_id`, `since_id`, `min_id`, `limit` in; a Link header out.

Source: https://docs.joinmastodon.org/api/guidelines/#pagination
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

CURSORS = ("max_id", "since_id", "min_id")


class Page(msgspec.Struct, frozen=True):
    """Which part of a list is asked for: ids are exclusive bounds; `limit` is already clamped."""

    limit: int = 20
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @property
    def upwards(self) -> bool:
        """Whether the page touches its lower bound (`min_id`) rather than the newest entries."""
        return self.min_id is not None

    def where(self, column: str) -> str:
        """Return the SQL bound on `column`, with the placeholders that `params` fills."""
        bounds = [f"{column} < %(max_id)s"] if self.max_id is not None else []
        if self.min_id is not None:
            bounds.append(f"{column} > %(min_id)s")
        elif self.since_id is not None:
            bounds.append(f"{column} > %(since_id)s")
        return " AND ".join(bounds) or "true"

    def order(self, column: str) -> str:
        """Return the SQL order and limit of this page; the limit is written out, so that a generic plan knows it."""
        return f"{column} {'ASC' if self.upwards else 'DESC'} LIMIT {int(self.limit)}"

    @property
    def params(self) -> dict[str, Any]:
        """Placeholders of `where` and `order`."""
        return {"max_id": self.max_id, "since_id": self.since_id, "min_id": self.min_id}

    def newest_first(self, rows: Sequence[T]) -> list[T]:
        """Put rows back in the order that clients expect."""
        return list(reversed(rows)) if self.upwards else list(rows)


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """One page of things and its bounds; `first` and `last` are the cursors of the newest and oldest entry."""

    items: list[T]
    first: int | None = None
    last: int | None = None
    full: bool = False

    def map(self, items: list[Any]) -> Listed[Any]:
        """Return the same page with other items."""
        return Listed(items, self.first, self.last, self.full)


def listed(rows: Sequence[T], cursors: Sequence[int], page: Page) -> Listed[T]:
    """Return a page from rows and their cursors as the query gave them."""
    items, marks = page.newest_first(rows), page.newest_first(cursors)
    return Listed(items, marks[0] if marks else None, marks[-1] if marks else None, len(items) >= page.limit)


def link_header(url: str, query: str, listing: Listed[Any]) -> str | None:
    """Return the Link header of a page, next then prev; `None` when empty. No `next` on a page that is not full.

    `url` is the address without its query; `query` is the raw query string, of which the other parameters are kept as they came.
    """
    if listing.first is None or listing.last is None:
        return None
    kept = "".join(f"{pair}&" for pair in query.split("&") if pair and pair.partition("=")[0] not in CURSORS)
    previous = f'<{url}?{kept}min_id={listing.first}>; rel="prev"'
    return f'<{url}?{kept}max_id={listing.last}>; rel="next", {previous}' if listing.full else previous


def offset_header(url: str, query: str, page: tuple[int, int, int]) -> str | None:
    """Return the Link header of a page of a ranked list, (entries found, its limit, entries skipped); `None` when it is alone.

    `url` and `query` are as for `link_header`. Source: https://docs.joinmastodon.org/methods/trends/
    """
    found, limit, skipped = page
    kept = "".join(f"{pair}&" for pair in query.split("&") if pair and pair.partition("=")[0] != "offset")
    links = [f'<{url}?{kept}offset={skipped + limit}>; rel="next"'] if found >= limit else []
    if skipped > 0:
        links.append(f'<{url}?{kept}offset={max(0, skipped - limit)}>; rel="prev"')
    return ", ".join(links) or None
