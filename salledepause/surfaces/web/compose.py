"""Writing: the form of a new message, the page that keeps what was typed when it is refused, and the sending."""

from __future__ import annotations

from secrets import token_urlsafe

import msgspec

from salledepause.features import posts
from salledepause.features.accounts import Account
from salledepause.features.posts import OFFERED, TO_A_DOUBT, Audience, Draft, Kind
from salledepause.kernel import ids
from salledepause.kernel.errors import Forbidden, Refusal
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, cards, guests, safety, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.writers import writer

READING = "Vous êtes en mode lecteur. Pour écrire, passez en mode contributeur dans vos réglages : un bouton suffit."


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a form of writing holds, filled or not; `key` makes two sendings of one form one message."""

    text: str = ""
    kind: Kind | None = None
    audience: Audience | None = None
    warning: str = ""
    shows_family: bool = False
    answering: str = ""
    key: str = ""
    back: str = "/"

    @property
    def draft(self) -> Draft:
        """What to publish."""
        return Draft(
            text=self.text,
            kind=self.kind,
            audience=self.audience,
            warning=self.warning,
            shows_family=self.shows_family,
            parent_id=ids.parse(self.answering) if self.answering else None,
        )


def blank(me: Account) -> Form:
    """Return an empty form with the habits of its writer."""
    habit = Audience(me.default_audience)
    return Form(kind=OFFERED[0], audience=habit, shows_family=me.shows_family, key=token_urlsafe(12))


def answer_to(me: Account, card: Card) -> Form:
    """Return an empty form that answers a post: naming whom it answers, of a kind that it accepts, read by the same people."""
    kind = TO_A_DOUBT[0] if card.post.kind is Kind.DOUBT else OFFERED[0]
    named = "" if card.author.id == me.id else f"@{card.author.handle} "
    back = addresses.post(card.author.handle, card.post.id)
    return Form(
        text=named, kind=kind, shows_family=me.shows_family, answering=str(card.post.id), key=token_urlsafe(12), back=back
    )


async def show(call: Call) -> Answer:
    """GET /ecrire: the form alone."""
    return page(call, "compose.html", form=blank(_writer(call)), parent=None, error="")


async def send(call: Call) -> Answer:
    """POST /ecrire: publish, then back to where one was; a refusal keeps what was typed."""
    _writer(call)
    form = call.read(Form)
    try:
        async with call.tx.attempt():
            made = await _publish(call, form)
    except Refusal as refusal:
        return await _again(call, form, refusal)
    return safety.to(addresses.header_value(f"{addresses.own(form.back)}#p{made}"))


async def _publish(call: Call, form: Form) -> int:
    if not form.key:
        return await posts.publish(call.tx, call.me, form.draft)
    made = await posts.publish_once(call.tx, await writer(call, None), form.key, form.draft)
    return made.post.id


async def _again(call: Call, form: Form, refusal: Refusal) -> Answer:
    parent = None
    if form.answering:
        rows = await posts.visible(call.tx, [ids.parse(form.answering)], call.viewer)
        parent = next(iter(await cards.dealt(call.tx, rows, call.viewer)), None)
    error = wording.told(refusal, call.language)
    return page(call, "compose.html", status=refusal.status, form=form, parent=parent, error=error)


def _writer(call: Call) -> Account:
    me = guests.account(call)
    if me is None or me.reads_only:
        raise Forbidden(READING)
    return me


DESTINATIONS = [Destination("Écrire", "/ecrire", "pen", Who.CONTRIBUTOR, rank=30, bar=True)]
ROUTES = [
    route("GET", "/ecrire", show, user("")),
    route("POST", "/ecrire", guests.guarded(send), user("")),
]
