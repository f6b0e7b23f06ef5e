"""What a post is, what it may be, and what happened to it: frozen records and pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntFlag, StrEnum
from typing import NamedTuple

import msgspec

from salledepause.features.accounts import Family
from salledepause.features.posts.media_model import Media, MediaWords
from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import HEAVIEST, SHORTEST_LINK, clean, length

MOST_CHARACTERS = 5000
"""Graphemes of text and warning together."""
SHOWN = 280
"""Graphemes shown before the unfolding."""
MOST_MEDIA = 4
MOST_MENTIONS = 50
MOST_TAGS = 30
MOST_PINS = 5


class Kind(StrEnum):
    """What a post is meant to be; each has exactly one."""

    OPINION = "opinion"
    DOUBT = "doubt"
    STORY = "story"
    VICTORY = "victory"
    THANKS = "thanks"
    QUESTION = "question"
    IDEA = "idea"
    RANT = "rant"
    INFO = "info"
    EXPERIENCE = "experience"
    SOURCE = "source"


KIND_LABELS = {
    Kind.OPINION: "opinion",
    Kind.DOUBT: "doute",
    Kind.STORY: "histoire",
    Kind.VICTORY: "victoire",
    Kind.THANKS: "merci",
    Kind.QUESTION: "question",
    Kind.IDEA: "idée",
    Kind.RANT: "coup de gueule",
    Kind.INFO: "info",
    Kind.EXPERIENCE: "expérience",
    Kind.SOURCE: "source",
}
OFFERED = tuple(kind for kind in Kind if kind not in {Kind.EXPERIENCE, Kind.SOURCE})
"""Kinds of a post that answers nothing."""
TO_A_DOUBT = (Kind.EXPERIENCE, Kind.QUESTION, Kind.SOURCE)
"""Kinds that a doubt accepts as answers; the first is what an app's plain answer becomes."""


class Audience(StrEnum):
    """Who may read a post."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"
    ROOM = "room"
    """Whoever may read the room that it is said in."""


OPEN = {Audience.PUBLIC, Audience.UNLISTED}


class QuotePolicy(StrEnum):
    """Who may quote a post, beside its author."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


class Gesture(IntFlag):
    """What one account did to one post; the first four bits are stored, the others say what they may meet there."""

    FAVOURITE = 1
    BOOST = 2
    BOOKMARK = 4
    PIN = 8
    MUTE = 16
    """They want to hear no more of its thread."""
    QUOTE = 32
    """They may quote it."""


class QuoteState(StrEnum):
    """Whether a quoted post shows, and why not (https://docs.joinmastodon.org/entities/Quote/#state)."""

    ACCEPTED = "accepted"
    REVOKED = "revoked"
    DELETED = "deleted"
    UNAUTHORIZED = "unauthorized"
    BLOCKED = "blocked_account"
    MUTED = "muted_account"


class PollDraft(msgspec.Struct, frozen=True):
    """A poll to open."""

    options: tuple[str, ...]
    lasts: timedelta
    multiple: bool = False
    hides_totals: bool = False
    tallies: tuple[int, ...] | None = None
    """Only for imports, of a poll that is over: votes of each answer."""
    voters_count: int = 0


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to publish; what is `None` takes the author's or the thread's default."""

    text: str = ""
    kind: Kind | None = None
    audience: Audience | None = None
    warning: str = ""
    sensitive: bool | None = None
    language: str | None = None
    shows_family: bool | None = None
    parent_id: int | None = None
    quoted_id: int | None = None
    quote_policy: QuotePolicy | None = None
    closed: bool = False
    automated: bool = False
    """Whether no hand sends it; what is so is marked wherever it shows."""
    whole: str = ""
    """Of a part of a thread: all of the thread, which is judged as one."""
    media_ids: tuple[int, ...] = ()
    poll: PollDraft | None = None
    app_id: int | None = None
    room_id: int | None = None
    """The room that it is for; a text that names one says so too."""
    hours: int | None = None
    """How long it lasts, in a room whose words end; `None`: as long as the room says."""
    at: datetime | None = None
    edited_at: datetime | None = None
    """Only for imports, as `at`: when it was last changed, and written."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An edit; `None` leaves as it is. It changes neither who may read nor what is quoted."""

    text: str | None = None
    warning: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    kind: Kind | None = None
    shows_family: bool | None = None
    quote_policy: QuotePolicy | None = None
    closed: bool | None = None
    media_ids: tuple[int, ...] | None = None
    media_words: tuple[MediaWords, ...] = ()
    poll: PollDraft | None = None


class Poll(msgspec.Struct, frozen=True):
    """A poll as one viewer may see it; `tallies` are `None` while totals are hidden."""

    id: int
    post_id: int
    options: tuple[str, ...]
    tallies: tuple[int, ...] | None
    voters_count: int
    multiple: bool
    expires_at: datetime | None
    expired: bool
    own_votes: tuple[int, ...] | None
    """What the viewer chose, empty when nothing, `None` for a visitor."""
    own: bool = False
    votes_count: int = 0
    """How many votes were given in all, never hidden."""


class Place(msgspec.Struct, frozen=True):
    """The room that a post is said in, and what is done with it there. Field order: `store.POST`."""

    id: int
    handle: str
    name: str
    sort: str
    scores: bool
    boosts: bool
    searchable: bool
    hours: int | None = None
    """How long what is said there lasts by default, where it ends."""


class Mention(msgspec.Struct, frozen=True):
    """Somebody named in a post."""

    id: int
    handle: str


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post with all that is the same for everybody who may read it."""

    id: int
    account_id: int
    handle: str
    kind: Kind
    audience: Audience
    text: str
    warning: str
    sensitive: bool
    language: str | None
    family: Family | None
    """The role family it is said from; `None` when hidden."""
    verified: bool = False
    """Whether that family was proven; never where it is hidden."""
    parent_id: int | None
    parent_account_id: int | None
    conversation_id: int
    boost_of_id: int | None
    has_poll: bool
    has_media: bool
    has_quote: bool
    quote_policy: QuotePolicy
    closed: bool
    automated: bool
    """Whether the house sent it by itself in the name of its author."""
    replies_count: int
    boosts_count: int
    favourites_count: int
    quotes_count: int
    version: int
    created_at: datetime
    edited_at: datetime | None
    expires_at: datetime | None
    """When nobody may read it any more."""
    held: bool
    """Whether it waits for a host; then it is between its author and nobody."""
    application: tuple[str, str | None] | None
    mentions: tuple[Mention, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    """(key, name as written)"""
    media: tuple[Media, ...] = ()
    room: Place | None = None

    @property
    def room_id(self) -> int | None:
        """The room that it is said in."""
        return self.room.id if self.room else None

    @property
    def supported(self) -> bool:
        """Whether it takes words of support in the place of favourites: where a room counts nothing."""
        return self.room is not None and not self.room.scores

    @property
    def scores(self) -> bool:
        """Whether favourites and boosts are counted before others: not of a doubt, nor where a room counts nothing."""
        return self.kind is not Kind.DOUBT and (self.room is None or self.room.scores)


class Glimpse(NamedTuple):
    """Which version of a post and of its author to show."""

    id: int
    version: int
    account_id: int
    account_version: int
    has_poll: bool
    has_media: bool
    has_quote: bool


class Seen(NamedTuple):
    """A post that a viewer may see, their own gestures, and the boosted post inside."""

    cursor: int
    post: Glimpse
    original: Glimpse | None
    gestures: int

    @property
    def subject(self) -> Glimpse:
        """The post that says something: the boosted one, or itself."""
        return self.original or self.post


class Quote(NamedTuple):
    """What a post quotes, to one viewer: `seen` is the quoted post while they may see it there, `state` says why not."""

    state: QuoteState
    seen: Seen | None


def checked(draft: Draft, link_weight: int) -> Draft:
    """Return a draft with clean text; raises BadInput when it says nothing or too much, each link counting for `link_weight`."""
    text, warning = clean(draft.text), clean(draft.warning)
    if not text and not draft.media_ids and draft.poll is None:
        raise BadInput("Écrivez quelque chose, ou joignez une image ou un sondage.")
    check_length(text, warning, link_weight)
    if len(draft.media_ids) > MOST_MEDIA:
        raise BadInput("Au plus {most} images ou vidéos par message.", most=MOST_MEDIA)
    check_language(draft.language)
    return msgspec.structs.replace(draft, text=text, warning=warning, sensitive=bool(draft.sensitive))


def check_length(text: str, warning: str, link_weight: int) -> None:
    """Raise BadInput when text and warning are too long together, or too heavy: one link, one family may be endless."""
    weight = len(text) + len(warning)
    size = weight // HEAVIEST
    densest = max(1, -(-link_weight // SHORTEST_LINK))  # graphemes that a code point counts for at most, on average
    if weight > MOST_CHARACTERS // densest and size <= MOST_CHARACTERS:
        size = length(text, link_weight) + length(warning, link_weight)
    if size > MOST_CHARACTERS:
        raise BadInput("Message trop long : {size} caractères pour {most} au plus.", size=size, most=MOST_CHARACTERS)


def check_language(language: str | None) -> None:
    """Raise BadInput for what cannot be a language tag (BCP 47, shortened to what apps send)."""
    if language and not (len(language) <= 16 and language.replace("-", "").isalnum() and language.isascii()):  # noqa: PLR2004
        raise BadInput("Langue inconnue : attendu un code comme « fr » ou « en ».")


def kind_of(asked: Kind | None, *about: Kind | None) -> Kind:
    """Return the kind of a new post `about` others (answered, quoted); raises BadInput for what doubts do not take."""
    if Kind.DOUBT not in about:
        return asked or Kind.OPINION
    if asked not in (None, *TO_A_DOUBT):
        raise BadInput("À un doute, on répond par une expérience, une question ou une source.")
    return asked or TO_A_DOUBT[0]


def audience_of(asked: Audience | None, default: Audience, parent: Audience | None, quoted: Audience | None) -> Audience:
    """Return the audience of a new post: what was asked, else the author's default, never wider than what it answers.

    What quotes a post for followers is for followers, whatever was asked. What is said in a room has no other audience.
    """
    order = list(Audience)[:-1]
    wanted = asked or (max(default, parent, key=order.index) if parent else default)
    return max(wanted, quoted, key=order.index) if quoted is Audience.FOLLOWERS else wanted


def quote_policy_of(asked: QuotePolicy | None, default: str, audience: Audience) -> QuotePolicy:
    """Return who may quote a new post: what was asked, else the author's default; nobody what is not open to all."""
    return (asked or QuotePolicy(default)) if audience in OPEN else QuotePolicy.NOBODY
