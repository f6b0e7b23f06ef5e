"""La ronde in our API: how a victory is congratulated, giving a clap, what one has left, the small victories of a month."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import accounts, posts, waves
from salledepause.features.accounts import Account
from salledepause.features.posts import Kind
from salledepause.features.waves import Said, Wave
from salledepause.kernel import clock
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.mastodon.timelines import listing_answer
from salledepause.surfaces.routes import reading, user


class WordEntity(msgspec.Struct):
    """What a clap says: `account` is an Account, null of an anonymous one; `sign` is one of ours or `:code:`."""

    id: str
    account: Entity | None
    sign: str
    word: str


class WaveEntity(msgspec.Struct, kw_only=True):
    """How a victory is congratulated: `state` is `none` before anybody clapped, `ended` once it is a keepsake.

    `families` are role families, each once; `left` how many claps one still has to give today, `clapped` whether one claps
    there (of an anonymous clap nobody can tell once the wave ended): both null for visitors.
    """

    status_id: str
    state: Literal["none", "open", "ended"]
    opened_at: str | None = None
    ends_at: str | None = None
    count: int = 0
    families: list[str] = []
    clapped: bool | None = None
    left: int | None = None
    words: list[WordEntity] | None = None
    """What claps say, those with a word first; null in the answer to a clap."""


class LeftEntity(msgspec.Struct):
    """How many claps one still has to give, of how many a day, and when there are as many again."""

    left: int
    a_day: int


class WantedEntity(msgspec.Struct):
    """Whether one wants to be asked for a small victory each week."""

    wanted: bool


class ClapAsked(msgspec.Struct):
    """A clap: a sign, a word of 80 characters, without one's name."""

    sign: str = ""
    word: str = ""
    anonymous: bool = False


class WantedAsked(msgspec.Struct):
    """Whether one wants the weekly question."""

    wanted: bool = False


class MonthAsked(msgspec.Struct):
    """A month such as `2026-11`; the present one when there is none."""

    month: str = ""


def entity(post_id: int, wave: Wave | None) -> WaveEntity:
    """Return a wave, the same for everybody."""
    if wave is None:
        return WaveEntity(status_id=str(post_id), state="none")
    return WaveEntity(
        status_id=str(post_id),
        state="open" if wave.is_open(clock.now()) else "ended",
        opened_at=clock.iso(wave.opened_at),
        ends_at=clock.iso(wave.ends_at),
        count=wave.size,
        families=list(wave.families),
    )


def word(call: Call, one: Said, who: dict[int, Account]) -> WordEntity:
    """Return what a clap says."""
    named = who.get(one.account_id or 0)
    return WordEntity(str(one.id), entities.account(call.site, named) if named else None, one.sign, one.word)


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/statuses/:id/wave: how a victory is congratulated."""
    post_id = await _victory(call)
    found = entity(post_id, (await waves.of(call.tx, [post_id])).get(post_id))
    said = await waves.heard(call.tx, post_id, call.viewer)
    who = await accounts.load(call.tx, [one.account_id for one in said if one.account_id])
    found.words = [word(call, one, who) for one in said]
    if call.viewer:
        found.clapped = await waves.claps_there(call.tx, call.site.settings.secret, post_id, call.viewer)
        found.left = await waves.left(call.tx, call.viewer)
    return json(found)


async def _victory(call: Call) -> int:
    """Return the id of a victory that one may see; raises Missing for anything else."""
    post_id = await posts.subject(call.tx, call.id(), call.viewer)
    said = (await posts.load(call.tx, [post_id])).get(post_id)
    if said is None or said.kind is not Kind.VICTORY:
        raise Missing
    return post_id


async def clap(call: Call) -> Answer:
    """POST /api/salledepause/v1/statuses/:id/wave: clap; the first clap opens the wave, each claps once."""
    asked = call.read(ClapAsked)
    one = waves.given(call.id(), call.me, (asked.sign, asked.word, asked.anonymous), call.site.emojis)
    await waves.clap(call.site, one)
    async with call.site.db.reading() as call.tx:
        found = entity(one.post_id, (await waves.of(call.tx, [one.post_id])).get(one.post_id))
        found.left, found.clapped = await waves.left(call.tx, call.me), True
    return json(found)


async def unsay(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/waves/words/:id: take a word away, one's own, or at one's victory, or as a host."""
    post_id = await waves.unsay(call.tx, call.me, call.id())
    seen = await posts.visible(call.tx, [post_id], call.me)
    return json(entity(post_id, (await waves.of(call.tx, [one.post.id for one in seen])).get(post_id)))


async def open_now(call: Call) -> Answer:
    """GET /api/salledepause/v1/waves: victories (Status) whose wave is open, the one that ends first before the others."""
    found = await waves.open_now(call.tx, call.viewer)
    return Answer(pieces=await presenter(call).page(call.tx, found, call.viewer))


async def left(call: Call) -> Answer:
    """GET /api/salledepause/v1/waves/left: how many claps one still has to give today."""
    return json(LeftEntity(await waves.left(call.tx, call.me), waves.A_DAY))


async def month(call: Call) -> Answer:
    """GET /api/salledepause/v1/victories: those of a month (Status), dealt anew each day, ranked by nothing."""
    first = waves.month_of(call.read(MonthAsked).month, clock.today())
    return await listing_answer(call, await waves.month(call.tx, first, call.page(), call.viewer))


async def wanted(call: Call) -> Answer:
    """GET /api/salledepause/v1/victories/question: whether one is asked for a small victory each week."""
    return json(WantedEntity(await waves.wants_question(call.tx, call.me)))


async def want(call: Call) -> Answer:
    """PUT /api/salledepause/v1/victories/question: be asked each week, or no more."""
    await waves.want_question(call.tx, call.me, wanted=call.read(WantedAsked).wanted)
    return await wanted(call)


HERE = "/api/salledepause/v1"
READING = reading("read:statuses")
OWN = [
    own(f"GET {HERE}/statuses/{{id}}/wave", show, READING, (None, WaveEntity)),
    own(f"POST {HERE}/statuses/{{id}}/wave", clap, user("write:favourites", transaction=False), (ClapAsked, WaveEntity)),
    own(f"GET {HERE}/waves", open_now, READING, (None, list[dict[str, Any]])),
    own(f"GET {HERE}/waves/left", left, user("read:favourites"), (None, LeftEntity)),
    own(f"DELETE {HERE}/waves/words/{{id}}", unsay, user("write:favourites"), (None, WaveEntity)),
    own(f"GET {HERE}/victories", month, READING, (MonthAsked, list[dict[str, Any]])),
    own(f"GET {HERE}/victories/question", wanted, user("read:notifications"), (None, WantedEntity)),
    own(f"PUT {HERE}/victories/question", want, user("write:notifications"), (WantedAsked, WantedEntity)),
]
ROUTES = lines(OWN)
