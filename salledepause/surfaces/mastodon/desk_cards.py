"""Cards of desks, in our own API: written, changed, taught; one sends them to many at once."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from salledepause.features import accounts, desks
from salledepause.features.desks import Card, Written
from salledepause.kernel import clock, ids
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.mastodon.desks import HERE, READ, WRITE


class CardEntity(msgspec.Struct, frozen=True):
    """A ready answer; `sendable`: sourced, owned and not past its date."""

    id: str
    desk_id: str
    owner: str | None
    remark: str
    answer: str
    nuance: str
    sources: list[str]
    as_of: date
    expires_on: date
    minutes: int
    automatic: bool
    public: bool
    version: int
    said: int
    minutes_saved: int
    sendable: bool


class VersionEntity(msgspec.Struct, frozen=True):
    """What a card said since an instant, and who wrote it."""

    version: int
    at: datetime
    by: str | None
    remark: str
    answer: str
    nuance: str
    sources: list[str]
    as_of: date
    expires_on: date


class WordingEntity(msgspec.Struct, frozen=True):
    """A text that is the remark of a card, or is not."""

    text: str
    fits: bool


class WholeCardEntity(msgspec.Struct, frozen=True):
    """A card, all that it said, the latest first, and its latest wordings."""

    card: CardEntity
    versions: list[VersionEntity]
    wordings: list[WordingEntity]


class Sent(msgspec.Struct, frozen=True):
    """How many answers leave."""

    sent: int


class CardAsked(msgspec.Struct):
    """What a card is to say; what is left out stays."""

    remark: str | None = None
    answer: str | None = None
    nuance: str | None = None
    sources: list[str] | None = None
    as_of: date | None = None
    expires_on: date | None = None
    minutes: int | None = None
    automatic: bool | None = None
    public: bool | None = None

    @property
    def written(self) -> Written:
        """The same, for the desk."""
        return Written(**msgspec.structs.asdict(self))


class WordingAsked(msgspec.Struct):
    """A text, and whether it is the remark of a card; without that it is forgotten."""

    text: str = ""
    fits: bool | None = None


class Remarks(msgspec.Struct):
    """Remarks that a card answers."""

    remark_ids: list[str] = []


async def _entities(call: Call, found: list[Card]) -> list[CardEntity]:
    owners = await accounts.load(call.tx, sorted({one.owner_id for one in found if one.owner_id}))
    today = clock.today()
    return [
        CardEntity(
            id=str(one.id),
            desk_id=str(one.desk_id),
            owner=owners[one.owner_id].handle if one.owner_id in owners else None,
            remark=one.remark,
            answer=one.answer,
            nuance=one.nuance,
            sources=one.sources,
            as_of=one.as_of,
            expires_on=one.expires_on,
            minutes=one.minutes,
            automatic=one.automatic,
            public=one.public,
            version=one.version,
            said=one.said,
            minutes_saved=one.saved,
            sendable=one.sendable(today),
        )
        for one in found
    ]


async def _whole(call: Call, card_id: int) -> Answer:
    card, versions, wordings = await desks.card(call.tx, call.me, card_id)
    writers = await accounts.load(call.tx, sorted({one.by_id for one in versions if one.by_id}))
    (entity,) = await _entities(call, [card])
    told = [
        VersionEntity(
            by=writers[one.by_id].handle if one.by_id in writers else None,
            **{name: getattr(one, name) for name in VersionEntity.__struct_fields__ if name != "by"},
        )
        for one in versions
    ]
    return json(WholeCardEntity(entity, told, [WordingEntity(one.text, one.fits) for one in wordings]))


async def index(call: Call) -> Answer:
    """GET /api/salledepause/v1/desks/:id/cards: the cards of a desk, those said most often first."""
    return json(await _entities(call, await desks.cards(call.tx, call.me, call.id())))


async def create(call: Call) -> Answer:
    """POST /api/salledepause/v1/desks/:id/cards: write a card."""
    return await _whole(call, await desks.write(call.tx, call.me, call.id(), call.read(CardAsked).written))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/cards/:id: a card with its history and wordings."""
    return await _whole(call, call.id())


async def change(call: Call) -> Answer:
    """PATCH /api/salledepause/v1/cards/:id: change a card; what it said is kept."""
    await desks.change_card(call.tx, call.me, call.id(), call.read(CardAsked).written)
    return await _whole(call, call.id())


async def erase(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/cards/:id: forget a card and its counter."""
    await desks.erase_card(call.tx, call.me, call.id())
    return json({})


async def word(call: Call) -> Answer:
    """POST /api/salledepause/v1/cards/:id/wordings: say that a text is its remark, or is not."""
    asked = call.read(WordingAsked)
    await desks.word(call.tx, call.me, call.id(), asked.text, fits=asked.fits)
    return await _whole(call, call.id())


async def answer(call: Call) -> Answer:
    """POST /api/salledepause/v1/cards/:id/answer: answer remarks by it, each in private; each is learned."""
    wanted = [ids.parse(one) for one in call.read(Remarks).remark_ids]
    return json(Sent(await desks.answer(call.tx, call.me, call.id(), wanted)))


OWN = [
    own(f"GET {HERE}/desks/{{id}}/cards", index, READ, (None, list[CardEntity])),
    own(f"POST {HERE}/desks/{{id}}/cards", create, WRITE, (CardAsked, WholeCardEntity)),
    own(f"GET {HERE}/cards/{{id}}", show, READ, (None, WholeCardEntity)),
    own(f"PATCH {HERE}/cards/{{id}}", change, WRITE, (CardAsked, WholeCardEntity)),
    own(f"DELETE {HERE}/cards/{{id}}", erase, WRITE),
    own(f"POST {HERE}/cards/{{id}}/wordings", word, WRITE, (WordingAsked, WholeCardEntity)),
    own(f"POST {HERE}/cards/{{id}}/answer", answer, WRITE, (Remarks, Sent)),
]
ROUTES = lines(OWN)
