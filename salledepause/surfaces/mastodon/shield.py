"""The shield in our API: wearing it, what waits unread, its helper, one's weeks, evidence, duels; all for its wearer alone."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any

import msgspec

from salledepause.features import accounts, shield
from salledepause.features.shield import Brought, Checked, Counted, Digest, Item, Piece
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput
from salledepause.surfaces import sas
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.shelf import presenter
from salledepause.surfaces.routes import anyone, user

TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class SummaryEntity(msgspec.Struct, frozen=True):
    """What waits, in numbers and in a sentence; never what it says."""

    text: str
    count: int
    kinds: dict[str, int]
    targets: dict[str, int]
    since: str | None
    latest: str | None


class HelpEntity(msgspec.Struct, frozen=True):
    """Somebody asked to help, or somebody whom one helps."""

    account_id: str
    acct: str
    accepted: bool


class ShieldEntity(msgspec.Struct, frozen=True):
    """One's shield; `digest_at` is an hour on the clock of Paris."""

    worn: bool
    digest: Digest
    digest_at: str
    words: list[str]
    helper: HelpEntity | None
    summary: SummaryEntity


class WaitingEntity(msgspec.Struct, frozen=True):
    """A mention that waits, unopened: what it does, to whom, what its author is to its wearer."""

    id: str
    held_at: str
    kept: bool
    kind: str
    target: str
    tie: str


class OpenedEntity(msgspec.Struct, frozen=True):
    """A mention that waits, opened: `status` is a Status, null where one may not read it (any more)."""

    id: str
    held_at: str
    kept: bool
    kind: str
    target: str
    tie: str
    reason: str
    status: dict[str, Any] | None


class WeekEntity(msgspec.Struct, frozen=True):
    """A week of insults: its Monday (Paris)."""

    begins: date
    count: int
    kinds: dict[str, int]
    words: dict[str, int]


class DuelEntity(msgspec.Struct, frozen=True):
    """A duel, agreed or asked for by one or by the other."""

    account_id: str
    acct: str
    agreed: bool
    mine: bool


class PieceEntity(msgspec.Struct, frozen=True):
    """A copy put aside."""

    id: str
    status_id: str
    address: str
    said_at: str
    kept_at: str


class Wish(msgspec.Struct):
    """What to change of one's shield."""

    worn: bool | None = None
    digest: Digest | None = None
    digest_at: str | None = None


class Word(msgspec.Struct):
    """A word that one calls an insult."""

    word: str


class Somebody(msgspec.Struct):
    """An account."""

    account_id: str


class Something(msgspec.Struct):
    """A post."""

    status_id: str


async def _people(call: Call, found: list[int]) -> dict[int, str]:
    return {key: one.handle for key, one in (await accounts.load(call.tx, found)).items()}


def _summary(call: Call, found: Counted) -> SummaryEntity:
    since, latest = (clock.iso(one) if one else None for one in (found.since, found.latest))
    return SummaryEntity(sas.told(found, call.language), found.size, found.kinds, found.targets, since, latest)


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield: one's shield, and what waits behind it, in a sentence."""
    mine, helper = await shield.shield(call.tx, call.me), await shield.trusted.of(call.tx, call.me)
    names = await _people(call, [helper.helper_id]) if helper else {}
    entity = ShieldEntity(
        mine.worn,
        mine.digest,
        f"{mine.digest_at // 60:02}:{mine.digest_at % 60:02}",
        await shield.words(call.tx, call.me),
        HelpEntity(str(helper.helper_id), names.get(helper.helper_id, ""), helper.accepted) if helper else None,
        _summary(call, await shield.summary(call.tx, call.me)),
    )
    return json(entity)


async def change(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield: wear it or take it off, choose when to hear of what waits."""
    wish = call.read(Wish)
    if wish.worn is not None:
        await (shield.wear if wish.worn else shield.take_off)(call.tx, call.me)
    if wish.digest is not None or wish.digest_at is not None:
        mine = await shield.shield(call.tx, call.me)
        at = mine.digest_at if wish.digest_at is None else minutes(wish.digest_at)
        await shield.choose_digest(call.tx, call.me, wish.digest or mine.digest, at)
    return await show(call)


def minutes(typed: str) -> int:
    """Return an hour as minutes after midnight. Raises BadInput."""
    found = TIME.fullmatch(typed)
    if not found:
        raise BadInput("Heure refusée : attendu par exemple 22:00.")
    return int(found[1]) * 60 + int(found[2])


def _waiting(one: Item) -> WaitingEntity:
    return WaitingEntity(str(one.id), clock.iso(one.held_at), one.state == "kept", one.kind, one.target, one.tie)


async def waiting(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/sas: what waits, unopened, the newest first, two hundred at most."""
    return json([_waiting(one) for one in await shield.sas(call.tx, call.me)])


async def opened(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/sas/:id: open one mention that waits, of one's own or of somebody whom one helps."""
    one = await shield.item(call.tx, call.me, call.id())
    found = await shield.opened(call.tx, call.me, one)
    said = await presenter(call).statuses(call.tx, [found[0]], call.me) if found else []
    status = msgspec.json.decode(said[0]) if said else None
    shown = msgspec.structs.asdict(_waiting(one))
    return json(OpenedEntity(**shown, reason=one.reason, status=status))


async def let_through(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/sas/:id/release: it was not hostile; it is shown and told, and that is learned."""
    await shield.let_through(call.tx, call.me, call.id())
    return json({})


async def keep(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/sas/:id/keep: keep it in the sas."""
    await shield.keep(call.tx, call.me, call.id())
    return json({})


async def discard(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/sas/:id/discard: take it out of the sas, to be met nowhere."""
    await shield.discard(call.tx, call.me, call.id())
    return json({})


async def restore(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/sas/:id/restore: have it, kept or taken out, wait again to be looked at."""
    await shield.restore(call.tx, call.me, call.id())
    return json({})


async def add_word(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/words: call a word an insult, however it is spelt."""
    await shield.add_word(call.tx, call.me, call.read(Word).word)
    return json(await shield.words(call.tx, call.me))


async def drop_word(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/words/remove: call it one no more."""
    await shield.drop_word(call.tx, call.me, call.read(Word).word)
    return json(await shield.words(call.tx, call.me))


async def weeks(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/weeks: one's insults by week, this one first, twelve weeks back."""
    found = await shield.trend(call.tx, call.me)
    return json([WeekEntity(one.begins, one.number, one.kinds, one.words) for one in found])


async def ask_helper(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/helper: ask somebody one trusts to sort what waits; they accept first."""
    await shield.trusted.ask(call.tx, call.me, ids.parse(call.read(Somebody).account_id))
    return await show(call)


async def let_helper_go(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/shield/helper: trust nobody with it any more, at once."""
    await shield.trusted.let_go(call.tx, call.me)
    return json({})


async def helping(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/helping: who asked one for help."""
    found = await shield.trusted.helped_by(call.tx, call.me)
    names = await _people(call, [one.account_id for one in found])
    return json([HelpEntity(str(one.account_id), names.get(one.account_id, ""), one.accepted) for one in found])


async def accept(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/helping/:id: accept to help somebody who asked, by their account."""
    await shield.trusted.accept(call.tx, call.me, call.id())
    return await helping(call)


async def leave(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/shield/helping/:id: decline, or help no more."""
    await shield.trusted.leave(call.tx, call.me, call.id())
    return json({})


async def sas_of(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/helping/:id/sas: what waits of somebody whom one helps, nothing said in private."""
    return json([_waiting(one) for one in await shield.sas_of(call.tx, call.me, call.id())])


def _piece(one: Piece) -> PieceEntity:
    return PieceEntity(str(one.id), str(one.post), one.address, clock.iso(one.said_at), clock.iso(one.kept_at))


async def pieces(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/evidence: what one put aside for a complaint, in the order in which it was said."""
    return json([_piece(one) for one in await shield.evidence.pieces(call.tx, call.me)])


async def put_aside(call: Call) -> Answer:
    """POST /api/salledepause/v1/shield/evidence: copy a post that names, answers or quotes one; its erasure undoes nothing."""
    await shield.evidence.put_aside(call.tx, call.site, call.me, ids.parse(call.read(Something).status_id))
    return await pieces(call)


async def take_back(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/shield/evidence/:id: erase a copy."""
    await shield.evidence.take_back(call.tx, call.me, call.id())
    return json({})


async def exported(call: Call) -> Answer:
    """GET /api/salledepause/v1/shield/evidence/file: all of it as it is handed to others, with hours and SHA-256 prints."""
    return json(await shield.evidence.file(call.tx, call.site, call.me))


async def check(call: Call) -> Answer:
    """POST /api/salledepause/v1/evidence/check: whether such a file, sent as it is, is as this house made it; nothing is kept."""
    return json(await asyncio.to_thread(shield.proving.checked, call.site, call.read(Brought)))


async def duels(call: Call) -> Answer:
    """GET /api/salledepause/v1/duels: with whom one may tease, and who asks."""
    found = await shield.duels.duels(call.tx, call.me)
    names = await _people(call, [one.other_id for one in found])
    return json([DuelEntity(str(one.other_id), names.get(one.other_id, ""), one.agreed, one.mine) for one in found])


async def ask_duel(call: Call) -> Answer:
    """POST /api/salledepause/v1/duels/:id: ask a friend for a duel, or agree to theirs, by their account."""
    await shield.duels.ask(call.tx, call.me, call.id())
    return await duels(call)


async def end_duel(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/duels/:id: end it, decline it, or ask for it no more."""
    await shield.duels.end(call.tx, call.me, (await accounts.one(call.tx, call.id())).id)
    return json({})


HERE, DUELS = "/api/salledepause/v1/shield", "/api/salledepause/v1/duels"
SAS, HELPING, EVIDENCE = f"{HERE}/sas", f"{HERE}/helping", f"{HERE}/evidence"
CHECK = "POST /api/salledepause/v1/evidence/check"
READING, WRITING = user("read:notifications"), user("write:notifications")
OWN = [
    own(f"GET {HERE}", show, READING, (None, ShieldEntity)),
    own(f"POST {HERE}", change, WRITING, (Wish, ShieldEntity)),
    own(f"GET {SAS}", waiting, READING, (None, list[WaitingEntity])),
    own(f"GET {SAS}/{{id}}", opened, READING, (None, OpenedEntity)),
    own(f"POST {SAS}/{{id}}/release", let_through, WRITING),
    own(f"POST {SAS}/{{id}}/keep", keep, WRITING),
    own(f"POST {SAS}/{{id}}/discard", discard, WRITING),
    own(f"POST {SAS}/{{id}}/restore", restore, WRITING),
    own(f"POST {HERE}/words", add_word, WRITING, (Word, list[str])),
    own(f"POST {HERE}/words/remove", drop_word, WRITING, (Word, list[str])),
    own(f"GET {HERE}/weeks", weeks, READING, (None, list[WeekEntity])),
    own(f"POST {HERE}/helper", ask_helper, WRITING, (Somebody, ShieldEntity)),
    own(f"DELETE {HERE}/helper", let_helper_go, WRITING),
    own(f"GET {HELPING}", helping, READING, (None, list[HelpEntity])),
    own(f"POST {HELPING}/{{id}}", accept, WRITING, (None, list[HelpEntity])),
    own(f"DELETE {HELPING}/{{id}}", leave, WRITING),
    own(f"GET {HELPING}/{{id}}/sas", sas_of, READING, (None, list[WaitingEntity])),
    own(f"GET {EVIDENCE}", pieces, READING, (None, list[PieceEntity])),
    own(f"POST {EVIDENCE}", put_aside, WRITING, (Something, list[PieceEntity])),
    own(f"GET {EVIDENCE}/file", exported, READING, (None, shield.File)),
    own(f"DELETE {EVIDENCE}/{{id}}", take_back, WRITING),
    own(CHECK, check, anyone(budget="media", transaction=False), (Brought, Checked)),
    own(f"GET {DUELS}", duels, READING, (None, list[DuelEntity])),
    own(f"POST {DUELS}/{{id}}", ask_duel, WRITING, (None, list[DuelEntity])),
    own(f"DELETE {DUELS}/{{id}}", end_duel, WRITING),
]
ROUTES = lines(OWN)
