"""Loading the script into an empty house, through the same calls as living people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from salledepause.demo import company, desks, doors, places, script, shield
from salledepause.demo.script import BadScript, Person, Post
from salledepause.features import accounts, graph, posts, sources, victories, waves
from salledepause.features.posts import Draft, PollDraft
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.main import site_of

PASSWORD = "une nuit en salle de pause"  # noqa: S105 - printed for visitors of a demonstration
"""Of the two demonstration accounts only; nobody else in the community can be signed in to."""
OPENED = ("ide_de_nuit", "dir_de_garde")


def sign_ins() -> list[tuple[str, str]]:
    """Return (handle, password) of the accounts that a visitor may open."""
    return [(handle, PASSWORD) for handle in OPENED]


async def load(settings: Settings) -> int:
    """Fill an empty house; return how many posts were written, 0 when somebody already lives there."""
    site = site_of(settings)
    site.db.wiring = msgspec.structs.replace(site.db.wiring, aloud=frozenset())  # nobody listens yet
    async with site.db, site.db.transaction() as tx:
        if await accounts.anybody(tx):
            return 0
        cast, said = script.people(), script.scenes()
        today = clock.now()
        await sources.write_register(tx, script.register())
        ids = await _people(tx, cast, today)
        await _follows(tx, cast, ids)
        written = await _say(tx, said, ids, today)
        await _applaud(tx, settings.secret, [one for one in said if one.claps], (ids, written), today)
        await desks.keep(tx, ids)
        already = len(said) + await places.open_all(site, tx, {person.handle: person for person in cast}, ids)
        already += await doors.open_all(tx, ids)
        already += await shield.keep(tx, ids)
        return already + await company.keep(tx, ids)


async def _people(tx: Tx, cast: Sequence[Person], today: datetime) -> dict[str, int]:
    ids = {}
    for person in cast:
        password = PASSWORD if person.handle in OPENED else None
        joined = today - timedelta(days=person.joined)
        account_id = await accounts.create(tx, person.handle, password, family=person.family, mode=person.mode, at=joined)
        change = accounts.ProfileChange(name=person.name, note=person.note, fields=person.fields)
        await accounts.update_profile(tx, account_id, change)
        ids[person.handle] = account_id
    return ids


async def _follows(tx: Tx, cast: Sequence[Person], ids: dict[str, int]) -> None:
    for person in cast:
        await graph.follow_many(tx, ids[person.handle], [ids[handle] for handle in person.follows])


async def _say(tx: Tx, said: Sequence[Post], ids: dict[str, int], today: datetime) -> dict[str, int]:
    made: dict[str, int] = {}
    for post in sorted(said, key=lambda one: one.instant(today)):
        if post.to and post.to not in made:
            message = f"« {post.text[:40]} » répond à {post.to}, qui ne vient qu'après ou n'existe pas"
            raise BadScript(message)
        post_id = await posts.publish(tx, ids[post.by], _draft(post, made, today))
        if post.thanks:
            said_so = (await posts.load(tx, [post_id]))[post_id]
            await victories.thank(tx, said_so, post.thanks, fresh=True)
        await _answer(tx, post, post_id, ids, today)
        if post.key:
            made[post.key] = post_id
    return made


async def _applaud(
    tx: Tx, secret: str, won: Sequence[Post], known: tuple[dict[str, int], dict[str, int]], today: datetime
) -> None:
    """Have victories congratulated, soon after they were written or just now; `known` are people by handle and posts by key."""
    people, said = known
    for post in won:
        claps = [waves.given(said[post.key], people[one.by], (one.sign, one.word, one.anonymous), ()) for one in post.claps]
        await waves.write(tx, secret, claps, today if post.running else post.instant(today) + timedelta(minutes=20))


def _draft(post: Post, made: dict[str, int], today: datetime) -> Draft:
    asked = post.poll
    poll = PollDraft(tuple(asked.options), timedelta(hours=asked.hours), asked.multiple) if asked else None
    return Draft(
        text=post.text,
        kind=post.kind,
        audience=post.audience,
        warning=post.warning,
        shows_family=not post.hide_family,
        parent_id=made[post.to] if post.to else None,
        poll=poll,
        at=post.instant(today),
    )


async def _answer(tx: Tx, post: Post, post_id: int, ids: dict[str, int], today: datetime) -> None:
    """Make the gestures of others: favourites, boosts a little later (told to those who can be signed in to), votes."""
    fans, boosters = ([ids[handle] for handle in dict.fromkeys(made)] for made in (post.liked, post.boosted))
    told = post.by in OPENED
    if fans:
        await posts.favour_in_names(tx, post_id, fans, told=told)
    if boosters:
        await posts.boost_in_names(tx, post_id, boosters, post.instant(today) + timedelta(minutes=7), told=told)
    if post.poll:
        polls = await posts.polls.of(tx, [post_id], ids[post.by])
        for handle, choices in post.poll.votes.items():
            await posts.polls.vote(tx, ids[handle], polls[post_id].id, choices, at=post.instant(today))
