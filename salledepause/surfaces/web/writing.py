"""What a form of writing holds, filled or not, and what it asks to publish: the same in a thread, on the home page, alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from salledepause.features.accounts import Account
from salledepause.features.posts import (
    MOST_CHARACTERS,
    OFFERED,
    SHOWN,
    TO_A_DOUBT,
    Audience,
    Draft,
    Kind,
    MediaWords,
    PollDraft,
)
from salledepause.features.rooms import Room
from salledepause.features.victories import THANKING
from salledepause.kernel import clock, ids, tongues
from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import clean, fits, scan
from salledepause.surfaces.web import addresses, slots
from salledepause.surfaces.web.cards import Card

SOON, FAR = timedelta(minutes=5), timedelta(days=365)
"""How long ahead a message may be planned."""
A_DAY = timedelta(days=1)
"""How long a poll lasts unless another length is chosen."""
LASTS = {300: "5 minutes", 3600: "1 heure", 21600: "6 heures", 86400: "1 jour", 259200: "3 jours", 604800: "7 jours"}
LONGEST_POLL = 10**8
HUMOUR = "humour"
"""The tag of what is for fun."""
FOCI = {
    "": (0.0, 0.0),
    "top": (0.0, 0.8),
    "bottom": (0.0, -0.8),
    "left": (-0.8, 0.0),
    "right": (0.8, 0.0),
}
"""What stays in sight of a picture that is cropped (x, y, each from -1 to 1), by the word of the form."""


class Whole(NamedTuple):
    """What the whole form offers beside what the short ones do; seconds by how long a poll lasts, languages by code."""

    lasts: dict[int, str]
    most_options: int
    most_media: int
    languages: dict[str, str]


class Attached(msgspec.Struct, frozen=True):
    """The words of a medium."""

    description: str = ""
    focus: str = ""
    decorative: bool = False
    """Whether it shows nothing that a description would tell."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a form of writing holds; `key` makes two sendings of one form one message."""

    text: str = ""
    kind: Kind | None = None
    audience: Audience | None = None
    warning: str = ""
    language: str = ""
    """Empty: as the text seems to be."""
    shows_family: bool = False
    editing: str = ""
    """The message that it changes; empty for a new one."""
    answering: str = ""
    room: str = ""
    """The room that it is for; its rules say who reads."""
    hours: int = 0
    """How long it lasts, in a room whose words end; 0 where nothing ends."""
    quoting: str = ""
    media: dict[str, Attached] = {}
    """By id, in their order."""
    thanks: tuple[str, ...] = ()
    """To whom a victory or a thank-you goes, in the words of `victories.Recipient`."""
    closed: bool = False
    """Whether nobody else may answer or quote it."""
    whom: str = ""
    """What is typed of one more."""
    options: tuple[str, ...] = ()
    lasts: int = 86400
    """Seconds that the poll lasts."""
    multiple: bool = False
    at: str = ""
    """When to publish, on the clock of Paris; empty: now."""
    shape: Literal["", "unfold", "thread"] = ""
    """What a text longer than what shows at once becomes; empty: still to be chosen."""
    step: Literal["", "publish", "preview", "more"] = ""
    humour: bool = False
    """Whether to say by a tag that it is for fun, so that whoever would rather not meet that filters it."""
    word: bool = False
    """Whether to ask who is on shift for a word."""
    question: str = ""
    """The question that it answers, in the diary of an open door."""
    signpost: str = ""
    """The signpost whose reply it was filled with."""
    gives: Literal["", "support", "advice"] = ""
    """What an answer to who asks for a word gives."""
    looked: str = ""
    """Names what the guard of the secret showed and who writes it wants to publish all the same."""
    was: str = ""
    """What was written before it was said otherwise."""
    reword: str = ""
    """What to say otherwise: `all`, the place of one part, or `undo`."""
    key: str = ""
    back: str = "/"

    @property
    def said(self) -> str:
        """Its text, with the tag of what is for fun where that was chosen and is not said yet."""
        if not self.humour or HUMOUR in {tag.lower() for tag in scan(self.text).tags}:
            return self.text
        return f"{self.text.rstrip()}\n\n#{HUMOUR}".lstrip()

    @property
    def draft(self) -> Draft:
        """What to publish; raises Missing for what cannot be an id."""
        options = tuple(one for one in self.options if one.strip())
        lasts = timedelta(seconds=max(0, min(self.lasts, LONGEST_POLL)))
        return Draft(
            text=self.said,
            kind=self.kind,
            audience=self.audience,
            warning=self.warning,
            language=self.language or tongues.guessed(self.text),
            shows_family=self.shows_family,
            parent_id=ids.parse(self.answering) if self.answering else None,
            quoted_id=ids.parse(self.quoting) if self.quoting else None,
            closed=self.closed,
            media_ids=tuple(map(ids.parse, self.media)),
            poll=PollDraft(options, lasts, self.multiple) if options else None,
            room_id=ids.parse(self.room) if self.room else None,
            hours=self.hours or None,
        )

    @property
    def recipients(self) -> tuple[str, ...]:
        """To whom it goes, what is still typed among them; nobody where the kind of message goes to nobody."""
        return tuple(one for one in (*self.thanks, self.whom) if one.strip()) if self.kind in THANKING else ()

    @property
    def words(self) -> list[MediaWords]:
        """What is said of its media."""
        return [
            MediaWords(ids.parse(one), said.description, FOCI.get(said.focus), decorative=said.decorative)
            for one, said in self.media.items()
        ]

    def long(self, link_weight: int) -> bool:
        """Tell whether its text is longer than what shows at once, and no longer than what may be published."""
        return not fits(clean(self.said), SHOWN, link_weight) and fits(self.said, MOST_CHARACTERS, link_weight)

    @property
    def undescribed(self) -> int:
        """How many of its media have no description, and are not said to need none."""
        return sum(not (one.description.strip() or one.decorative) for one in self.media.values())

    def unsettled(self, link_weight: int) -> bool:
        """Tell whether something is still to be looked at before it is sent."""
        shapeless = self.long(link_weight) and not self.shape
        return self.step == "preview" or shapeless or self.undescribed > 0

    @property
    def instant(self) -> datetime | None:
        """When to publish, `None`: now; an hour that the change of clocks leaps over is read as the next. Raises BadInput."""
        if not self.at:
            return None
        try:
            local = datetime.fromisoformat(self.at)
        except ValueError as error:
            raise BadInput("Choisissez un jour et une heure.") from error
        now = clock.now()
        if not now.year - 1 <= local.year <= now.year + 2:
            raise BadInput("Un message se programme au plus un an à l'avance.")
        instant = local.replace(tzinfo=local.tzinfo or clock.PARIS)
        if instant < now + SOON:
            raise BadInput("Un message se programme au moins cinq minutes à l'avance.")
        if instant > now + FAR:
            raise BadInput("Un message se programme au plus un an à l'avance.")
        return instant


def blank(me: Account) -> Form:
    """Return an empty form with the habits of its writer."""
    habit = Audience(me.default_audience)
    return Form(kind=OFFERED[0], audience=habit, shows_family=me.shows_family, key=slots.KEY)


def answer_to(me: Account, card: Card) -> Form:
    """Return an empty form that answers a post: naming whom it answers, of a kind that it accepts, read by the same people."""
    kind = TO_A_DOUBT[0] if card.post.kind is Kind.DOUBT else OFFERED[0]
    named = "" if card.author.id == me.id else f"@{card.author.handle} "
    back = addresses.post(card.author.handle, card.post.id)
    return Form(
        text=named,
        kind=kind,
        shows_family=me.shows_family,
        answering=str(card.post.id),
        room=str(card.post.room_id or ""),
        hours=_hours(card),
        key=slots.KEY,
        back=back,
    )


def _hours(card: Card) -> int:
    return (card.post.room.hours if card.post.room else None) or 0


def in_room(me: Account, room: Room, back: str) -> Form:
    """Return an empty form for a room, whose rules say who reads and how long."""
    return msgspec.structs.replace(blank(me), audience=None, room=str(room.id), hours=room.rules.expires_hours or 0, back=back)


def dedicated(me: Account, who: Account) -> Form:
    """Return an empty form for one person alone, named in it, where one goes back to afterwards."""
    back = addresses.profile(who.handle)
    return msgspec.structs.replace(blank(me), text=f"@{who.handle} ", audience=Audience.DIRECT, back=back)


def quote_of(me: Account, card: Card) -> Form:
    """Return an empty form that quotes a post, of a kind that it accepts."""
    kind = TO_A_DOUBT[0] if card.post.kind is Kind.DOUBT else OFFERED[0]
    form = msgspec.structs.replace(blank(me), kind=kind, quoting=str(card.post.id))
    room = str(card.post.room_id or "")
    return msgspec.structs.replace(form, room=room, audience=None) if room else form
