"""A thank-you for who has no account: the picture that its address shows elsewhere, and a card of A5 to print and pin up.

Only of what anybody may read; drawn when it is asked for, counted apart, outside transactions, and kept nowhere: what is erased
is drawn no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from salledepause.features import posts, waves
from salledepause.features.accounts import LABELS
from salledepause.features.posts import Kind, Seen
from salledepause.features.victories import Recipient, Way
from salledepause.kernel import clock
from salledepause.kernel.errors import Missing
from salledepause.kernel.postcard import Postcard, png
from salledepause.kernel.postcard_pdf import pdf
from salledepause.surfaces.edge import Answer, Call, Header, Rule
from salledepause.surfaces.routes import route
from salledepause.surfaces.web import addresses, cards, safety, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.waves import standing

ELSEWHERE: Header = (b"cross-origin-resource-policy", b"cross-origin")
"""Other sites may show the picture: it is made for that."""


async def picture(call: Call) -> Answer:
    """GET /@handle/{id}/carte.png: 1200 × 630 pixels."""
    card = await _postcard(call)
    return await _drawn(call, lambda: png(card), ((b"content-type", b"image/png"), ELSEWHERE))


async def sheet(call: Call) -> Answer:
    """GET /@handle/{id}/carte.pdf: a card of A5, of as many pages as its words take."""
    card = await _postcard(call)
    foot = wording.said("Écrit dans « {house} », où ces mots se lisent sans compte :", call.language).format(house=card.house)
    named = f'inline; filename="{wording.said("merci", call.language)}-{call.id()}.pdf"'
    headers = ((b"content-type", b"application/pdf"), (b"content-disposition", named.encode("ascii", "ignore")))
    return await _drawn(call, lambda: pdf(card, foot), headers)


async def _drawn(call: Call, draw: Callable[[], bytes], headers: tuple[Header, ...]) -> Answer:
    async with call.site.booths:
        made = await asyncio.to_thread(draw)
    return Answer(made, headers=safety.dressed(headers))


async def _postcard(call: Call) -> Postcard:
    """Return what the card of a post says; raises Missing for what not anybody may read, and for other kinds."""
    async with call.site.db.reading() as tx:
        seen = await posts.one_visible(tx, call.id(), call.viewer)
        found = await cards.dealt(tx, [Seen(seen.cursor, seen.subject, None, 0)], call.viewer)
        wave = (await waves.of(tx, [call.id()])).get(call.id())
    if not found or not found[0].goes_out or found[0].author.handle != call.text("handle"):
        raise Missing
    over = wave is not None and wave.size and not wave.is_open(clock.now())
    return _said(call, found[0], standing(wave, call.language) if wave and over else None)


def _said(call: Call, card: Card, wave: dict[str, Any] | None) -> Postcard:
    post, language = card.post, call.language
    family = f" · {wording.said(LABELS[post.family], language)}" if post.family else ""
    words = post.warning or post.text
    if post.kind is Kind.THANKS:
        heading = "Merci à" if card.thanks else "Merci"
    else:
        heading = "Une victoire, grâce à" if card.thanks else "Une victoire"
    return Postcard(
        heading=wording.said(heading, language),
        words=wording.unbroken(words) if post.language in {"fr", None} else words,
        to=tuple(map(_named, card.thanks)),
        signed=f"@{card.author.handle}{family}",
        house=call.site.settings.title,
        address=call.site.url(addresses.post(card.author.handle, post.id)),
        kept=" · ".join(filter(None, (wave["told"], wave["families"]))) if wave else "",
    )


def _named(one: Recipient) -> str:
    if one.way is Way.ACCOUNT:
        return f"@{one.key}"
    return f"{one.name}, {one.town}" if one.town and one.town.lower() not in one.name.lower() else one.name


DRAWING = Rule("anyone", budget="postcards", transaction=False, reading=True)
ROUTES = [
    route("GET", "/@{handle}/{id}/carte.png", picture, DRAWING),
    route("GET", "/@{handle}/{id}/carte.pdf", sheet, DRAWING),
]
