"""Help in our API: the lines to call, asking the hosts for a word, and the card in the answer to who writes of distress.

The card is written into the one answer that its author gets, after the bytes that everybody shares were made: nothing that is
kept for later holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from salledepause.features import accounts, safety_net
from salledepause.features.accounts import Account
from salledepause.features.safety_net import HelpCall, HelpLine, Line
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import described, entities
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.mastodon.entities import Entity
from salledepause.surfaces.routes import anyone, user

Pieces = tuple[bytes, ...]


class LineEntity(msgspec.Struct, frozen=True):
    """A line to call; `verified_on` is the day when somebody last checked it."""

    id: str
    name: str
    number: str
    hours: str
    note: str
    on_card: bool
    verified_on: date | None


class CallEntity(msgspec.Struct, frozen=True):
    """Whether one asks the hosts for a word, in which words, and whether a host looks after it."""

    asked: bool
    words: str
    taken: bool


class AskerEntity(msgspec.Struct, frozen=True):
    """Who asks the hosts for a word; `account` is an Account."""

    id: str
    account: Entity
    words: str
    taken_by: str | None


def line(one: HelpLine) -> LineEntity:
    """Return a line to call."""
    return LineEntity(str(one.id), *one[1:])


async def offered(call: Call, *texts: str, language: str | None = None, before: str = "") -> Entity | None:
    """Return the card for who writes these texts, `None` where nothing calls for it, or what stood there `before` did."""
    text = "\n".join(filter(None, texts))
    found = await safety_net.concern(text, language or None, before) if text else None
    if found is None:
        return None
    lines = [line(one) for one in await safety_net.card(call.tx)]
    return {"whose": found.whose, "lines": lines, "url": call.site.url("/aide")}


def beside(said: bytes, ours: Entity) -> bytes:
    """Return an entity, as bytes, with more under our own key."""
    entity = msgspec.json.decode(said)
    return msgspec.json.encode(entity | {"salledepause": entity.get("salledepause", {}) | ours})


def with_card(answer: Answer, card: Entity | None, **more: object) -> Answer:
    """Return an answer to an author with the card, if there is one, and `more` for them alone.

    What is written late gets it when it is written.
    """
    ours = {name: one for name, one in ({"help": card} | more).items() if one is not None}
    if not ours:
        return answer
    late: Callable[[], Pieces] | None = answer.late
    if late is None:
        return msgspec.structs.replace(answer, body=beside(answer.whole, ours), pieces=())
    return msgspec.structs.replace(answer, late=lambda: (beside(b"".join(late()), ours),))


async def lines(call: Call) -> Answer:
    """GET /api/salledepause/v1/help: whom one can call."""
    return json([line(one) for one in await safety_net.lines(call.tx)])


class WordsAsked(msgspec.Struct):
    """What one tells the hosts."""

    words: str = ""


async def ask(call: Call) -> Answer:
    """POST /api/salledepause/v1/help/call: ask the hosts for a word."""
    await safety_net.call_hosts(call.tx, call.me, call.read(WordsAsked).words)
    return await asked(call)


async def asked(call: Call) -> Answer:
    """GET /api/salledepause/v1/help/call: what one asked, `asked` false when nothing."""
    found = await safety_net.asked(call.tx, call.me)
    return json(CallEntity(found is not None, found.words if found else "", bool(found and found.taken_by)))


async def withdraw(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/help/call: take it back; nothing of it stays."""
    await safety_net.withdraw(call.tx, call.me)
    return await asked(call)


async def calls(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/help/calls: who asks, for hosts."""
    found = await safety_net.calls(call.tx, call.me)
    who = await accounts.load(call.tx, {one.account_id for one in found})
    return json([_asker(call, one, who[one.account_id]) for one in found if one.account_id in who])


def _asker(call: Call, one: HelpCall, who: Account) -> AskerEntity:
    taken_by = str(one.taken_by) if one.taken_by else None
    return AskerEntity(str(one.id), entities.account(call.site, who), one.words, taken_by)


async def take(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/help/calls/:id/take: look after somebody."""
    await safety_net.take(call.tx, call.me, call.id())
    return await calls(call)


async def settle(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/admin/help/calls/:id: they were answered."""
    await safety_net.settle(call.tx, call.me, call.id())
    return await calls(call)


class LineAsked(msgspec.Struct):
    """A line as an administrator writes it."""

    name: str
    number: str
    hours: str = ""
    note: str = ""
    on_card: bool = True
    verified_on: date | None = None

    @property
    def line(self) -> Line:
        """What the feature keeps."""
        return Line(**msgspec.structs.asdict(self))


async def add(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/help/lines: add a line, for administrators."""
    await safety_net.write_line(call.tx, call.me, call.read(LineAsked).line)
    return await lines(call)


async def change(call: Call) -> Answer:
    """PUT /api/salledepause/v1/admin/help/lines/:id: write another line in its place, for administrators."""
    line_id = call.id()
    if all(one.id != line_id for one in await safety_net.lines(call.tx)):
        raise Missing
    await safety_net.write_line(call.tx, call.me, call.read(LineAsked).line, line_id)
    return await lines(call)


async def drop(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/admin/help/lines/:id, for administrators."""
    await safety_net.drop_line(call.tx, call.me, call.id())
    return await lines(call)


HELP, ADMIN = "/api/salledepause/v1/help", "/api/salledepause/v1/admin/help"
READING, WRITING = user("admin:read:accounts"), user("admin:write:accounts")
OWN = [
    own(f"GET {HELP}", lines, anyone(), (None, list[LineEntity])),
    own(f"GET {HELP}/call", asked, user("read:accounts"), (None, CallEntity)),
    own(f"POST {HELP}/call", ask, user("write:accounts"), (WordsAsked, CallEntity)),
    own(f"DELETE {HELP}/call", withdraw, user("write:accounts"), (None, CallEntity)),
    own(f"GET {ADMIN}/calls", calls, READING, (None, list[AskerEntity])),
    own(f"POST {ADMIN}/calls/{{id}}/take", take, WRITING, (None, list[AskerEntity])),
    own(f"DELETE {ADMIN}/calls/{{id}}", settle, WRITING, (None, list[AskerEntity])),
    own(f"POST {ADMIN}/lines", add, WRITING, (LineAsked, list[LineEntity])),
    own(f"PUT {ADMIN}/lines/{{id}}", change, WRITING, (LineAsked, list[LineEntity])),
    own(f"DELETE {ADMIN}/lines/{{id}}", drop, WRITING, (None, list[LineEntity])),
]
ROUTES = described.lines(OWN)
