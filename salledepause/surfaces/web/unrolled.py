"""A whole conversation as one page to read or to print: text only, its author's own chain first, then what others answered."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from salledepause.features import notebook, posts
from salledepause.features.posts import Seen
from salledepause.kernel.errors import Missing
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route
from salledepause.surfaces.web import addresses, cards, safety
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.rendering import page

WORDS_A_MINUTE = 230
"""How fast adults read French prose to themselves (Brysbaert 2019, doi:10.1016/j.jml.2019.104047: 238 words in English)."""


async def show(call: Call) -> Answer:
    """GET /@handle/{id}/lire: the conversation of a post, from its beginning; any of its posts leads there."""
    seen = await posts.one_visible(call.tx, call.id(), call.viewer)
    found = await posts.context(call.tx, seen.subject.id, call.viewer)
    first, *_ = (*found.ancestors, Seen(seen.cursor, seen.subject, None, seen.gestures))
    begun = await cards.dealt(call.tx, [first], call.viewer)
    if not begun:
        raise Missing
    root = begun[0]
    address = f"{addresses.post(root.author.handle, root.post.id)}/lire"
    if call.scope["path"] != address:
        return safety.to(addresses.header_value(f"{address}#p{seen.subject.id}"))
    below = await cards.sifted(call.tx, await cards.dealt(call.tx, found.descendants, call.viewer), call.viewer, "thread")
    own = chain(root, below)
    told = {card.post.id for card in own}
    others = [card for card in below if card.post.id not in told]
    every = [*own, *others]
    numbers = {card.post.id: place for place, card in enumerate(every, 1)}
    learned = await notebook.marked(call.tx, call.viewer, list(numbers)) if call.viewer else {}
    return page(call, "unrolled.html", own=own, others=others, minutes=minutes(every), numbers=numbers, learned=learned)


def chain(root: Card, below: Sequence[Card]) -> list[Card]:
    """Return what the author of a post went on to say: the post, their first answer to it, their first answer to that one."""
    own = [root]
    for one in sorted(below, key=lambda card: card.post.id):
        if one.post.parent_id == own[-1].post.id and one.author.id == root.author.id:
            own.append(one)
    return own


def minutes(read: Sequence[Card]) -> int:
    """Return how many minutes a conversation takes to read, one at least."""
    return max(1, ceil(sum(len(card.post.text.split()) for card in read) / WORDS_A_MINUTE))


ROUTES = [route("GET", "/@{handle}/{id}/lire", show, reading())]
