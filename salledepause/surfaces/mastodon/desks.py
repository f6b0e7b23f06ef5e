"""Desks, in our own API: opened, shared, changed, asked; what waits there, by the card that would answer it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from salledepause.features import accounts, desks
from salledepause.features.desks import Desk, Member
from salledepause.kernel import ids
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import user

HERE = "/api/salledepause/v1"


class DeskEntity(msgspec.Struct, frozen=True):
    """A desk; what only its owners know is `None` for others."""

    id: str
    name: str
    purpose: str
    asked: bool
    """Whether anybody may ask it."""
    mine: bool
    invited: bool
    answers: bool | None = None
    """Whether it answers by itself what it is sure of."""
    pace: int | None = None
    takes_in: bool | None = None
    """Whether what is said to oneself in the open goes there."""
    owners: list[str] | None = None
    """Handles."""
    said: int | None = None
    minutes_saved: int | None = None


class DesksEntity(msgspec.Struct, frozen=True):
    """One's own desks, those one is invited to, those that anybody may ask."""

    mine: list[DeskEntity]
    invited: list[DeskEntity]
    to_ask: list[DeskEntity]


class NearEntity(msgspec.Struct, frozen=True):
    """A card that may answer, how sure that is, and the known words that are nearest."""

    card_id: str
    score: float
    example: str


class RemarkEntity(msgspec.Struct, frozen=True):
    """What a desk is asked, as a member reads it; `account` is a handle or `somebody@server`, `status_id` for a post of here."""

    id: str
    desk_id: str
    account: str
    status_id: str | None
    text: str
    asked_at: datetime
    candidates: list[NearEntity]
    reason: str
    draft: str
    writing: str | None
    """Who is writing an answer just now."""
    told_at: datetime | None
    """When the nearest card was last said to the same person."""


class PileEntity(msgspec.Struct, frozen=True):
    """Remarks that the same card would answer; `None`: near no card."""

    card_id: str | None
    remarks: list[RemarkEntity]


class HoursEntity(msgspec.Struct, frozen=True):
    """An hour of every week that somebody takes, as the clock of Paris shows it; Monday is 1."""

    account: str
    weekday: int
    hour: int


class StoppedEntity(msgspec.Struct, frozen=True):
    """A desk that one told to stop: everywhere for oneself; for all in conversations, by the status that began each."""

    desk_id: str
    name: str
    everywhere: bool
    conversations: list[str]


class DeskAsked(msgspec.Struct):
    """A desk to open."""

    name: str = ""
    purpose: str = ""


class DeskChange(msgspec.Struct):
    """What changes of a desk."""

    name: str | None = None
    purpose: str | None = None
    asked: bool | None = None
    answers: bool | None = None
    pace: int | None = None
    takes_in: bool | None = None


class Invited(msgspec.Struct):
    """Whom to invite."""

    handle: str = ""


class HoursAsked(msgspec.Struct):
    """One's hours on a day of the week."""

    weekday: int = 0
    hours: list[int] = []


class Question(msgspec.Struct):
    """What to ask a desk."""

    text: str = ""


class Chosen(msgspec.Struct):
    """The card that is no answer."""

    card_id: str = ""


async def shown(call: Call, desk: Desk, mine: Member | None) -> DeskEntity:
    """Return a desk as somebody may see it."""
    plain = DeskEntity(
        str(desk.id), desk.name, desk.purpose, desk.asked, bool(mine and mine.joined), bool(mine and not mine.joined)
    )
    if mine is None or not mine.joined:
        return plain
    members = [one for one in await desks.members(call.tx, call.me, desk.id) if one.joined]
    known = await accounts.load(call.tx, [one.account_id for one in members])
    spared = desks.counter(await desks.cards(call.tx, call.me, desk.id))
    return msgspec.structs.replace(
        plain,
        answers=desk.answers,
        pace=desk.pace,
        takes_in=mine.takes_in,
        owners=[known[one.account_id].handle for one in members if one.account_id in known],
        said=spared.said,
        minutes_saved=spared.minutes,
    )


async def _one(call: Call, desk_id: int) -> Answer:
    return json(await shown(call, *await desks.one(call.tx, call.me, desk_id)))


async def index(call: Call) -> Answer:
    """GET /api/salledepause/v1/desks: one's own desks, those one is invited to, those that anybody may ask."""
    mine = await desks.mine(call.tx, call.me)
    known = {desk.id for desk, _ in mine}
    found = [await shown(call, *await desks.one(call.tx, call.me, desk.id)) for desk, _ in mine]
    others = [await shown(call, desk, None) for desk in await desks.to_ask(call.tx) if desk.id not in known]
    return json(DesksEntity([one for one in found if one.mine], [one for one in found if one.invited], others))


async def create(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks: open a desk; it answers nothing by itself."""
    asked = call.read(DeskAsked)
    return await _one(call, await desks.create(call.tx, call.me, asked.name, asked.purpose))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/desks/:id: a desk that one owns, is invited to or may ask."""
    return await _one(call, call.id())


async def change(call: Call) -> Answer:
    """PATCH /api/salledepause/v1/desks/:id: its words, who may ask, whether it answers by itself, what of one's goes there."""
    asked = call.read(DeskChange)
    change_ = desks.Change(name=asked.name, purpose=asked.purpose, asked=asked.asked, answers=asked.answers, pace=asked.pace)
    await desks.change(call.tx, call.me, call.id(), change_)
    if asked.takes_in is not None:
        await desks.take_in(call.tx, call.me, call.id(), wanted=asked.takes_in)
    return await _one(call, call.id())


async def stop(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/stop: nothing is answered by itself any more; what is not gone is called back."""
    await desks.change(call.tx, call.me, call.id(), desks.Change(answers=False))
    return await _one(call, call.id())


async def close(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/desks/:id: close a desk that one owns alone, its cards with it."""
    await desks.close(call.tx, call.me, call.id())
    return json({})


async def invite(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/invitations: invite somebody to own it too."""
    await desks.invite(call.tx, call.me, call.id(), call.read(Invited).handle)
    return json({})


async def join(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/join: own a desk that one is invited to."""
    await desks.join(call.tx, call.me, call.id())
    return await _one(call, call.id())


async def leave(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/leave: own it no more, or decline; one's cards go to another owner."""
    await desks.leave(call.tx, call.me, call.id())
    return json({})


async def rota(call: Call) -> Answer:
    """GET /api/salledepause/v1/desks/:id/hours: who is there at which hours of the week."""
    found = await desks.rota(call.tx, call.me, call.id())
    known = await accounts.load(call.tx, sorted({account_id for account_id, _, _ in found}))
    return json([HoursEntity(known[one].handle, weekday, hour) for one, weekday, hour in found if one in known])


async def be_there(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/hours: one's hours on a day of the week, in the place of those before."""
    asked = call.read(HoursAsked)
    await desks.be_there(call.tx, call.me, call.id(), asked.weekday, asked.hours)
    return await rota(call)


async def _remarks(call: Call, found: Sequence[desks.Asked]) -> list[RemarkEntity]:
    """Return remarks as a member may read them."""
    people = {one.remark.account_id for one in found} | {one.remark.draft_by for one in found if one.remark.draft_by}
    known = await accounts.load(call.tx, sorted(one for one in people if one))
    return [
        RemarkEntity(
            id=str(one.remark.id),
            desk_id=str(one.remark.desk_id),
            account=one.stranger or known[one.remark.person_id].handle,
            status_id=str(one.remark.post_id) if one.remark.post_id else None,
            text=one.text,
            asked_at=one.remark.at,
            candidates=[NearEntity(str(near.card_id), near.score, near.example) for near in one.remark.candidates],
            reason=one.remark.reason,
            draft=one.remark.draft,
            writing=known[one.remark.draft_by].handle if one.remark.draft_by in known and one.writing else None,
            told_at=one.answered_at,
        )
        for one in found
        if one.stranger or one.remark.account_id in known
    ]


async def waiting(call: Call) -> Answer:
    """GET /api/salledepause/v1/desks/:id/remarks: what waits, by the card that would answer it, the most first."""
    piles = await desks.waiting(call.tx, call.me, call.id())
    return json([PileEntity(str(one.card.id) if one.card else None, await _remarks(call, one.asked)) for one in piles])


async def ask(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/remarks: ask a desk; the answer comes in private."""
    await desks.ask(call.tx, call.me, call.id(), call.read(Question).text)
    return json({})


async def remark(call: Call) -> Answer:
    """GET /api/salledepause/v1/remarks/:id: a remark, the three nearest cards and why."""
    return json((await _remarks(call, [await desks.remark(call.tx, call.me, call.id())]))[0])


async def answer(call: Call) -> Answer:
    """POST /api/salledepause/v1/remarks/:id/answer: answer it in one's own words, in private."""
    await desks.answer_freely(call.tx, call.me, call.id(), call.read(Question).text)
    return json({})


async def draft(call: Call) -> Answer:
    """POST /api/salledepause/v1/remarks/:id/draft: what one would answer, for the others to see; nothing gives it up."""
    await desks.draft(call.tx, call.me, call.id(), call.read(Question).text)
    return await remark(call)


async def refuse(call: Call) -> Answer:
    """POST /api/salledepause/v1/remarks/:id/refuse: a card does not answer it; that is learned."""
    await desks.refuse(call.tx, call.me, call.id(), ids.parse(call.read(Chosen).card_id))
    return await remark(call)


async def aside(call: Call) -> Answer:
    """POST /api/salledepause/v1/remarks/:id/aside: leave it without an answer."""
    await desks.put_aside(call.tx, call.me, call.id())
    return json({})


async def quiet(call: Call) -> Answer:
    """POST /api/salledepause/v1/automated/:id/stop: no desk answers by itself around a post any more, nor oneself anywhere."""
    await desks.stop(call.tx, call.me, call.id())
    return json({})


async def unquiet(call: Call) -> Answer:
    """POST /api/salledepause/v1/automated/:id/unstop: what one said there is taken back; what others said stays."""
    await desks.take_back(call.tx, call.me, call.id())
    return json({})


async def stopped(call: Call) -> Answer:
    """GET /api/salledepause/v1/automated/stopped: the desks that one told to stop, by name."""
    found = await desks.stopped(call.tx, call.me)
    return json([StoppedEntity(str(one.desk_id), one.name, one.everywhere, list(map(str, one.conversations))) for one in found])


async def forgive(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/automated/stopped/:id: all that one told a desk to stop, `id`, is taken back."""
    await desks.forgive(call.tx, call.me, call.id())
    return json({})


READ, WRITE = user("read:statuses"), user("write:statuses")
ONE = DeskEntity
OWN = [
    own(f"GET {HERE}/desks", index, READ, (None, DesksEntity)),
    own(f"POST {HERE}/desks", create, WRITE, (DeskAsked, ONE)),
    own(f"GET {HERE}/desks/{{id}}", show, READ, (None, ONE)),
    own(f"PATCH {HERE}/desks/{{id}}", change, WRITE, (DeskChange, ONE)),
    own(f"DELETE {HERE}/desks/{{id}}", close, WRITE),
    own(f"POST {HERE}/desks/{{id}}/stop", stop, WRITE, (None, ONE)),
    own(f"POST {HERE}/desks/{{id}}/invitations", invite, WRITE, (Invited, None)),
    own(f"POST {HERE}/desks/{{id}}/join", join, WRITE, (None, ONE)),
    own(f"POST {HERE}/desks/{{id}}/leave", leave, WRITE),
    own(f"GET {HERE}/desks/{{id}}/hours", rota, READ, (None, list[HoursEntity])),
    own(f"POST {HERE}/desks/{{id}}/hours", be_there, WRITE, (HoursAsked, list[HoursEntity])),
    own(f"GET {HERE}/desks/{{id}}/remarks", waiting, READ, (None, list[PileEntity])),
    own(f"POST {HERE}/desks/{{id}}/remarks", ask, WRITE, (Question, None)),
    own(f"GET {HERE}/remarks/{{id}}", remark, READ, (None, RemarkEntity)),
    own(f"POST {HERE}/remarks/{{id}}/answer", answer, WRITE, (Question, None)),
    own(f"POST {HERE}/remarks/{{id}}/draft", draft, WRITE, (Question, RemarkEntity)),
    own(f"POST {HERE}/remarks/{{id}}/refuse", refuse, WRITE, (Chosen, RemarkEntity)),
    own(f"POST {HERE}/remarks/{{id}}/aside", aside, WRITE),
    own(f"POST {HERE}/automated/{{id}}/stop", quiet, WRITE),
    own(f"POST {HERE}/automated/{{id}}/unstop", unquiet, WRITE),
    own(f"GET {HERE}/automated/stopped", stopped, READ, (None, list[StoppedEntity])),
    own(f"DELETE {HERE}/automated/stopped/{{id}}", forgive, WRITE),
]
ROUTES = lines(OWN)
