"""Cards are drawn once: what a page repeats for everybody is kept by version, and what differs is put into its slots.

A card's markup depends on the versions of its post and of its people, on the viewer's gestures and rights; the page to come back
to is a slot, filled here; the word of forms and how long ago it was said are those of pages (slots.py), left to them. Polls and
quotes are the viewer's own, and words that end are kept nowhere: such cards are drawn each time.
"""

from __future__ import annotations

from collections.abc import Hashable
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from salledepause.surfaces.web import slots
from salledepause.surfaces.web.cards import Card

MOST = 8 * 1024 * 1024
"""Characters kept for a language; the oldest drawn leave first."""
TEMPLATE = "card.html"


class Drawer:
    """Draws the cards of one language."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[Hashable, str] = {}
        self._size = 0
        self._here = token_hex(12)

    @pass_context
    def card(self, context: Context, card: Card, *, focal: bool = False) -> Markup:
        """Return the markup of a card on the page that `context` is of."""
        if card.poll or card.quotes or card.post.expires_at:
            return Markup(self._drawn(context, card, focal, {}))  # noqa: S704 - a template made it
        key = _key(card, focal=focal, may=(context["me"] is not None, context["writes"], bool(context["terms"])))
        drawn = self._kept.get(key)
        if drawn is None:
            drawn = self._keep(key, self._drawn(context, card, focal, {"csrf": slots.WORD, "here": self._here}))
        here = context["here"]
        filled = drawn.replace(f"back={self._here}", f"back={quote(here)}").replace(self._here, str(escape(here)))
        return Markup(filled)  # noqa: S704 - the slots' values are escaped above

    def _drawn(self, context: Context, card: Card, focal: bool, instead: dict[str, str]) -> str:
        values: dict[str, Any] = {name: context[name] for name in ("me", "writes", "csrf", "here", "lang", "settings", "terms")}
        return context.environment.get_template(TEMPLATE).render(values | {"card": card, "focal": focal} | instead)

    def forget(self) -> None:
        """Keep nothing any more: something that all cards show changed."""
        self._kept.clear()
        self._size = 0

    def _keep(self, key: Hashable, drawn: str) -> str:
        self._kept[key] = drawn
        self._size += len(drawn)
        while self._size > MOST:
            self._size -= len(self._kept.pop(next(iter(self._kept))))
        return drawn


def _key(card: Card, *, focal: bool, may: tuple[bool, ...]) -> Hashable:
    """Return all that the markup of a card depends on, its slots apart."""
    people = tuple((one.id, one.version) for one in (card.author, *card.sharers))
    answers = card.answers.handle if card.answers else ""
    manner = (focal, card.step, card.mine, card.caught, card.far, card.blurred, card.advice, card.gestures, card.support, *may)
    return (card.post.id, card.post.version, people, answers, manner)
