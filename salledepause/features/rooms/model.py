"""What a room is and what its row of rules allows whom: frozen records and pure functions, the oracle of its tests."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from salledepause.features.accounts import Family
from salledepause.features.verification import CARERS
from salledepause.kernel.clock import PARIS
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import Event
from salledepause.kernel.text import fits

NAME_LENGTH, PURPOSE_LENGTH = 50, 500
FEWEST_IN_A_CIRCLE, MOST_IN_A_CIRCLE = 3, 25
"""People in a room that a contributor opens; with fewer it is being formed, and works."""
MOST_KEPT = 10
"""Open rooms that one person keeps."""
SORT = re.compile(r"[a-z]{1,20}")
OUR_SORTS = {"circle", "band"}
"""Sorts of rooms that a contributor opens."""
FEWEST_COUNTED = 5
"""Below, how many people are in a room is never said."""
PRESENT_FOR = timedelta(minutes=5)
MANY_PRESENT = 10
LIVES = (1, 3, 6, 12, 24, 48, 72)
"""Hours that what is said may last, as they are proposed; any number between the first and the last will do."""


class Reads(StrEnum):
    """Who may read a room."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    FAMILIES = "families"
    """Who says to be of one of its families."""
    VERIFIED = "verified"
    """Who proved to be of one of its families."""
    MEMBERS = "members"


class Speaks(StrEnum):
    """Who may speak in a room, among those who may read it and are contributors."""

    SIGNED_IN = "signed_in"
    FAMILIES = "families"
    VERIFIED = "verified"
    MEMBERS = "members"
    KEEPERS = "keepers"


class Entry(StrEnum):
    """How one enters a room."""

    FREE = "free"
    CODE = "code"
    INVITATION = "invitation"


class Rings(StrEnum):
    """What a device that is woken may show of what was said in a room."""

    WORDS = "words"
    BARE = "bare"
    """That something happened, without its words, its author or its room."""
    NEVER = "never"
    """Nobody is told of anything, in no list and on no device."""


class In(StrEnum):
    """What somebody is to a room."""

    INVITED = "invited"
    MEMBER = "member"
    KEEPER = "keeper"
    OUT = "out"


INSIDE = {In.MEMBER, In.KEEPER}


class Presence(StrEnum):
    """How many are there, approximately: nobody else, some, many."""

    NOBODY = "nobody"
    SOME = "some"
    MANY = "many"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """A room's row of rules; the fields are columns of `rooms`, in the order of `store.RULES`. Nothing of a room federates."""

    reads: Reads = Reads.MEMBERS
    speaks: Speaks = Speaks.MEMBERS
    families: tuple[Family, ...] = ()
    """Whom `families` and `verified` mean."""
    entry: Entry = Entry.INVITATION
    most_members: int | None = None
    expires_hours: int | None = None
    """Hours after which a post is gone unless its author chose others, 1 to 72; never when `None`."""
    pace_seconds: int = 0
    """Seconds between two posts of one person."""
    media: bool = True
    boosts: bool = False
    """Whether posts may be boosted; only where everybody, or everybody signed in, reads."""
    quotes: bool = False
    """Whether posts may be quoted, by posts of the same room."""
    searchable: bool = False
    """Whether readers find posts by their words."""
    scores: bool = True
    """Whether favourites and boosts are counted."""
    rings: Rings = Rings.BARE
    quiet_from: int | None = None
    """Hours of Paris between which nothing said here rings."""
    quiet_to: int | None = None
    presence: bool = False
    opens_at: datetime | None = None
    """From when one speaks there, where that is not always."""
    ends_at: datetime | None = None
    """Until when one speaks there."""


VENT = Rules(
    reads=Reads.VERIFIED,
    speaks=Speaks.VERIFIED,
    families=CARERS,
    entry=Entry.FREE,
    expires_hours=24,
    media=False,
    scores=False,
    rings=Rings.NEVER,
)
"""Rules of la soupape, as it begins."""
CIRCLE = Rules(entry=Entry.CODE, most_members=MOST_IN_A_CIRCLE)
"""Rules of a small room that a contributor opens."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room; `closed` ones are read, and spoken in no more."""

    id: int
    handle: str
    sort: str
    name: str
    purpose: str
    listed: bool
    """Whether it is proposed to those who could read or enter it."""
    closed: bool
    """Whether it was closed, or its time is over."""
    formed: bool
    """Whether three people were in it one day."""
    early: bool = False
    """Whether its time is still to come."""
    brake_seconds: int = 0
    """Seconds between two posts of one person while it is slowed, beside those of its rules."""
    rules: Rules

    @property
    def small(self) -> bool:
        """Whether it is a circle or a band: the same thing under two labels."""
        return self.sort in OUR_SORTS

    @property
    def of_the_house(self) -> bool:
        """Whether it is a place of the house, not a circle of some: who is put out of it is told why (moderation.exits)."""
        return self.listed or not self.small

    @property
    def pace(self) -> int:
        """Seconds between two posts of one person, there and now."""
        return max(self.rules.pace_seconds, self.brake_seconds)


class Who(NamedTuple):
    """What decides of somebody in a room."""

    signed_in: bool = False
    contributor: bool = False
    family: Family | None = None
    verified: Family | None = None
    standing: In | None = None
    host: bool = False
    """Whether they keep the house: they know of the rooms that it proposes."""


class RoomChanged(Event, frozen=True):
    """The rules, the name or the state of a room changed: what was said in it is shown anew."""

    room_id: int
    searching: bool = False
    """Whether it is searched now and was not, or the contrary."""
    wider: bool = False
    """Whether somebody may read there who could not."""


def may_read(rules: Rules, who: Who) -> bool:
    """Tell whether somebody may read what is said in a room."""
    if rules.reads is Reads.EVERYONE:
        return True
    if not who.signed_in or who.standing is In.OUT:
        return False
    return who.standing is In.KEEPER or _meant(rules.reads, rules, who)


def may_speak(room: Room, who: Who) -> bool:
    """Tell whether somebody may speak in a room: only where they may read, never one who was put out, nor a reader."""
    rules = room.rules
    if room.closed or room.early or not who.contributor or who.standing is In.OUT or not may_read(rules, who):
        return False
    return who.standing is In.KEEPER or _meant(rules.speaks, rules, who)


def may_enter(room: Room, who: Who) -> bool:
    """Tell whether somebody may enter a room, a right code and a free place apart."""
    rules = room.rules
    if room.closed or not who.signed_in or who.standing is In.OUT or who.standing in INSIDE:
        return False
    if rules.entry is Entry.INVITATION and who.standing is not In.INVITED:
        return False
    return rules.reads is Reads.MEMBERS or may_read(rules, who)


def may_know(room: Room, who: Who) -> bool:
    """Tell whether somebody may learn that a room is there."""
    if who.standing in INSIDE or who.standing is In.INVITED:
        return True
    if who.standing is In.OUT and room.rules.reads is not Reads.EVERYONE:
        return False
    return room.listed and (who.host or may_read(room.rules, who) or may_enter(room, who))


def _meant(word: Reads | Speaks, rules: Rules, who: Who) -> bool:
    return {
        "signed_in": who.signed_in,
        "families": who.family in rules.families,
        "verified": who.verified is not None and who.verified in rules.families,
        "members": who.standing in INSIDE,
    }.get(word, False)


def is_quiet(rules: Rules, at: datetime) -> bool:
    """Tell whether an instant is among a room's quiet hours, by the clock of Paris."""
    if rules.quiet_from is None or rules.quiet_to is None:
        return False
    hour = at.astimezone(PARIS).hour
    if rules.quiet_from <= rules.quiet_to:
        return rules.quiet_from <= hour < rules.quiet_to
    return hour >= rules.quiet_from or hour < rules.quiet_to


def gone_at(rules: Rules, at: datetime, hours: int | None = None) -> datetime | None:
    """Return when a post said at an instant is gone: after the hours that its author chose, else those of the room."""
    return at + timedelta(hours=hours or rules.expires_hours) if rules.expires_hours else None


def check_life(hours: int) -> None:
    """Raise BadInput for what cannot be how long a post lasts, in hours."""
    if not 1 <= hours <= LONGEST_LIFE:
        raise BadInput("Un message dure de 1 à {most} heures, ou n'a pas de fin.", most=LONGEST_LIFE)


def presence(number: int) -> Presence:
    """Return how many people are there, approximately."""
    return Presence.NOBODY if not number else Presence.SOME if number < MANY_PRESENT else Presence.MANY


def sayable(number: int) -> int | None:
    """Return how many people are in a room, unless they are so few that the number tells of them."""
    return number if number >= FEWEST_COUNTED else None


def check_sort(sort: str) -> None:
    """Raise BadInput for a sort that is no word."""
    if not SORT.fullmatch(sort):
        raise BadInput("La sorte d'une pièce est un mot de 1 à 20 lettres sans accent.")


def check_words(name: str, purpose: str) -> None:
    """Raise BadInput for a name or a purpose that cannot be."""
    if not name or not fits(name, NAME_LENGTH):
        raise BadInput("Le nom d'une pièce a de 1 à {most} caractères.", most=NAME_LENGTH)
    if not fits(purpose, PURPOSE_LENGTH):
        raise BadInput("Dites à quoi sert la pièce en {most} caractères au plus.", most=PURPOSE_LENGTH)


def opens_wider(before: Rules, after: Rules) -> bool:
    """Tell whether rules may let somebody read who could not before: what was said by then was said to fewer."""
    if before.reads is Reads.EVERYONE:
        return False
    if before.reads is Reads.SIGNED_IN:
        return after.reads is Reads.EVERYONE
    if before.reads is Reads.MEMBERS or after.reads not in {before.reads, Reads.VERIFIED}:
        return after.reads is not before.reads
    return not set(after.families) <= set(before.families)


HOURS, LONGEST_LIFE, LONGEST_PACE, FEWEST, LARGEST = 23, 72, 86_400, 2, 100_000


def checked(rules: Rules) -> Rules:
    """Return rules that hold together; raises BadInput for those that do not. What ends goes nowhere else and is words alone."""
    if rules.expires_hours is not None:
        check_life(rules.expires_hours)
        rules = msgspec.structs.replace(rules, media=False, boosts=False, quotes=False, searchable=False)
    if not 0 <= rules.pace_seconds <= LONGEST_PACE:
        raise BadInput("Le rythme va de 0 à {most} secondes entre deux messages.", most=LONGEST_PACE)
    if rules.most_members is not None and not FEWEST <= rules.most_members <= LARGEST:
        raise BadInput("Une pièce a de {fewest} à {most} places.", fewest=FEWEST, most=LARGEST)
    if {rules.reads, rules.speaks} & {"families", "verified"} and not rules.families:
        raise BadInput("Dites pour quelles familles de métiers la pièce est ouverte.")
    if rules.boosts and rules.reads not in {Reads.EVERYONE, Reads.SIGNED_IN}:
        raise BadInput("On ne partage que ce que tout le monde peut lire.")
    quiet = (rules.quiet_from, rules.quiet_to)
    if (None in quiet and quiet != (None, None)) or any(hour is not None and not 0 <= hour <= HOURS for hour in quiet):
        raise BadInput("Les heures calmes ont un début et une fin, de 0 à 23.")
    return rules


def check_circle(rules: Rules) -> None:
    """Raise BadInput for rules that only hosts may give: a contributor's room is for its members, and small."""
    small = rules.most_members is not None and FEWEST_IN_A_CIRCLE <= rules.most_members <= MOST_IN_A_CIRCLE
    if rules.reads is not Reads.MEMBERS or rules.entry is Entry.FREE or not small:
        raise BadInput(
            "Vous pouvez ouvrir une pièce de {fewest} à {most} personnes, où l'on entre par code ou sur invitation.",
            fewest=FEWEST_IN_A_CIRCLE,
            most=MOST_IN_A_CIRCLE,
        )
