"""Words of support in our own API: one's own to a post, and what one's own posts got, without names or numbers."""

from __future__ import annotations

import msgspec

from salledepause.features import supports
from salledepause.features.accounts import Family
from salledepause.features.supports import Word
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import user


class ReceivedEntity(msgspec.Struct, frozen=True):
    """A word that came, and the role families that it came from, of those who show theirs."""

    word: Word
    families: list[Family]


class SupportEntity(msgspec.Struct, frozen=True):
    """What who calls sees of the support of a post; `received` is null but to its author."""

    word: Word | None
    received: list[ReceivedEntity] | None


class WordAsked(msgspec.Struct):
    """The word to say, « je suis là » when none is given."""

    word: Word = Word.HERE


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/posts/:id/support: one's own word; to the author, what came."""
    found, own_post = await supports.one(call.tx, call.me, call.id())
    received = [ReceivedEntity(one.word, list(one.families)) for one in found.received] if own_post else None
    return json(SupportEntity(found.mine, received))


async def give(call: Call) -> Answer:
    """POST /api/salledepause/v1/posts/:id/support: support somebody with a word, in the place of another."""
    await supports.give(call.tx, call.me, call.id(), call.read(WordAsked).word)
    return await show(call)


async def withdraw(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/posts/:id/support: take one's word back."""
    await supports.withdraw(call.tx, call.me, call.id())
    return await show(call)


HERE = "/api/salledepause/v1/posts/{id}/support"
OWN = [
    own(f"GET {HERE}", show, user("read:favourites"), (None, SupportEntity)),
    own(f"POST {HERE}", give, user("write:favourites"), (WordAsked, SupportEntity)),
    own(f"DELETE {HERE}", withdraw, user("write:favourites"), (None, SupportEntity)),
]
ROUTES = lines(OWN)
