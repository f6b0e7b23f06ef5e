"""Posts as pages show them: what the gate let through, loaded in bulk, with its people, its poll and the viewer's gestures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from salledepause.features import accounts, graph, posts, supports, victories
from salledepause.features.accounts import Account
from salledepause.features.posts import OPEN, Gesture, Poll, Post, Quote, QuoteState, Seen
from salledepause.features.supports import Support
from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import Context, FilterResult
from salledepause.features.victories import THANKING, Recipient
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

DEEPEST = 6
"""Indents of a thread; deeper answers stay in line."""
HUMOUR = "humour"
"""The tag that marks what is meant to make one laugh."""


class Choice(msgspec.Struct, frozen=True):
    """One option of a poll; `share` is in whole percents of the voters, `None` while totals are hidden."""

    title: str
    share: int | None
    mine: bool


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One post on a page."""

    post: Post
    author: Account
    sharers: tuple[Account, ...] = ()
    """Who shared it, where shares brought it here."""
    answers: Account | None = None
    """Whom it answers, when that person is still here."""
    poll: Poll | None = None
    thanks: tuple[Recipient, ...] = ()
    """To whom it goes, of a victory or a thank-you."""
    quotes: QuoteState | None = None
    """Whether what it quotes shows, and why not; `None` where it quotes nothing."""
    quoted: Card | None = None
    support: Support = Support()
    """The viewer's word of support, and those that came to a post of theirs."""
    gestures: Gesture = Gesture(0)
    depth: int = 0
    mine: bool = False
    caught: tuple[str, ...] = ()
    """Titles of the viewer's filters that catch it: it waits behind them."""
    far: bool = False
    """Whether the viewer limits its author: in a thread, it waits behind a word."""
    advice: bool = False
    """Whether it answers who asks for a word, and gives advice alone."""
    blurred: bool = False
    """Whether a filter of the viewer veils its pictures."""

    @property
    def under(self) -> bool:
        """Whether its place says whom it answers: it stands one step further in."""
        return 0 < self.depth <= DEEPEST

    @property
    def step(self) -> int:
        """How far in it stands; 0: not at all."""
        return min(self.depth, DEEPEST)

    @property
    def liked(self) -> bool:
        """Whether the viewer likes it."""
        return bool(self.gestures & Gesture.FAVOURITE)

    @property
    def shared(self) -> bool:
        """Whether the viewer shared it."""
        return bool(self.gestures & Gesture.BOOST)

    @property
    def kept(self) -> bool:
        """Whether the viewer keeps it."""
        return bool(self.gestures & Gesture.BOOKMARK)

    @property
    def pinned(self) -> bool:
        """Whether the viewer pinned it."""
        return bool(self.gestures & Gesture.PIN)

    @property
    def hushed(self) -> bool:
        """Whether the viewer wants to hear no more of its thread."""
        return bool(self.gestures & Gesture.MUTE)

    @property
    def quotable(self) -> bool:
        """Whether the viewer may quote it."""
        return bool(self.gestures & Gesture.QUOTE)

    @property
    def may_vote(self) -> bool:
        """Whether the viewer may still vote in its poll."""
        poll = self.poll
        return poll is not None and not poll.expired and not poll.own and poll.own_votes == ()

    @property
    def scored(self) -> bool:
        """Whether its scores may show: never those of a doubt, nor where its room counts nothing."""
        return self.post.scores

    @property
    def shareable(self) -> bool:
        """Whether it may be shared with everybody."""
        return self.post.audience in OPEN or bool(self.post.room and self.post.room.boosts)

    @property
    def answerable(self) -> bool:
        """Whether the viewer may answer it: its author may have closed the answers to everybody else."""
        return self.mine or not self.post.closed

    @property
    def goes_out(self) -> bool:
        """Whether it may be handed to somebody without an account: as a picture, as a card to print."""
        return self.post.kind in THANKING and self.post.audience in OPEN

    @property
    def hidden(self) -> bool:
        """Whether its pictures wait behind a word."""
        return bool(self.post.media) and (self.blurred or (self.post.sensitive and not self.post.warning))

    @property
    def humour(self) -> bool:
        """Whether its author marked it as humour."""
        return any(key == HUMOUR for key, _ in self.post.tags)

    @property
    def choices(self) -> list[Choice]:
        """The options of its poll."""
        return choices(self.poll) if self.poll else []


def choices(poll: Poll) -> list[Choice]:
    """Return the options of a poll with their shares."""
    tallies = poll.tallies
    whole = max(poll.voters_count, 1)
    mine = poll.own_votes or ()
    shares = [round(100 * one / whole) for one in tallies] if tallies is not None else [None] * len(poll.options)
    return [Choice(title, share, place in mine) for place, (title, share) in enumerate(zip(poll.options, shares, strict=True))]


async def dealt(tx: Tx, rows: Sequence[Seen], viewer: int | None) -> list[Card]:
    """Return the cards of a list, in its order, each post once, with what they quote; what was just erased is left out."""
    found = await _bare(tx, rows, viewer)
    quoting = [row.subject.id for row in rows if row.subject.has_quote]
    if not quoting:
        return found
    quotes = await posts.quotes.of(tx, quoting, viewer)
    shown = {card.post.id: card for card in await _bare(tx, [one.seen for one in quotes.values() if one.seen], viewer)}
    return [_quoting(card, quotes[card.post.id], shown) if card.post.id in quotes else card for card in found]


def _quoting(card: Card, one: Quote, shown: Mapping[int, Card]) -> Card:
    quoted = shown.get(one.seen.post.id) if one.seen else None
    state = one.state if quoted or not one.seen else QuoteState.DELETED
    return msgspec.structs.replace(card, quotes=state, quoted=quoted)


async def _bare(tx: Tx, rows: Sequence[Seen], viewer: int | None) -> list[Card]:
    said = await posts.load(tx, [row.subject.id for row in rows])
    named = _people(rows, said)
    tx.stands_on(Subject.ACCOUNT, *named)
    people = await accounts.load(tx, named)
    polled = [row.subject.id for row in rows if row.subject.has_poll]
    tx.passing |= bool(polled)
    polls = await posts.polls.of(tx, polled, viewer) if polled else {}
    thanks = await victories.of(tx, [one.id for one in said.values() if one.kind in THANKING])
    ends = [one.id for one in said.values() if one.supported] if viewer else []
    supported = await supports.of(tx, viewer, ends) if viewer and ends else {}
    sharers = _sharers(rows, people)
    first = {row.subject.id: row for row in reversed(rows)}
    return [
        Card(
            post=post,
            author=people[post.account_id],
            sharers=sharers.get(post.id, ()),
            answers=people.get(post.parent_account_id or 0),
            poll=polls.get(post.id),
            thanks=thanks.get(post.id, ()),
            support=supported.get(post.id, Support()),
            gestures=Gesture(row.gestures),
            mine=post.account_id == viewer,
        )
        for row in rows
        if first[row.subject.id] is row and (post := said.get(row.subject.id)) is not None and post.account_id in people
    ]


async def sifted(tx: Tx, found: Sequence[Card], viewer: int | None, where: Context) -> list[Card]:
    """Return cards as the viewer's filters of a context leave them: hidden ones gone, caught ones folded; never one's own."""
    if viewer is None or not found:
        return list(found)
    if where == "thread":
        limited = await graph.limited_among(tx, viewer, [card.author.id for card in found])
        found = [msgspec.structs.replace(card, far=True) if card.author.id in limited else card for card in found]
    tx.stands_on(Subject.FILTERS, viewer)
    wanted = [one for one in await filters.active(tx, viewer) if where in one.contexts]
    if not wanted:
        return list(found)
    caught = await filters.catches(tx, wanted, [card.post.id for card in found if not card.mine])
    shown = [(card, caught.get(card.post.id, [])) for card in found]
    return [_caught(card, results) for card, results in shown if not any(one.filter.action == "hide" for one in results)]


def _caught(card: Card, results: Sequence[FilterResult]) -> Card:
    titles = tuple(one.filter.title for one in results if one.filter.action == "warn")
    blurred = any(one.filter.action == "blur" for one in results)
    return msgspec.structs.replace(card, caught=titles, blurred=blurred) if results else card


def indented(cards: Sequence[Card], root: int) -> list[Card]:
    """Return the answers below `root`, each with its depth: 1 for an answer to the root."""
    depths: dict[int, int] = {root: 0}
    found = []
    for card in cards:
        depth = depths.get(card.post.parent_id or 0, 0) + 1
        depths[card.post.id] = depth
        found.append(msgspec.structs.replace(card, depth=depth))
    return found


def _sharers(rows: Sequence[Seen], people: Mapping[int, Account]) -> dict[int, tuple[Account, ...]]:
    found: dict[int, tuple[Account, ...]] = {}
    for row in rows:
        if row.original and row.post.account_id in people:
            found[row.original.id] = (*found.get(row.original.id, ()), people[row.post.account_id])
    return found


def _people(rows: Sequence[Seen], said: Mapping[int, Post]) -> list[int]:
    wanted = {row.post.account_id for row in rows} | {post.account_id for post in said.values()}
    wanted |= {post.parent_account_id for post in said.values() if post.parent_account_id}
    return sorted(wanted)
