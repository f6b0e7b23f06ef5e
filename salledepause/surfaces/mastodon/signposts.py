"""Who does what, in our API: for everybody to read, what a status seems to be for, and writing for administrators."""

from __future__ import annotations

import msgspec

from salledepause.features import moderation, posts, signposts
from salledepause.features.signposts import Signpost, Wanted
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon import described
from salledepause.surfaces.mastodon.described import own
from salledepause.surfaces.routes import anyone, user

LONGEST = 100


class SignpostEntity(msgspec.Struct, frozen=True):
    """A kind of request and the desk that answers it, in French; `ours` when it comes with the house as it is."""

    key: str
    name: str
    desk: str
    does: str
    """What that desk does."""
    reply: str
    """A courteous answer, to look over before it is sent."""
    source: str
    source_url: str
    words: list[str]
    """Words that are each enough for a question to be recognised; `*` is any ending."""
    hints: list[str]
    """Words of which it takes two."""
    ours: bool
    url: str


class AstrayEntity(msgspec.Struct, frozen=True):
    """What a status seems to be for: one where that is clear, the nearest in any case, and the words of the status that tell."""

    proposed: SignpostEntity | None
    near: list[SignpostEntity]
    because: list[str]


class Looked(msgspec.Struct):
    """What is looked for; empty: everything."""

    q: str = ""


def entity(call: Call, one: Signpost) -> SignpostEntity:
    """Return a signpost."""
    texts = (one.key, one.name, one.desk, one.does, one.reply, one.source, one.address)
    return SignpostEntity(*texts, list(one.words), list(one.hints), one.ours, call.site.url(f"/qui-fait-quoi#{one.key}"))


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/signposts: those that answer `q`, the best first, or all in their order."""
    found = signposts.found(await signposts.known(call.tx), call.read(Looked).q[:LONGEST])
    return json([entity(call, one) for one in found])


async def propose(call: Call) -> Answer:
    """GET /api/salledepause/v1/statuses/{id}/signpost: what a status seems to be for; nothing is sent."""
    await posts.one_visible(call.tx, call.id(), call.me)
    said = (await posts.load(call.tx, [call.id()])).get(call.id())
    if said is None:
        raise Missing
    read = (await signposts.proposed_to(call.tx, call.me, [(call.id(), said.text)]))[0]
    near = [entity(call, one) for one in read.near]
    return json(AstrayEntity(entity(call, read.proposed) if read.proposed else None, near, list(read.because)))


class RefusedSignpost(msgspec.Struct):
    """The key of a signpost that is not, or is, what a status is for."""

    key: str = ""


async def refuse(call: Call) -> Answer:
    """POST /api/salledepause/v1/statuses/{id}/signpost/refuse: it is not that one, which is proposed for it no more."""
    await signposts.refuse(call.tx, call.me, call.id(), call.read(RefusedSignpost).key)
    return await propose(call)


async def unrefuse(call: Call) -> Answer:
    """POST /api/salledepause/v1/statuses/{id}/signpost/unrefuse: take that back."""
    await signposts.unrefuse(call.tx, call.me, call.id())
    return await propose(call)


async def confirm(call: Call) -> Answer:
    """POST /api/salledepause/v1/statuses/{id}/signpost/confirm: it is that one, as who answers by its reply says."""
    await signposts.confirm(call.tx, call.me, call.id(), call.read(RefusedSignpost).key)
    return await propose(call)


class LessonEntity(msgspec.Struct, frozen=True):
    """A word of a signpost that counts one less: several people said « pas celui-là » where it stood, fewer that it was right."""

    key: str
    word: str
    refused: int
    confirmed: int


async def lessons(call: Call) -> Answer:
    """GET /api/salledepause/v1/admin/signposts/lessons: what the house learned, for hosts."""
    await moderation.keeper(call.tx, call.me)
    return json([LessonEntity(*one) for one in await signposts.lessons(call.tx)])


class SignpostAsked(msgspec.Struct):
    """A signpost as an administrator writes it; words are set apart by commas or lines."""

    name: str = ""
    desk: str = ""
    does: str = ""
    reply: str = ""
    source: str = ""
    source_url: str = ""
    words: str = ""
    hints: str = ""


async def write(call: Call) -> Answer:
    """PUT /api/salledepause/v1/admin/signposts: write one, in the place of the one of that name, for administrators."""
    asked = call.read(SignpostAsked)
    texts = {name: getattr(asked, name) for name in ("name", "desk", "does", "reply", "source", "words", "hints")}
    return json(entity(call, await signposts.write(call.tx, call.me, Wanted(**texts, address=asked.source_url))))


class Dropped(msgspec.Struct):
    """The key of a signpost."""

    key: str = ""


async def drop(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/signposts/remove: take one out, for administrators."""
    await signposts.drop(call.tx, call.me, call.read(Dropped).key)
    return json({})


async def forget(call: Call) -> Answer:
    """POST /api/salledepause/v1/admin/signposts/forget: the words of one count as the table has them, for administrators."""
    await signposts.forget(call.tx, call.me, call.read(Dropped).key)
    return json({})


SIGNPOSTS, ADMIN = "/api/salledepause/v1/signposts", "/api/salledepause/v1/admin/signposts"
OF_STATUS = "/api/salledepause/v1/statuses/{id}/signpost"
WRITING = user("admin:write:reports")
OWN = [
    own(f"GET {SIGNPOSTS}", show, anyone(), (Looked, list[SignpostEntity])),
    own(f"GET {OF_STATUS}", propose, user("read:statuses"), (None, AstrayEntity)),
    own(f"POST {OF_STATUS}/refuse", refuse, user("write:statuses"), (RefusedSignpost, AstrayEntity)),
    own(f"POST {OF_STATUS}/unrefuse", unrefuse, user("write:statuses"), (None, AstrayEntity)),
    own(f"POST {OF_STATUS}/confirm", confirm, user("write:statuses"), (RefusedSignpost, AstrayEntity)),
    own(f"GET {ADMIN}/lessons", lessons, user("admin:read:reports"), (None, list[LessonEntity])),
    own(f"POST {ADMIN}/forget", forget, WRITING, (Dropped, None)),
    own(f"PUT {ADMIN}", write, WRITING, (SignpostAsked, SignpostEntity)),
    own(f"POST {ADMIN}/remove", drop, WRITING, (Dropped, None)),
]
ROUTES = described.lines(OWN)
