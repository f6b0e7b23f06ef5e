"""Where a post goes: to its author's audience, or into a room by that room's rules. Nothing else decides of it.

What is meant for a room that one may not speak in is refused, never published elsewhere; what is said in a room stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from salledepause.features import accounts, rooms
from salledepause.features.accounts import Account
from salledepause.features.posts import placing_store
from salledepause.features.posts.model import Audience, Draft, Place, PollDraft, Post, QuotePolicy, audience_of, quote_policy_of
from salledepause.features.posts.store import Bare
from salledepause.features.rooms import Room
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, TooMany
from salledepause.kernel.text import Found, scan

NO_MEDIA = "Dans la pièce « {name} », on n'envoie ni image ni vidéo. Rien n'a été publié."
PACED = "Ici, on laisse {seconds} secondes entre deux de ses messages. Rien n'a été publié : réessayez un peu plus tard."
BRAKED = (
    "Cette pièce est ralentie pour l'instant : chacun y laisse {seconds} secondes entre deux messages, le temps que ça retombe."
    " Rien n'a été publié : gardez le vôtre, il pourra partir bientôt."
)
NO_MORE = "Dans la pièce « {name} », tout s'efface : ni image, ni vidéo, ni sondage. Rien n'a été publié."
NOT_LATER = "Dans la pièce « {name} », tout s'efface : rien ne s'y programme. Rien n'a été publié."
NO_HOURS = "Seul ce qui se dit dans une pièce où tout s'efface a une durée à choisir. Rien n'a été publié."
NOT_ASIDE = "Une réponse reste dans sa pièce : pour une parole privée, écrivez un nouveau message. Rien n'a été publié."
QUOTED_HERE = "Ce qui se dit dans une pièce ne se cite que dans cette pièce, et seulement quand elle le permet."
QUOTED_THERE = "Dans une pièce, on ne cite que ce qui s'y est dit."

Named = tuple[dict[int, str], Room | None]


async def addressed(tx: Tx, author_id: int, what: tuple[Draft, Bare | None], found: Found) -> Named:
    """Return whom a post names and the room that it goes to, in one trip. Raises BadInput, Forbidden, TooMany.

    `what`: the draft and what it answers; `found`: what its words point at. What was said elsewhere on another day, and comes
    in an archive, named no room of here.
    """
    draft, parent = what
    fresh = draft.at is None
    named = await rooms.ask(tx, author_id, found.mentions) if fresh and found.mentions else None
    people = await accounts.reachable(tx, found.mentions, tx.domain, held=True) if found.mentions else {}
    room = await rooms.destination(tx, author_id, named, (draft.room_id, parent and parent.room_id, parent is not None))
    _check_hours(room, draft.hours)
    if room is None:
        if draft.audience is Audience.ROOM:
            raise BadInput("Dites dans quelle pièce vous parlez.")
        if fresh and parent is None and draft.audience is not Audience.DIRECT and draft.text.startswith("@"):
            rooms.check_leading(draft.text, scan(draft.text).mentions, {one.lower() for one in people.values()}, tx.domain)
        return people, None
    if parent and draft.audience is Audience.DIRECT:
        raise BadInput(NOT_ASIDE)
    check_holds(room, draft.media_ids, draft.poll)
    await _paced(tx, author_id, room)
    return people, room


def check_holds(room: Room, media_ids: Sequence[int] | None, poll: PollDraft | None) -> None:
    """Raise BadInput for media where a room takes none, and for anything but words where they end."""
    if room.rules.expires_hours and (media_ids or poll):
        raise BadInput(NO_MORE, name=room.name)
    if media_ids and not room.rules.media:
        raise BadInput(NO_MEDIA, name=room.name)


def check_now(room: Room | None) -> None:
    """Raise BadInput for what is planned for a room whose words end: it would wait in the open."""
    if room and room.rules.expires_hours:
        raise BadInput(NOT_LATER, name=room.name)


def _check_hours(room: Room | None, hours: int | None) -> None:
    if hours is None:
        return
    if room is None or not room.rules.expires_hours:
        raise BadInput(NO_HOURS)
    rooms.check_life(hours)


async def _paced(tx: Tx, author_id: int, room: Room) -> None:
    """Raise TooMany for somebody who spoke in a room a moment ago, where it leaves time between two posts."""
    seconds = room.pace
    if seconds:
        last = await placing_store.last_said(tx, author_id, room.id)
        left = last + timedelta(seconds=seconds) - clock.now() if last else timedelta(0)
        if left > timedelta(0):
            told = BRAKED if room.brake_seconds == seconds else PACED
            raise TooMany(told, seconds=seconds, retry_after=int(left.total_seconds()) + 1)


def audience(
    draft: Draft, author: Account, about: tuple[Bare | None, Bare | None], room: Room | None
) -> tuple[Audience, QuotePolicy]:
    """Return who may read a new post `about` what it answers and quotes, and who may quote it."""
    if room:
        return Audience.ROOM, QuotePolicy.PUBLIC if room.rules.quotes else QuotePolicy.NOBODY
    parent, quoted = about
    default = Audience(author.default_audience)
    found = audience_of(draft.audience, default, parent and parent.audience, quoted and quoted.audience)
    return found, quote_policy_of(draft.quote_policy, author.quote_policy, found)


def place(room: Room | None) -> Place | None:
    """Return what a post says of its room."""
    if room is None:
        return None
    rules = room.rules
    return Place(room.id, room.handle, room.name, room.sort, rules.scores, rules.boosts, rules.searchable, rules.expires_hours)


def quotable(post: Post) -> bool:
    """Tell whether its author may quote a post."""
    return post.audience is not Audience.DIRECT and (post.room is None or post.quote_policy is not QuotePolicy.NOBODY)


def check_quote(quoted: Bare, room: Room | None) -> None:
    """Raise Forbidden or BadInput for a quote from one place to another."""
    if quoted.room_id != (room.id if room else None):
        raise Forbidden(QUOTED_HERE) if quoted.room_id else BadInput(QUOTED_THERE)
    if room and not room.rules.quotes:
        raise Forbidden(QUOTED_HERE)
