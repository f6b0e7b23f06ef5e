"""What a filter is and what it catches: frozen records and pure rules (https://docs.joinmastodon.org/entities/Filter/)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import clean

MOST_FILTERS, MOST_KEYWORDS, MOST_POSTS = 100, 100, 500
LONGEST = 255
"""Characters of a title or of a keyword."""
LONGEST_LIFE = 10 * 365 * 86400
"""Seconds."""

Context = Literal["home", "notifications", "public", "thread", "account"]
Action = Literal["warn", "hide", "blur"]


class Keyword(NamedTuple):
    """Words to catch, by themselves or within others."""

    id: int
    filter_id: int
    keyword: str
    whole_word: bool


class Caught(NamedTuple):
    """A post to catch, whatever it says."""

    id: int
    filter_id: int
    post_id: int


class Filter(msgspec.Struct, frozen=True):
    """What somebody does not want to read, where, and how it is then shown."""

    id: int
    title: str
    contexts: tuple[str, ...]
    action: str
    expires_at: datetime | None
    keywords: tuple[Keyword, ...] = ()
    posts: tuple[Caught, ...] = ()


class FilterDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a filter becomes; what is `None` stays as it is. `lasts` is in seconds, 0 for ever."""

    title: str | None = None
    contexts: tuple[Context, ...] | None = None
    action: Action | None = None
    lasts: int | None = None
    keywords: tuple[KeywordDraft, ...] = ()


class KeywordDraft(msgspec.Struct, frozen=True):
    """A keyword to write, to change (`id`) or to drop (`id` and `gone`); what is `None` stays as it is."""

    keyword: str | None = None
    whole_word: bool | None = None
    id: int | None = None
    gone: bool = False


class FilterResult(NamedTuple):
    """What a filter caught in a post: the keywords that are in it, the post itself."""

    filter: Filter
    keywords: tuple[str, ...]
    post_ids: tuple[int, ...]


def matches(filters: Iterable[Filter], text: str, post_id: int) -> list[FilterResult]:
    """Return what these filters catch in a post: `text` is all that it says, its warning, polls and descriptions included."""
    found = []
    folded = text.casefold()
    for one in filters:
        words = tuple(each.keyword for each in one.keywords if within(each, folded))
        caught = tuple(each.post_id for each in one.posts if each.post_id == post_id)
        if words or caught:
            found.append(FilterResult(one, words, caught))
    return found


def within(one: Keyword, folded: str) -> bool:
    """Tell whether a text, already folded, holds a keyword, case apart."""
    word = one.keyword.casefold()
    return word in folded and (not one.whole_word or _whole(word).search(folded) is not None)


@lru_cache(maxsize=4096)
def _whole(word: str) -> re.Pattern[str]:
    """Return what finds a word by itself: it ends where letters, digits and `_` do."""
    before = r"(?<!\w)" if re.match(r"\w", word) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", word) else ""
    return re.compile(before + re.escape(word) + after)


def title_of(text: str) -> str:
    """Return a clean title; raises BadInput."""
    title = clean(text)
    if not title or len(title) > LONGEST:
        raise BadInput("Le titre d'un filtre a de 1 à {most} caractères.", most=LONGEST)
    return title


def keyword_of(text: str) -> str:
    """Return a clean keyword; raises BadInput."""
    keyword = clean(text)
    if not keyword or len(keyword) > LONGEST:
        raise BadInput("Un mot filtré a de 1 à {most} caractères.", most=LONGEST)
    return keyword


def contexts_of(contexts: Sequence[str]) -> list[str]:
    """Return distinct contexts; raises BadInput when there is none."""
    if not contexts:
        raise BadInput("Dites où ce filtre s'applique.")
    return list(dict.fromkeys(contexts))
