"""Polls: two to eight answers, one vote a person, counted exactly, told once when they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from salledepause.features.posts import gate, polls_store, store
from salledepause.features.posts.events import PollEnded
from salledepause.features.posts.model import Change, Poll, PollDraft
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean, fits

FEWEST_OPTIONS, MOST_OPTIONS = 2, 8
MOST_CHARACTERS = 100
"""Graphemes of one answer."""
MOST_VOTES = 10**9
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=31)
END = "posts.end_poll"


def checked(draft: PollDraft) -> PollDraft:
    """Return a poll with clean answers, blank ones left out as apps send them; raises BadInput."""
    options = tuple(filter(None, (clean(one) for one in draft.options)))
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise BadInput("Un sondage propose de {fewest} à {most} réponses.", fewest=FEWEST_OPTIONS, most=MOST_OPTIONS)
    if len(set(options)) < len(options):
        raise BadInput("Deux réponses du sondage sont identiques : changez-en une.")
    if not all(fits(one, MOST_CHARACTERS) for one in options):
        raise BadInput("Une réponse du sondage est trop longue : {most} caractères au plus.", most=MOST_CHARACTERS)
    if draft.tallies is not None:
        _check_past(draft.tallies, draft.voters_count, options)
    elif not SHORTEST <= draft.lasts <= LONGEST:
        raise BadInput("Un sondage dure de cinq minutes à {days} jours.", days=LONGEST.days)
    return msgspec.structs.replace(draft, options=options)


def _check_past(tallies: Sequence[int], voters: int, options: Sequence[str]) -> None:
    if len(tallies) != len(options) or not all(0 <= one <= MOST_VOTES for one in (*tallies, voters)):
        raise BadInput("Les résultats de ce sondage sont incohérents.")


async def open_poll(tx: Tx, post_id: int, draft: PollDraft, at: datetime) -> None:
    """Open the poll of a new post, written at `at`; raises BadInput. One that is already over ends in silence."""
    poll_id, ends_at = await polls_store.insert(tx, post_id, checked(draft), at)
    await _plan_end(tx, poll_id, ends_at)


async def replace(tx: Tx, post_id: int, change: Change) -> bool:
    """Change the poll of an edited post, or give it one; return whether it has one. Other answers begin with no vote.

    Raises BadInput. Source: https://docs.joinmastodon.org/methods/statuses/#edit, `poll`.
    """
    has_poll = change.poll is not None or await polls_store.options(tx, post_id) is not None
    if change.poll is not None:
        draft = checked(change.poll)
        await store.touch(tx, post_id)
        poll_id, ends_at = await polls_store.rewrite(tx, post_id, draft) or await polls_store.insert(tx, post_id, draft, None)
        await _plan_end(tx, poll_id, ends_at)
    return has_poll


async def _plan_end(tx: Tx, poll_id: int, ends_at: datetime) -> None:
    if tx.wiring is not None and ends_at > clock.now():
        await tx.wiring.jobs.defer(tx, END, {"poll_id": poll_id}, at=ends_at)


async def of(tx: Tx, post_ids: Sequence[int], viewer: int | None) -> dict[int, Poll]:
    """Return the polls of posts by post, as the viewer may see them. It asks no gate: ids come from `visible` or `listing`."""
    return {one.post_id: one for one in await polls_store.of(tx, post_ids, viewer)} if post_ids else {}


async def options(tx: Tx, post_id: int) -> tuple[str, ...] | None:
    """Return the answers offered by the poll of a post, `None` without one."""
    return await polls_store.options(tx, post_id)


async def by_id(tx: Tx, poll_id: int, viewer: int | None) -> Poll:
    """Return a poll whose post the viewer may see; raises Missing."""
    post_id = await polls_store.post_of(tx, poll_id)
    if post_id is None:
        raise Missing
    await gate.one_visible(tx, post_id, viewer)
    found = (await of(tx, [post_id], viewer)).get(post_id)
    if found is None:
        raise Missing
    return found


async def vote(tx: Tx, account_id: int, poll_id: int, choices: Sequence[int], at: datetime | None = None) -> Poll:
    """Vote, once for an answer; return the poll. Where several answers may be chosen, some may come later.

    `at` is when the vote was cast, only for imports. Raises Missing, BadInput.

    The row of the post is taken first, so that votes of one poll come one after the other.
    """
    post_id = (await by_id(tx, poll_id, account_id)).post_id
    if not await store.touch(tx, post_id):
        raise Missing
    _check((await of(tx, [post_id], account_id))[post_id], choices, at)
    first = await polls_store.keep_vote(tx, account_id, poll_id, choices)
    await polls_store.add(tx, poll_id, choices, voters=int(first))
    return (await of(tx, [post_id], account_id))[post_id]


TWICE = "Vous avez déjà voté à ce sondage."


def _check(poll: Poll, choices: Sequence[int], at: datetime | None) -> None:
    if poll.own:
        raise BadInput("On ne vote pas à son propre sondage.")
    if poll.expired if at is None else poll.expires_at is not None and at > poll.expires_at:
        raise BadInput("Ce sondage est déjà terminé.")
    if not choices:
        raise BadInput("Choisissez au moins une réponse.")
    if any(not 0 <= one < len(poll.options) for one in choices):
        raise BadInput("Cette réponse n'est pas dans le sondage.")
    before = poll.own_votes or ()
    if len({*before, *choices}) < len(before) + len(choices) or (len(before) + len(choices) > 1 and not poll.multiple):
        raise BadInput(TWICE)


async def voters(tx: Tx, post_id: int) -> list[int]:
    """Return who voted in the poll of a post (account ids), to tell them that it ended; never shown."""
    return await polls_store.voters(tx, post_id)


async def end(site: Site, poll_id: int) -> None:
    """Tell that a poll ended, once; nothing happens when it was prolonged or erased meanwhile."""
    async with site.db.transaction() as tx:
        post_id = await polls_store.end(tx, poll_id)
        if post_id is not None:
            await store.touch(tx, post_id)
            await emit(tx, PollEnded(post_id))
