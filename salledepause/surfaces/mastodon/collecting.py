"""What our collections say beyond Mastodon's: reasons; followed, kept as a list, carried as a table; an API of ours."""

from __future__ import annotations

import msgspec

from salledepause.features import accounts, graph
from salledepause.kernel import ids
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import reading, user


class RecommendedEntity(msgspec.Struct):
    """Somebody in a collection: the item's id, the account, and why (empty: nothing is said)."""

    id: str
    account_id: str
    acct: str
    reason: str


class CollectionEntity(msgspec.Struct):
    """A collection and who is in it, as one may see it."""

    id: str
    account_id: str
    name: str
    description: str
    url: str
    people: list[RecommendedEntity]


class ReasonAsked(msgspec.Struct):
    """Whom to put in, or who is in already, and why (280 characters); absent, the reason stays."""

    account_id: str = ""
    reason: str | None = None


class TakingAsked(msgspec.Struct):
    """Which of them; absent: all."""

    account_ids: list[str] | None = None

    @property
    def wanted(self) -> list[int] | None:
        """Their ids."""
        return None if self.account_ids is None else ids.several(self.account_ids)


class TableAsked(msgspec.Struct):
    """A table of people, as Mastodon writes lists (CSV), perhaps with reasons."""

    table: str = ""


class TakenEntity(msgspec.Struct):
    """How many were taken, and how many were passed over."""

    taken: int
    refused: int


class ListEntity(msgspec.Struct):
    """The list that was made, to be read as any of one's own."""

    id: str
    title: str


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/collections/:id: who is recommended, and why."""
    found = await graph.collection(call.tx, call.id(), call.viewer)
    held = (await graph.collected(call.tx, [found.id], call.viewer)).get(found.id, [])
    who = await accounts.load(call.tx, [one.account_id for one in held])
    people = [
        RecommendedEntity(str(one.id), str(one.account_id), who[one.account_id].handle, one.reason)
        for one in held
        if one.account_id in who
    ]
    url = call.site.url(f"/collections/{found.id}")
    return json(CollectionEntity(str(found.id), str(found.account_id), found.name, found.description, url, people))


async def say_why(call: Call) -> Answer:
    """POST /api/salledepause/v1/collections/:id/reasons: put somebody in one's own, or say another reason."""
    asked = call.read(ReasonAsked)
    await graph.collect(call.tx, call.me, call.id(), ids.parse(asked.account_id), asked.reason)
    return await show(call)


async def follow(call: Call) -> Answer:
    """POST /api/salledepause/v1/collections/:id/follow: follow its people, some or all; who is locked is asked."""
    done = await graph.follow_collected(call.tx, call.me, call.id(), call.read(TakingAsked).wanted)
    return json(TakenEntity(*done))


async def make_list(call: Call) -> Answer:
    """POST /api/salledepause/v1/collections/:id/list: a list of one's own, of those whom one follows, some or all."""
    made = await graph.list_collected(call.tx, call.me, call.id(), call.read(TakingAsked).wanted)
    return json(ListEntity(str(made.id), made.title))


async def export(call: Call) -> Answer:
    """GET /api/salledepause/v1/collections/:id/export: as a table (CSV) of Mastodon's form, with the reasons."""
    body = await graph.table_of(call.tx, call.id(), call.viewer)
    return Answer(body, headers=((b"content-type", b"text/csv; charset=utf-8"),))


async def bring(call: Call) -> Answer:
    """POST /api/salledepause/v1/collections/:id/import: put the people of a table in one's own."""
    return json(TakenEntity(*await graph.bring_collected(call.tx, call.me, call.id(), call.read(TableAsked).table)))


HERE = "/api/salledepause/v1/collections/{id}"
READING, WRITING = reading("read:collections"), user("write:collections")
OWN = [
    own(f"GET {HERE}", show, READING, (None, CollectionEntity)),
    own(f"POST {HERE}/reasons", say_why, WRITING, (ReasonAsked, CollectionEntity)),
    own(f"POST {HERE}/follow", follow, user("write:follows"), (TakingAsked, TakenEntity)),
    own(f"POST {HERE}/list", make_list, user("write:lists"), (TakingAsked, ListEntity)),
    own(f"GET {HERE}/export", export, READING, (None, bytes)),
    own(f"POST {HERE}/import", bring, WRITING, (TableAsked, TakenEntity)),
]
ROUTES = lines(OWN)
