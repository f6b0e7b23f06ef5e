"""A desk's bot on another server: reads what it is told there, has the desk judge it, and sends what the desk answers.

What it reads of the stream is only that something came: mentions are read one way, by the list of notifications, from the last
one that was read. Nothing of the outside happens within a transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from salledepause.features.desks import elsewhere, elsewhere_store
from salledepause.features.desks.distant import Declined, Distant, Notice
from salledepause.features.desks.elsewhere import Due
from salledepause.features.desks.elsewhere_store import Watch
from salledepause.features.desks.thinking import look_at
from salledepause.kernel import clock, net
from salledepause.kernel.errors import BadInput, Unavailable
from salledepause.kernel.net import Shut, Unreachable
from salledepause.kernel.site import Site

LATELY = timedelta(days=1)
"""How old what was said before a bot's first hour may be, to be answered still."""
MOST_PAGES, FIRST_PAGES = 50, 10
"""Pages of mentions that are read in one go."""
LOOK = 15.0
"""Seconds after which one looks again when nothing stirs: at what owners answered, and where nothing streams."""
SOON, LATE = 1.0, 300.0
"""Seconds before a server that broke off is tried again: the first time, and at most."""
SHUT = "Adresse de serveur refusée : attendu https://serveur, sans rien derrière (http sur cette machine seulement)."
NOT_A_BOT = "Le compte @{name} n'est pas marqué comme automatisé sur {server} : cochez cette case dans son profil, là-bas."
ODD_TOKEN = "Ce jeton n'a pas la forme d'un jeton."  # noqa: S105 - a sentence


class Bot(NamedTuple):
    """A desk's bot on a server that was met."""

    site: Site
    distant: Distant
    watch: Watch
    name: str


class Round(NamedTuple):
    """What one look at a server brought: remarks taken in, answers that left, remarks that wait for a person."""

    heard: int
    answered: int
    waiting: int


@asynccontextmanager
async def bot(site: Site, desk_id: int, server: str, token: str) -> AsyncIterator[Bot]:
    """Meet a server as a desk's bot, for a block.

    Raises BadInput for an address or account that will not do, Unauthenticated, Unavailable.
    """
    address = server if "://" in server else f"https://{server}"
    if not token.isascii() or not token.isprintable() or not token or " " in token:
        raise BadInput(ODD_TOKEN)
    try:
        net.talked_with(address)
    except Shut:
        raise BadInput(SHUT) from None
    base = net.origin(address)
    async with net.talk(base, token) as talk:
        distant = Distant(base, talk)
        me = await distant.meet()
        if not me.bot:
            raise BadInput(NOT_A_BOT, name=me.acct, server=base)
        async with site.db.transaction() as tx:
            watch = await elsewhere_store.watch(tx, desk_id, base, me.id)
        yield Bot(site, distant, watch, me.acct)


async def look(bot_: Bot) -> Round:
    """Read what was said since, have the desk judge it, send what it answers. Raises Unavailable, Unauthenticated, Forbidden."""
    heard = await _catch_up(bot_)
    await look_at(bot_.site, bot_.watch.desk_id)
    async with bot_.site.db.reading() as tx:
        wanted = await elsewhere_store.sending(tx, bot_.watch.id)
    answered = sum([await _send(bot_, remark_id) for remark_id in wanted])
    async with bot_.site.db.reading() as tx:
        return Round(heard, answered, await elsewhere_store.waiting(tx, bot_.watch.id))


async def follow(bot_: Bot, tell: Callable[[Round], None]) -> None:
    """Look at once, whenever something stirs there, and every quarter of a minute; what breaks off is tried ever later."""
    stirred, pause = asyncio.Event(), SOON
    listening = asyncio.create_task(_listen(bot_, stirred))
    try:
        while not listening.done():
            stirred.clear()
            try:
                tell(await look(bot_))
            except Unavailable:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LATE)
                continue
            pause = SOON
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await stirred.wait()
        await listening
    finally:
        listening.cancel()


async def _listen(bot_: Bot, stirred: asyncio.Event) -> None:
    """Note whenever something comes for the bot; a stream that breaks is opened again, ever later while nothing came."""
    pause = SOON
    while True:
        with suppress(Unreachable, Shut):
            async for _ in bot_.distant.stirs():
                stirred.set()
                pause = SOON
        await asyncio.sleep(pause)
        pause = min(2 * pause, LATE)


async def _catch_up(bot_: Bot) -> int:
    """Read the mentions since the last one that was read, or of the last day the first time; return how many are remarks."""
    async with bot_.site.db.transaction() as tx:
        watch = await elsewhere_store.watch(tx, bot_.watch.desk_id, bot_.watch.server, bot_.watch.account)
    if not watch.seen:
        return await _begin(bot_)
    heard, seen = 0, watch.seen
    for _ in range(MOST_PAGES):
        found, _, latest = await bot_.distant.notices(after=seen)
        if latest in {"", seen}:
            break
        heard, seen = heard + await _take_in(bot_, found, latest), latest
    return heard


async def _begin(bot_: Bot) -> int:
    since = clock.now() - LATELY
    found: list[Notice] = []
    last = before = ""
    for _ in range(FIRST_PAGES):
        page, oldest, latest = await bot_.distant.notices(before=before)
        if oldest in {"", before}:
            break
        last, before, found = last or latest, oldest, [*page, *found]
        if any(one.status and one.status.created_at < since for one in page):
            break
    fresh = [one for one in found if one.status and one.status.created_at >= since]
    return await _take_in(bot_, fresh, last) if last else 0


async def _take_in(bot_: Bot, found: Sequence[Notice], last: str) -> int:
    """Give what was said to the desk, and note how far it was read, in one transaction."""
    said = [one.status for one in found if one.status and elsewhere.matters(one.status)]
    roots = [await bot_.distant.root(one) for one in said]
    async with bot_.site.db.transaction() as tx:
        heard = [await elsewhere.hear(tx, bot_.watch, one, root) for one, root in zip(said, roots, strict=True)]
        await elsewhere_store.have_seen(tx, bot_.watch.id, last)
    return sum(heard)


async def _send(bot_: Bot, remark_id: int) -> bool:
    """Send what leaves for a remark; what may have left before is looked for first. Tell whether it was answered."""
    async with bot_.site.db.transaction() as tx:
        due = await elsewhere.due(tx, bot_.watch, remark_id, bot_.distant.most)
    if due is None:
        return False
    sent = await _post(bot_, due)
    async with bot_.site.db.transaction() as tx:
        await elsewhere.done(tx, remark_id, sent)
    return sent > 0


async def _post(bot_: Bot, due: Due) -> int:
    """Post letters, each below the one before it of the same audience; return how many are there, fewer where one is declined."""
    ends: dict[str, str] = {}
    there = 0
    try:
        said = await bot_.distant.said_below(due.status, bot_.watch.account) if due.begun else []
        for place, letter in enumerate(due.letters):
            below = ends.get(letter.visibility, due.status)
            known = [one.id for one in said if (one.in_reply_to_id, one.visibility) == (below, letter.visibility)]
            ends[letter.visibility] = known[0] if known else await bot_.distant.post(letter, below, _key(due, place))
            there += 1
    except Declined:
        return there
    return there


def _key(due: Due, place: int) -> str:
    """Return what makes a letter sent twice one post."""
    return sha256(f"{due.remark_id} {due.status} {place}".encode()).hexdigest()
