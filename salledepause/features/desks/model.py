"""What desks, cards and remarks are, what may be written on a card, how remarks stand together: frozen records, pure rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import clean, fits, length

LONGEST_ANSWER, LONGEST_NUANCE, LONGEST_REMARK, LONGEST_SOURCE, MOST_SOURCES = 500, 2000, 500, 300, 5
LONGEST_NAME, LONGEST_PURPOSE = 60, 300
LONGEST_WORDING = 5000
MINUTES = 4
"""What an answer would take to write, unless its card says otherwise."""
MOST_MINUTES = 240
MOST_PACE = 200
MOST_DESKS, MOST_MEMBERS, MOST_CARDS = 5, 50, 500
LASTS = timedelta(days=365)
"""How long a card holds that does not say."""
AN_HOUR = timedelta(hours=1)
RINGS = 4
"""How many times an hour a member is told that remarks wait."""
MENTIONS = 6
"""How many mentions an hour ring for who gives theirs to a desk: together with `RINGS`, never more than ten."""
APART = timedelta(minutes=10)
"""Between two rings of a member."""
WRITES_FOR = timedelta(minutes=10)
"""How long whoever writes a draft is said to be writing it."""
ASKED_AT_MOST = 10
"""Questions of one person to a desk in an hour."""
KEPT = timedelta(days=30)
NAMES = re.compile(r"(?:@[\w.-]+(?:@[\w.-]+)?[\s,:]+)+")
STOP, LONGEST_STOP = r"^\s*(@\S+\s+)*stop\s*[.!]*\s*$", 200
"""« Stop », alone or after names; as Python and PostgreSQL both read it, whatever the capitals."""


class Desk(msgspec.Struct, frozen=True):
    """A desk; field order is the order of `store.DESK`."""

    id: int
    name: str
    purpose: str
    asked: bool
    answers: bool
    pace: int
    version: int


class Member(msgspec.Struct, frozen=True):
    """Somebody who owns a desk with others, or is invited to (`joined` is false)."""

    desk_id: int
    account_id: int
    joined: bool
    takes_in: bool


class Card(msgspec.Struct, frozen=True):
    """A ready answer; field order is the order of `store.CARD`."""

    id: int
    desk_id: int
    owner_id: int | None
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

    @property
    def saved(self) -> int:
        """Minutes that saying it again has saved."""
        return self.said * self.minutes

    def sendable(self, today: date) -> bool:
        """Tell whether it may be sent: sourced, owned and not past its date."""
        return bool(self.sources) and self.owner_id is not None and today <= self.expires_on


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What is written on a card; `None` takes what stands there, or a default."""

    remark: str | None = None
    answer: str | None = None
    nuance: str | None = None
    sources: list[str] | None = None
    as_of: date | None = None
    expires_on: date | None = None
    minutes: int | None = None
    automatic: bool | None = None
    public: bool | None = None


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """All that is written on a card."""

    as_of: date
    expires_on: date
    remark: str = ""
    answer: str = ""
    nuance: str = ""
    sources: list[str] = []
    minutes: int = MINUTES
    automatic: bool = False
    public: bool = False


class Version(msgspec.Struct, frozen=True):
    """What a card said since an instant, by whom."""

    version: int
    at: datetime
    by_id: int | None
    remark: str
    answer: str
    nuance: str
    sources: list[str]
    as_of: date
    expires_on: date


class Wording(msgspec.Struct, frozen=True):
    """A text that is the remark of a card, or is not."""

    id: int
    card_id: int
    text: str
    fits: bool


class Near(msgspec.Struct, frozen=True, array_like=True):
    """A card that may answer, how sure that is, and the known words that are nearest: the why."""

    card_id: int
    score: float
    example: str


class Remark(msgspec.Struct, frozen=True):
    """What a desk is asked; field order is the order of `store.REMARK`. Without a post, `text` holds the words.

    Who asks is an account of the house, or somebody on another server.
    """

    id: int
    desk_id: int
    account_id: int | None
    post_id: int | None
    text: str
    at: datetime
    state: str
    learned: int
    candidates: list[Near]
    reason: str
    card_id: int | None
    by_id: int | None
    draft: str
    draft_by: int | None
    draft_at: datetime | None
    stranger_id: int | None

    @property
    def person_id(self) -> int:
        """Who asks, by an id that is an account's or a stranger's: both come from one sequence."""
        return self.account_id or self.stranger_id or 0

    def writer(self, now: datetime) -> int | None:
        """Return who is writing an answer just now."""
        return self.draft_by if self.draft_at and now < self.draft_at + WRITES_FOR else None


class Told(NamedTuple):
    """To whom a card was said, by which post, in which conversation (a thread, to a stranger elsewhere); the post in the open."""

    account_id: int | None
    post_id: int | None
    conversation_id: int
    stranger_id: int | None = None
    open_post_id: int | None = None


class Group(NamedTuple):
    """Remarks that one answer would serve: those whose nearest card is the same; `card_id` is `None` for those near none."""

    card_id: int | None
    remarks: tuple[Remark, ...]


class Waiting(Event, frozen=True):
    """These are to be told that their desk waits for them: remarks to read, or a card past its date."""

    account_ids: tuple[int, ...]


def grouped(remarks: Sequence[Remark]) -> list[Group]:
    """Return remarks by their nearest card, the largest group first, those near none at the end; each in its order."""
    found: dict[int | None, list[Remark]] = {}
    for one in remarks:
        found.setdefault(one.candidates[0].card_id if one.candidates else None, []).append(one)
    order = sorted(found, key=lambda card: (card is None, -len(found[card]), card or 0))
    return [Group(card, tuple(found[card])) for card in order]


def may_ring(rung: Sequence[datetime], now: datetime) -> bool:
    """Tell whether somebody who was rung at some instants may be rung again."""
    lately = [at for at in rung if at > now - AN_HOUR]
    return len(lately) < RINGS and not any(at > now - APART for at in lately)


def says_stop(text: str) -> bool:
    """Tell whether a text says « stop » and nothing else."""
    return len(text) <= LONGEST_STOP and re.search(STOP, text, re.IGNORECASE) is not None


def words_of(text: str) -> str:
    """Return a text without the names that it begins with: what is asked, not of whom."""
    text = text.strip()
    found = NAMES.match(text)
    return text[found.end() :] if found else text


def key_of(text: str) -> bytes:
    """Return what makes two wordings the same: their words, whatever their capitals and spaces."""
    return sha256(" ".join(text.casefold().split()).encode()).digest()


def check_desk(name: str, purpose: str) -> tuple[str, str]:
    """Return the clean name and purpose of a desk; raises BadInput."""
    name, purpose = " ".join(clean(name).split()), clean(purpose)
    if not name or not fits(name, LONGEST_NAME):
        raise BadInput("Donnez un nom au guichet, de {most} caractères au plus.", most=LONGEST_NAME)
    if not fits(purpose, LONGEST_PURPOSE):
        raise BadInput("Dites à quoi sert le guichet en {most} caractères au plus.", most=LONGEST_PURPOSE)
    return name, purpose


def check_words(text: str, most: int) -> str:
    """Return a clean text that is neither empty nor too long; raises BadInput."""
    text = clean(text)
    if not text:
        raise BadInput("Écrivez quelque chose.")
    if not fits(text, most):
        size = length(text)
        if size <= most:
            raise BadInput("Texte trop chargé : certains caractères sont faits de trop de signes.")
        raise BadInput("Texte trop long : {size} caractères pour {most} au plus.", size=size, most=most)
    return text


def checked(written: Written, today: date, before: Card | None = None) -> Whole:
    """Return what a card is to say, clean and whole; raises BadInput for what it may not say."""
    given = {name: value for name, value in msgspec.structs.asdict(written).items() if value is not None}
    known = {name: getattr(before, name) for name in Whole.__struct_fields__} if before else {}
    known = {"as_of": today, "expires_on": today + LASTS} | known | given
    if known["as_of"] > today or known["expires_on"] <= known["as_of"]:
        raise BadInput("« À jour au » est un jour passé ou d'aujourd'hui, et la fiche expire après.")
    whole = Whole(**known)
    nuance = clean(whole.nuance)
    if not fits(nuance, LONGEST_NUANCE):
        raise BadInput("Nuance trop longue : {most} caractères au plus.", most=LONGEST_NUANCE)
    if not 0 <= whole.minutes <= MOST_MINUTES:
        raise BadInput("Une réponse prend de 0 à {most} minutes.", most=MOST_MINUTES)
    return msgspec.structs.replace(
        whole,
        remark=check_words(whole.remark, LONGEST_REMARK),
        answer=check_words(whole.answer, LONGEST_ANSWER),
        nuance=nuance,
        sources=_sources(whole.sources),
    )


def _sources(given: Sequence[str]) -> list[str]:
    sources = [one for one in (" ".join(clean(one).split()) for one in given) if one]
    if not 0 < len(sources) <= MOST_SOURCES:
        raise BadInput("Une fiche cite d'une à {most} sources : adresse, texte de loi, décision.", most=MOST_SOURCES)
    if not all(fits(one, LONGEST_SOURCE) for one in sources):
        raise BadInput("Une source tient en {most} caractères.", most=LONGEST_SOURCE)
    return sources


def message(card: Card, number: int, stop: str = "") -> str:
    """Return what is sent: answer, nuance, sources, how fresh it is, how often it was said; `stop`: how to hear no more."""
    times = f"{number:,}".replace(",", "\u202f")
    foot = f"À jour au {card.as_of:%d/%m/%Y}. Dit {times} fois."
    cited = "Sources\u00a0: " if len(card.sources) > 1 else "Source\u00a0: "
    parts = [card.answer, card.nuance, cited + "\u202f; ".join(card.sources), foot, stop]
    return "\n\n".join(part for part in parts if part)
