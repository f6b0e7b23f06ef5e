"""Prepared bytes: what a status says is encoded once for everybody; a viewer's answer is these bytes joined.

A status is three pieces: its head, its author's account, its tail. Head and tail are kept by (id, version) of the post, the
account by its own, so that a counter of the author never re-renders their posts. What differs from viewer to viewer is written
per answer: their flags, a poll, what a post quotes, what their filters catch. What ends is prepared each time and kept nowhere.
Entities: https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec

from salledepause.features import accounts, noticeboard, posts, victories
from salledepause.features.posts import Gesture, Glimpse, Published, Quote, QuoteState, Seen
from salledepause.features.victories import THANKING, Recipient
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.site import Site
from salledepause.surfaces.edge import Call
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.filtering import Filtering

P = TypeVar("P", bound=tuple[bytes, ...])

STATUS_BYTES = 24 * 1024 * 1024
ACCOUNT_BYTES = 8 * 1024 * 1024


class Shelf(Generic[P]):
    """A bounded store of prepared pieces by id; the oldest prepared leave first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: dict[int, tuple[int, P]] = {}

    def get(self, key: int, version: int) -> P | None:
        """Return the pieces of this very version."""
        held = self._kept.get(key)
        return held[1] if held is not None and held[0] == version else None

    def put(self, key: int, version: int, pieces: P) -> None:
        """Keep pieces, and drop the oldest while they are too many bytes together."""
        old = self._kept.pop(key, None)
        self._size += _weight(pieces) - (_weight(old[1]) if old else 0)
        self._kept[key] = (version, pieces)
        while self._size > self._most and len(self._kept) > 1:
            oldest = next(iter(self._kept))
            self._size -= _weight(self._kept.pop(oldest)[1])


def _weight(pieces: tuple[bytes, ...]) -> int:
    return 200 + sum(map(len, pieces))


def _flags(bits: int) -> bytes:
    marks = {
        "favourited": bool(bits & Gesture.FAVOURITE),
        "reblogged": bool(bits & Gesture.BOOST),
        "muted": bool(bits & Gesture.MUTE),
        "bookmarked": bool(bits & Gesture.BOOKMARK),
        "pinned": bool(bits & Gesture.PIN),
    }
    return b"," + msgspec.json.encode(marks)[1:-1]


NOTHING_CAUGHT = b"[]"
MARKS = tuple(_flags(bits) + b',"filtered":' for bits in range(32))
"""The viewer's own keys for each set of gestures, up to what their filters caught."""
FLAGS = tuple(marks + NOTHING_CAUGHT + b"}" for marks in MARKS)
"""The same, whole, for who caught nothing."""
VISITOR = b"}"
QUOTED = b',"quote":'
CLOSED, OPEN = b'"denied"}', b'"automatic"}'
"""Whether the viewer may quote it, which ends the part that all have in common."""
NO_QUOTE, NO_POLL, NO_REBLOG = b',"quote":null', b',"poll":null', b',"reblog":null'
REBLOG = CLOSED + NO_QUOTE + NO_POLL + b',"reblog":'
BARE = NO_QUOTE + NO_POLL + NO_REBLOG
ENDS = tuple((OPEN if bits & Gesture.QUOTE else CLOSED) + BARE + FLAGS[bits % Gesture.QUOTE] for bits in range(64))
"""What ends nearly every status: no quote, no poll, nothing boosted, the viewer's keys."""
VISITOR_END = CLOSED + BARE + VISITOR
Pieces = tuple[bytes, bytes, bytes]


def presenter(call: Call) -> Presenter:
    """Return the presenter of the process that serves a call."""
    held: Presenter = call.manner.presenter
    return held


class Extras(NamedTuple):
    """What is written for one viewer only, by post: polls, quotes, what their filters caught."""

    polls: Mapping[int, bytes]
    quotes: Mapping[int, bytes]
    caught: Mapping[int, bytes]


class Presenter:
    """Turns `Seen` rows into the bytes of Status entities."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._statuses: Shelf[tuple[bytes, bytes, bytes]] = Shelf(STATUS_BYTES)
        self._accounts: Shelf[tuple[bytes]] = Shelf(ACCOUNT_BYTES)
        self._filtering = Filtering(site)

    def forget(self) -> None:
        """Drop all that was prepared: something shown in any of it changed."""
        self._statuses = Shelf(STATUS_BYTES)
        self._accounts = Shelf(ACCOUNT_BYTES)

    async def page(self, tx: Tx, rows: Sequence[Seen], viewer: int | None) -> tuple[bytes, ...]:
        """Return a JSON array of statuses, in pieces."""
        pieces = [b"["]
        for status in await self._all(tx, rows, viewer):
            pieces.extend(status)
            pieces.append(b",")
        pieces[-1] = b"]" if len(pieces) > 1 else b"[]"
        return tuple(pieces)

    async def one(self, tx: Tx, row: Seen, viewer: int | None) -> tuple[bytes, ...]:
        """Return one status, in pieces; raises Missing when it was erased a moment ago."""
        for status in await self._all(tx, [row], viewer):
            return tuple(status)
        raise Missing

    async def fresh(self, tx: Tx, made: Published, thanks: Sequence[Recipient]) -> Callable[[], tuple[bytes, ...]]:
        """Return what writes and shelves a status just published, for its author, in pieces, once its transaction ended.

        `thanks` are those that it goes to.
        """
        post, viewer = made.post, made.post.account_id
        glimpse = Glimpse(post.id, post.version, viewer, made.writer.version, post.has_poll, post.has_media, post.has_quote)
        row = Seen(post.id, glimpse, None, made.flags)
        extras = await self._extras(tx, [row], viewer)

        prepared: list[tuple[tuple[bytes, bytes, bytes], Entity]] = []

        def prepare() -> None:
            said = entities.status_pieces(self.site, post, thanks)
            if post.expires_at is None:
                self._statuses.put(post.id, post.version, said)
            prepared.append((said, entities.account(self.site, made.writer)))

        tx.meanwhile = prepare

        def write() -> tuple[bytes, ...]:
            (head, tail, _), person = prepared[0]
            author = made.author
            account = msgspec.json.encode(person | entities.totals(author))
            self._accounts.put(viewer, author.version, (account,))
            return tuple(_pieces(row, viewer, {post.id: (head, account, tail)}, extras))

        return write

    async def statuses(self, tx: Tx, rows: Sequence[Seen], viewer: int | None) -> list[bytes]:
        """Return the bytes of each status, in order; one erased a moment ago is left out."""
        return [b"".join(status) for status in await self._all(tx, rows, viewer)]

    async def apart(self, tx: Tx, met: Mapping[int, Seen]) -> set[int]:
        """Return the viewers whose answer is their own, whoever sees the same row: for a poll, a quote, their filters."""
        own = {viewer for viewer, row in met.items() if row.subject.has_poll or row.subject.has_quote}
        return own | await self._filtering.whose(tx, met.keys() - own)

    async def _all(self, tx: Tx, rows: Sequence[Seen], viewer: int | None) -> list[list[bytes]]:
        """Return the pieces of each status."""
        return [pieces for _, pieces in await self._shown(tx, rows, viewer)]

    async def _shown(
        self, tx: Tx, rows: Sequence[Seen], viewer: int | None, *, nested: bool = False
    ) -> list[tuple[Seen, list[bytes]]]:
        """Return each status with its pieces; a `nested` one only names what it quotes."""
        said = await self._said(tx, rows)
        if viewer and (rumours := [row.subject.id for row in rows if self._undecided(row.subject)]):
            await noticeboard.owe(tx, rumours, [viewer])
        extras = await self._extras(tx, rows, viewer, nested=nested)
        whole = [row for row in rows if row.post.id in said and row.subject.id in said]
        return [(row, _pieces(row, viewer, said, extras)) for row in whole]

    def _undecided(self, one: Glimpse) -> bool:
        """Tell whether a prepared status is an item of a board of which nothing is decided."""
        held = self._statuses.get(one.id, one.version)
        return held is not None and bool(held[2])

    async def _extras(self, tx: Tx, rows: Sequence[Seen], viewer: int | None, *, nested: bool = False) -> Extras:
        subjects = [row.subject for row in rows]
        polled = [one.id for one in subjects if one.has_poll]
        quoting = [one.id for one in subjects if one.has_quote]
        return Extras(
            await self._polls(tx, polled, viewer) if polled else {},
            await self._quotes(tx, quoting, viewer, nested=nested) if quoting else {},
            await self._filtering.caught(tx, viewer, [one.id for one in subjects]) if viewer and rows else {},
        )

    async def _said(self, tx: Tx, rows: Sequence[Seen]) -> dict[int, Pieces]:
        """Return head, account and tail of each post, by id; what is not on the shelves is loaded and kept."""
        said: dict[int, Pieces] = {}
        missing: list[Glimpse] = []
        for row in rows:
            for one in (row.post, row.original):
                if one is not None:
                    post = self._statuses.get(one.id, one.version)
                    account = self._accounts.get(one.account_id, one.account_version)
                    if post is None or account is None:
                        missing.append(one)
                    else:
                        said[one.id] = (post[0], account[0], post[1])
        return said | await self._fetched(tx, missing) if missing else said

    async def _fetched(self, tx: Tx, missing: Sequence[Glimpse]) -> dict[int, Pieces]:
        people = await self._load_accounts(tx, {one.account_id: one for one in missing})
        found = await self._load_posts(tx, {one.id: one for one in missing})
        whole = [one for one in missing if one.id in found and one.account_id in people]
        return {one.id: (found[one.id][0], people[one.account_id][0], found[one.id][1]) for one in whole}

    async def _load_posts(self, tx: Tx, missing: dict[int, Glimpse]) -> dict[int, tuple[bytes, bytes, bytes]]:
        found = {}
        loaded = await posts.load(tx, list(missing))
        thanks = await victories.of(tx, [one.id for one in loaded.values() if one.kind in THANKING])
        items = await noticeboard.of(tx, list(loaded.values()))
        for post in loaded.values():
            found[post.id] = entities.status_pieces(self.site, post, thanks.get(post.id, ()), items.get(post.id))
            if post.expires_at is None:
                self._statuses.put(post.id, missing[post.id].version, found[post.id])
        return found

    async def _load_accounts(self, tx: Tx, missing: dict[int, Glimpse]) -> dict[int, tuple[bytes]]:
        found = {}
        for account in (await accounts.load(tx, list(missing))).values():
            found[account.id] = (msgspec.json.encode(entities.account(self.site, account)),)
            self._accounts.put(account.id, missing[account.id].account_version, found[account.id])
        return found

    async def _polls(self, tx: Tx, post_ids: Sequence[int], viewer: int | None) -> dict[int, bytes]:
        tx.passing = True
        found = await posts.polls.of(tx, post_ids, viewer)
        return {key: b',"poll":' + msgspec.json.encode(entities.poll(self.site, one)) for key, one in found.items()}

    async def _quotes(self, tx: Tx, post_ids: Sequence[int], viewer: int | None, *, nested: bool) -> dict[int, bytes]:
        found = await posts.quotes.of(tx, post_ids, viewer)
        if nested:
            return {
                key: QUOTED + entities.shallow_quote(one.state, one.seen.post.id if one.seen else None)
                for key, one in found.items()
            }
        rows = list({one.seen.post.id: one.seen for one in found.values() if one.seen}.values())
        shown = await self._shown(tx, rows, viewer, nested=True) if rows else []
        said = {row.post.id: b"".join(pieces) for row, pieces in shown}
        return {key: QUOTED + _quote(one, said) for key, one in found.items()}

    async def accounts(self, tx: Tx, ids: Sequence[int]) -> bytes:
        """Return a JSON array of accounts, in the order of `ids`; those that are gone are left out."""
        found = await accounts.load(tx, ids)
        return msgspec.json.encode([entities.account(self.site, found[one]) for one in ids if one in found])


def _quote(one: Quote, said: Mapping[int, bytes]) -> bytes:
    """Return a Quote; what was erased a moment ago is gone from it."""
    quoted = said.get(one.seen.post.id) if one.seen else None
    return entities.quote(one.state if quoted or not one.seen else QuoteState.DELETED, quoted)


def _pieces(row: Seen, viewer: int | None, said: dict[int, Pieces], extras: Extras) -> list[bytes]:
    subject = row.subject
    caught = extras.caught.get(subject.id)
    marks = row.gestures % Gesture.QUOTE
    flags = MARKS[marks] + caught + b"}" if caught else FLAGS[marks] if viewer else VISITOR
    if subject.has_poll or subject.has_quote or caught:
        may = OPEN if row.gestures & Gesture.QUOTE else CLOSED
        end = may + extras.quotes.get(subject.id, NO_QUOTE) + extras.polls.get(subject.id, NO_POLL) + NO_REBLOG + flags
    else:
        end = ENDS[row.gestures] if viewer else VISITOR_END
    if row.original is None:
        return [*said[subject.id], end]
    return [*said[row.post.id], REBLOG, *said[subject.id], end, flags]
