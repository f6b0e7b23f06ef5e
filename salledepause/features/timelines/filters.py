"""Filters: what somebody does not want to read, known to them alone. They hide nothing themselves: answers say what they catch.

`active` gives those that apply now, `catches` says what they catch in posts; whoever shows posts asks both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

from salledepause.features import posts
from salledepause.features.timelines import filters_store as store
from salledepause.features.timelines.filters_model import (
    LONGEST_LIFE,
    MOST_FILTERS,
    MOST_KEYWORDS,
    MOST_POSTS,
    Action,
    Caught,
    Context,
    Filter,
    FilterDraft,
    FilterResult,
    Keyword,
    KeywordDraft,
    contexts_of,
    keyword_of,
    matches,
    title_of,
)
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.marks import Subject

__all__ = [
    "Action",
    "Caught",
    "Context",
    "Filter",
    "FilterDraft",
    "FilterResult",
    "Keyword",
    "KeywordDraft",
    "active",
    "add_keyword",
    "all_filters",
    "catch",
    "catches",
    "caught",
    "change",
    "change_keyword",
    "create",
    "drop_keyword",
    "erase",
    "hidden_posts",
    "hide_post",
    "keyword",
    "matches",
    "one",
    "release",
    "show_post",
    "whose",
]


async def all_filters(tx: Tx, me: int) -> list[Filter]:
    """Return one's filters, expired ones included, the oldest first."""
    return await store.filters(tx, me)


async def active(tx: Tx, me: int) -> list[Filter]:
    """Return those of one's filters that have not expired; each says in which contexts it applies."""
    return await store.filters(tx, me, active=True)


async def whose(tx: Tx, account_ids: Sequence[int]) -> list[int]:
    """Return those of the people who have filters that have not expired."""
    return await store.whose(tx, account_ids)


async def catches(tx: Tx, wanted: Sequence[Filter], post_ids: Sequence[int]) -> dict[int, list[FilterResult]]:
    """Return what filters catch in posts, by post; one that has expired since it was read catches nothing."""
    now = clock.now()
    alive = [one for one in wanted if one.expires_at is None or one.expires_at > now]
    said = await store.texts(tx, post_ids) if any(one.keywords for one in alive) else {}
    found = {post_id: matches(alive, said.get(post_id, ""), post_id) for post_id in post_ids}
    return {post_id: results for post_id, results in found.items() if results}


async def one(tx: Tx, me: int, filter_id: int) -> Filter:
    """Return one of one's filters; raises Missing."""
    found = next((each for each in await store.filters(tx, me) if each.id == filter_id), None)
    if found is None:
        raise Missing
    return found


async def create(tx: Tx, me: int, draft: FilterDraft) -> Filter:
    """Make a filter; raises BadInput."""
    tx.touches(Subject.FILTERS, me)
    title, contexts = title_of(draft.title or ""), contexts_of(draft.contexts or ())
    made = await store.insert(tx, me, title, contexts, draft.action or "warn")
    if len(await store.filters(tx, me)) > MOST_FILTERS:
        raise BadInput("Au plus {most} filtres.", most=MOST_FILTERS)
    await _settle(tx, me, made, draft)
    return await one(tx, me, made)


async def change(tx: Tx, me: int, filter_id: int, draft: FilterDraft) -> Filter:
    """Change a filter; raises Missing, BadInput."""
    tx.touches(Subject.FILTERS, me)
    await one(tx, me, filter_id)
    values: dict[str, object] = {"action": draft.action} if draft.action else {}
    if draft.title is not None:
        values["title"] = title_of(draft.title)
    if draft.contexts is not None:
        values["contexts"] = contexts_of(draft.contexts)
    if values:
        await store.update(tx, filter_id, values)
    await _settle(tx, me, filter_id, draft)
    return await one(tx, me, filter_id)


async def erase(tx: Tx, me: int, filter_id: int) -> None:
    """Erase a filter; raises Missing."""
    tx.touches(Subject.FILTERS, me)
    await one(tx, me, filter_id)
    await store.erase(tx, filter_id)


async def _settle(tx: Tx, me: int, filter_id: int, draft: FilterDraft) -> None:
    """Write when a filter ends and its keywords."""
    if draft.lasts is not None:
        lasts = timedelta(seconds=min(draft.lasts, LONGEST_LIFE))
        await store.expire(tx, filter_id, clock.now() + lasts if draft.lasts > 0 else None)
    for each in draft.keywords:
        if each.id is None:
            await add_keyword(tx, me, filter_id, each)
        elif (await keyword(tx, me, each.id)).filter_id != filter_id:
            raise Missing
        elif each.gone:
            await store.drop_keyword(tx, each.id)
        else:
            await change_keyword(tx, me, each.id, each)


async def keyword(tx: Tx, me: int, keyword_id: int) -> Keyword:
    """Return a keyword of one of one's filters; raises Missing."""
    found = await store.keyword(tx, me, keyword_id)
    if found is None:
        raise Missing
    return found


async def add_keyword(tx: Tx, me: int, filter_id: int, draft: KeywordDraft) -> Keyword:
    """Add a keyword to a filter; raises Missing, BadInput."""
    tx.touches(Subject.FILTERS, me)
    if len((await one(tx, me, filter_id)).keywords) >= MOST_KEYWORDS:
        raise BadInput("Au plus {most} mots par filtre.", most=MOST_KEYWORDS)
    made = await store.add_keyword(tx, filter_id, keyword_of(draft.keyword or ""), whole_word=bool(draft.whole_word))
    return await keyword(tx, me, made)


async def change_keyword(tx: Tx, me: int, keyword_id: int, draft: KeywordDraft) -> Keyword:
    """Change a keyword; raises Missing, BadInput."""
    tx.touches(Subject.FILTERS, me)
    now = await keyword(tx, me, keyword_id)
    text = now.keyword if draft.keyword is None else keyword_of(draft.keyword)
    whole_word = now.whole_word if draft.whole_word is None else draft.whole_word
    changed = Keyword(now.id, now.filter_id, text, whole_word)
    await store.change_keyword(tx, changed)
    return changed


async def drop_keyword(tx: Tx, me: int, keyword_id: int) -> None:
    """Drop a keyword; raises Missing."""
    tx.touches(Subject.FILTERS, me)
    await keyword(tx, me, keyword_id)
    await store.drop_keyword(tx, keyword_id)


async def caught(tx: Tx, me: int, caught_id: int) -> Caught:
    """Return a post of one of one's filters; raises Missing."""
    found = await store.caught(tx, me, caught_id)
    if found is None:
        raise Missing
    return found


async def catch(tx: Tx, me: int, filter_id: int, post_id: int) -> Caught:
    """Put a post that one may see into a filter; twice equals once. Raises Missing, BadInput."""
    tx.touches(Subject.FILTERS, me)
    held: Sequence[Caught] = (await one(tx, me, filter_id)).posts
    subject = await posts.subject(tx, post_id, me)
    if len(held) >= MOST_POSTS:
        raise BadInput("Au plus {most} messages par filtre.", most=MOST_POSTS)
    made = await store.catch(tx, filter_id, subject)
    if made is None:
        raise Missing
    return made


HIDDEN = "Messages masqués"
"""The title of the filter that holds the posts that somebody hid, one by one; apps show it like any other."""


async def hide_post(tx: Tx, me: int, post_id: int) -> None:
    """Hide one post, wherever lists show it; twice equals once. Raises Missing, BadInput."""
    subject = await posts.subject(tx, post_id, me)
    kept = await _of_hidden(tx, me)
    if any(each.post_id == subject for one in kept for each in one.posts):
        return
    roomy = next((one.id for one in kept if len(one.posts) < MOST_POSTS), None)
    if roomy is None:
        roomy = (await create(tx, me, FilterDraft(title=HIDDEN, contexts=get_args(Context), action="hide"))).id
    await catch(tx, me, roomy, subject)


async def show_post(tx: Tx, me: int, post_id: int) -> None:
    """Show a hidden post again; nothing when it was not hidden."""
    for one in await _of_hidden(tx, me):
        for each in one.posts:
            if each.post_id == post_id:
                await release(tx, me, each.id)


async def hidden_posts(tx: Tx, me: int) -> list[int]:
    """Return the posts that somebody hid, the last one first."""
    held = [each for one in await _of_hidden(tx, me) for each in one.posts]
    return [each.post_id for each in sorted(held, key=lambda each: each.id, reverse=True)]


async def _of_hidden(tx: Tx, me: int) -> list[Filter]:
    """Return the filters that hold single posts, for ever, out of every list."""
    everywhere = set(get_args(Context))
    return [
        one
        for one in await store.filters(tx, me, active=True)
        if one.action == "hide" and not one.keywords and one.expires_at is None and set(one.contexts) == everywhere
    ]


async def release(tx: Tx, me: int, caught_id: int) -> Caught:
    """Take a post out of a filter, and return what stood there; raises Missing."""
    tx.touches(Subject.FILTERS, me)
    found = await caught(tx, me, caught_id)
    await store.release(tx, caught_id)
    return found
