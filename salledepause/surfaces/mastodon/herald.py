"""What happened becomes what open streams hear: each event of the bus is looked up once, then told to each viewer who may see it.

One event at a time, in order. Where a post shows is one query for all homes and one for everything else; a third puts it before
all viewers who listen there through the gate, so that what is blocked, muted, private or gone never leaves. The work lasts as
long as somebody listens.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

import msgspec
import structlog

from salledepause.features import graph, noticeboard, notifications, posts, rooms, timelines
from salledepause.features.accounts import AccessRevoked, Suspended
from salledepause.features.announcements import Announced, Reacted, Withdrawn
from salledepause.features.notifications import Admitted, Notified
from salledepause.features.posts import PostEdited, PostErased, PostPublished, PostShownAnew, QuoteWithdrawn, Seen
from salledepause.features.timelines import HomesReached, Reach
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Forbidden, Missing, Unauthenticated
from salledepause.kernel.site import Site
from salledepause.surfaces import leaving
from salledepause.surfaces.edge import settle
from salledepause.surfaces.mastodon import announcements
from salledepause.surfaces.mastodon.conversations import conversation_bytes
from salledepause.surfaces.mastodon.manner import Callers
from salledepause.surfaces.mastodon.notifications import entities_of
from salledepause.surfaces.mastodon.shelf import Presenter
from salledepause.surfaces.mastodon.streams import BEAT, OPEN, Delivery, Hub, Listener, Subscription, Topic

log = structlog.get_logger(__name__)

Told = (
    PostPublished
    | PostEdited
    | PostShownAnew
    | QuoteWithdrawn
    | PostErased
    | HomesReached
    | Notified
    | Admitted
    | Announced
    | Reacted
    | Withdrawn
)
Hearing = Sequence[tuple[Listener, Subscription]]

MOST_WAITING = 10_000
"""Events waiting to be told; more are lost, and streams go on."""
THUMP = 15
"""Seconds between two signs of life of every stream."""
FAR_REMEMBERED = 20
"""Latest posts of people with so many followers that homes are reached little by little."""


class Herald:
    """The streams of one process and what they are told."""

    def __init__(self, site: Site, callers: Callers, presenter: Presenter) -> None:
        """Begin to hear the bus; work begins with the first stream."""
        self._db = site.db
        self._callers = callers
        self._presenter = presenter
        self.hub = Hub()
        self._waiting: asyncio.Queue[Told] = asyncio.Queue(MOST_WAITING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: list[asyncio.Task[None]] = []
        self._reached: OrderedDict[int, set[int]] = OrderedDict()
        self._heeds = False
        site.bus.on(PostPublished, self._hear)
        site.bus.on(PostEdited, self._hear)
        site.bus.on(PostShownAnew, self._hear)
        site.bus.on(QuoteWithdrawn, self._hear)
        site.bus.on(PostErased, self._hear)
        site.bus.on(HomesReached, self._hear)
        site.bus.on(Notified, self._hear)
        site.bus.on(Admitted, self._hear)
        site.bus.on(Announced, self._hear)
        site.bus.on(Reacted, self._hear)
        site.bus.on(Withdrawn, self._hear)
        site.bus.on(AccessRevoked, lambda event: self._doubt(self.hub.listeners(event.account_id, event.app_id)))
        site.bus.on(Suspended, lambda event: self._doubt(self.hub.listeners(event.account_id)))
        site.bus.on_gap(lambda: self._doubt(self.hub.listeners()))

    def open(self, listener: Listener) -> None:
        """Take in an open stream, and begin to work with the first one."""
        self.hub.join(listener)
        if not self._working:
            self._working = [asyncio.create_task(self._work()), asyncio.create_task(self._beat())]
        if not self._heeds:
            self._heeds = True
            leaving.heed(self._close_all)

    def close(self, listener: Listener) -> None:
        """Forget a stream that ended, and stop working with the last one."""
        self.hub.leave(listener)
        if not self.hub:
            for task in self._working:
                task.cancel()
            self._working = []
            self._waiting = asyncio.Queue(MOST_WAITING)

    def _close_all(self) -> None:
        for listener in self.hub.listeners():
            listener.close()

    def _hear(self, event: Told) -> None:
        if not self.hub:
            return
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            log.warning("streams.event_lost", kind=type(event).__name__)

    def _doubt(self, suspects: Sequence[Listener]) -> None:
        """Check the tokens of some streams again, beside the events that wait."""
        if suspects:
            task = asyncio.create_task(self._check(suspects))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _check(self, suspects: Sequence[Listener]) -> None:
        for listener in suspects:
            try:
                await self._callers.of(listener.token)
            except (Unauthenticated, Forbidden):
                listener.close()

    async def _beat(self) -> None:
        """Let every stream give signs of life."""
        while True:
            await asyncio.sleep(THUMP)
            for listener in self.hub.listeners():
                listener.push(BEAT)

    async def _work(self) -> None:
        waiting = self._waiting
        while True:
            event = await waiting.get()
            try:
                async with self._db.reading() as tx:
                    await self._tell(tx, event)
                await settle(self._presenter.site, tx)
            except Exception:  # streams are an edge: one event that fails must not silence all the next ones
                log.exception("streams.event_failed", kind=type(event).__name__)

    async def _tell(self, tx: Tx, event: Told) -> None:
        match event:
            case PostPublished():
                await self._appeared(tx, event.post_id, "update")
            case PostEdited() | PostShownAnew() | QuoteWithdrawn():
                await self._appeared(tx, event.post_id, "status.update")
            case PostErased():
                await self._erased(tx, event)
            case HomesReached():
                await self._spread(tx, event.post_id)
            case Notified():
                await self._notified(tx, event)
            case Admitted():
                _push(self._alerted(event.account_id), "notifications_merged", b"1")
            case Withdrawn():
                self._everybody("announcement.delete", str(event.announcement_id).encode())
            case Announced() | Reacted():
                if told := await announcements.told(self._presenter.site, tx, event):
                    self._everybody(told[0], msgspec.json.encode(told[1]))

    def _everybody(self, event: str, payload: bytes) -> None:
        for hearing in self.hub.hearing(Topic("user", one) for one in self.hub.of("user")).values():
            _push(hearing, event, payload)

    async def _appeared(self, tx: Tx, post_id: int, event: str) -> None:
        reach = await timelines.reach(tx, post_id)
        if reach is None:
            return
        if reach.room_id:
            hearing = await self._inside(tx, reach.room_id)
            await noticeboard.owe(tx, [post_id], await self._show(tx, post_id, hearing, event))
            return
        homes = await self._homes(tx, post_id)
        rooms = (*_rooms(reach), *await self._lists(tx, post_id))
        if reach.many and event == "update":
            self._reached[post_id] = {int(home.of) for home in homes}
            while len(self._reached) > FAR_REMEMBERED:
                self._reached.popitem(last=False)
        await self._show(tx, post_id, self.hub.hearing([*homes, *rooms]), event)
        await self._converse(tx, reach)

    async def _spread(self, tx: Tx, post_id: int) -> None:
        """Tell the homes that a job has just reached, those told before left out."""
        told = self._reached.setdefault(post_id, set())
        homes = [home for home in await self._homes(tx, post_id) if home.of not in told]
        told.update(int(home.of) for home in homes)
        await self._show(tx, post_id, self.hub.hearing(homes), "update")

    async def _erased(self, tx: Tx, event: PostErased) -> None:
        """Tell that a post is gone wherever it may have been met, before a stream was opened too: there is but its id to tell."""
        if event.room_id:
            met = await self._inside(tx, event.room_id)
        else:
            met = self.hub.hearing(await self._shown_in(tx, event))
        for hearing in met.values():
            _push(hearing, "delete", str(event.post_id).encode())

    async def _shown_in(self, tx: Tx, event: PostErased) -> set[Topic]:
        """Return where a post that is gone, and was said in no room, may have been met."""
        topics = {*await self._homes(tx, event.post_id), *(Topic("user", one) for one in (event.author_id, *event.named))}
        if event.public:
            topics |= {Topic(name, of) for name in OPEN for of in self.hub.of(name)}
        if event.listed and (lists := [int(one) for one in self.hub.of("list")]):
            topics |= {Topic("list", one) for one in await timelines.lists_holding(tx, event.author_id, lists)}
        return topics

    async def _inside(self, tx: Tx, room_id: int) -> Mapping[int, Hearing]:
        """Return who hears a room, among those who are in it still and may read it: nobody else hears that somebody spoke."""
        hearing = self.hub.hearing([Topic("list", room_id)])
        inside = await rooms.among(tx, room_id, list(hearing)) if hearing else set()
        return {viewer: pairs for viewer, pairs in hearing.items() if viewer in inside}

    async def _notified(self, tx: Tx, event: Notified) -> None:
        hearing = self._alerted(event.account_id)
        if not hearing:
            return
        try:
            told = await notifications.one(tx, event.account_id, event.notification_id)
        except Missing:
            return
        if told.told.kind in notifications.OURS:  # no app asked for kinds of ours
            return
        for entity in await entities_of(self._presenter, tx, event.account_id, [told]):
            _push(hearing, "notification", msgspec.json.encode(entity))

    def _alerted(self, account_id: int) -> Hearing:
        """Return the streams in which somebody hears of their notifications."""
        topics = [Topic("user", account_id), Topic("user:notification", account_id)]
        hearing = self.hub.hearing(topics).get(account_id, [])
        return [pair for pair in hearing if pair[0].caller.may("read:notifications")]

    async def _show(self, tx: Tx, post_id: int, hearing: Mapping[int, Hearing], event: str) -> list[int]:
        """Tell of a post to each viewer who listens and may see it: asked once for all, written once for those alike.

        Return those viewers.
        """
        alike: dict[Hashable, list[int]] = {}
        met = await posts.met_by(tx, post_id, list(hearing)) if hearing else {}
        apart = await self._presenter.apart(tx, met)
        for viewer, seen in met.items():
            alike.setdefault((seen, viewer if viewer in apart else None), []).append(viewer)
        near = await _near(tx, hearing, met)
        for viewers in alike.values():
            for body in await self._presenter.statuses(tx, [met[viewers[0]]], viewers[0]):
                _push([pair for viewer in viewers for pair in near[viewer]], event, body)
        return list(met)

    async def _converse(self, tx: Tx, reach: Reach) -> None:
        """Tell the people of a direct post that their conversation moved."""
        for viewer, hearing in self.hub.hearing(Topic("direct", one) for one in reach.people).items():
            try:
                found = await timelines.conversation(tx, viewer, reach.conversation_id)
            except Missing:
                continue
            _push(hearing, "conversation", await conversation_bytes(self._presenter, tx, found, viewer))

    async def _homes(self, tx: Tx, post_id: int) -> list[Topic]:
        readers = [int(one) for one in self.hub.of("user")]
        return [Topic("user", one) for one in await timelines.home_readers(tx, post_id, readers)] if readers else []

    async def _lists(self, tx: Tx, post_id: int) -> list[Topic]:
        lists = [int(one) for one in self.hub.of("list")]
        return [Topic("list", one) for one in await timelines.lists_reached(tx, post_id, lists)] if lists else []


async def _near(tx: Tx, hearing: Mapping[int, Hearing], met: Mapping[int, Seen]) -> Mapping[int, Hearing]:
    """Return what each viewer hears in: of an author whom they limit, only the lists that they made."""
    seen = next(iter(met.values()), None)
    if seen is None:
        return hearing
    authors = {seen.post.account_id, seen.subject.account_id}
    far = await graph.limiting(tx, list(met), list(authors))
    return {
        viewer: [pair for pair in pairs if pair[1].topic.name == "list"] if viewer in far else pairs
        for viewer, pairs in hearing.items()
    }


def _rooms(reach: Reach) -> list[Topic]:
    """Return the open streams where a post shows; everything here is local."""
    if not reach.public:
        return []
    names = ["public", "public:local"]
    rooms = [Topic(name) for name in names] + [Topic(f"{name}:media") for name in names if reach.has_media]
    return rooms + [Topic(name, tag) for tag in reach.tags for name in ("hashtag", "hashtag:local")]


def _push(hearing: Hearing, event: str, payload: bytes) -> None:
    """Put an event in line; streams that hear it under one name share it."""
    made: dict[tuple[str, ...], Delivery] = {}
    for listener, subscription in hearing:
        label = subscription.label
        listener.push(made.get(label) or made.setdefault(label, Delivery(label, event, payload)))
