"""What one can read: a team and the thanks that go to it, teams and people found as one types."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import accounts, posts, sources
from salledepause.features.accounts import Wanted
from salledepause.features.posts import Seen, Source
from salledepause.features.sources import FINESS
from salledepause.features.victories import store
from salledepause.features.victories.model import REGISTER, Recipient, Team, Way
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.page import Listed, Page

PEOPLE = 3
"""People among what is suggested, at most."""


async def known(tx: Tx, slug: str, *, make: bool = False) -> Team:
    """Return a team whether or not anybody may read of it, for hosts; `make` a site that nobody thanked yet. Raises Missing."""
    if not FINESS.fullmatch(slug):
        found = await store.by_id(tx, ids.parse(slug))
        if found is None:
            raise Missing
        return found
    site = await sources.hospital(tx, slug)
    if site is None:
        raise Missing
    asked = Recipient(Way.HOSPITAL, slug, site.name, site.town, slug)
    if make:
        await store.teams(tx, [asked])
    return await store.by_finess(tx, slug) or Team(None, asked, 0)


async def team(tx: Tx, slug: str) -> Team:
    """Return a team by the last part of its address: a site of the register, or one that anybody may read of. Raises Missing."""
    found = await known(tx, slug)
    if found.recipient.way is Way.TEAM and not found.thanks:
        raise Missing
    return found


async def posts_to(tx: Tx, team: Team, page: Page, viewer: int | None) -> Listed[Seen]:
    """Return one page of the thanks and victories that go to a team, as the viewer may read them, the newest first.

    What was said in a room is not among them: it is read in its room.
    """
    tx.passing = True  # who thanks a team is nobody's in particular: no mark stands for it
    where = f"t.team_id = %(team)s AND p.kind IN ({store.KINDS}) AND p.room_id IS NULL"
    source = Source("thanks t JOIN posts p ON p.id = t.post_id", "p.id", where)
    return await posts.listing(tx, source, page, viewer, team=team.id or 0)


async def lately(tx: Tx, limit: int) -> list[Recipient]:
    """Return the teams and sites that anybody may read of, whoever was thanked last first."""
    return await store.lately(tx, limit)


async def suggested(tx: Tx, words: str, limit: int, domain: str) -> list[Recipient]:
    """Return whom what one types may mean: teams by their words, sites of the register, people; `@…` means people alone."""
    words = words.strip()
    if words.startswith("@"):
        return await _people(tx, words, limit, domain)
    if not (question := sources.asked(words)):
        return []
    teams = await store.found(tx, question, limit)
    sites = [
        Recipient(Way.HOSPITAL, one.finess, one.name, one.town, one.finess) for one in await sources.hospitals(tx, words, limit)
    ]
    people = await _people(tx, words, PEOPLE, domain)
    return [*teams[: limit // 2], *sites, *people][:limit]


async def _people(tx: Tx, words: str, limit: int, domain: str) -> list[Recipient]:
    ids = await accounts.search(tx, Wanted(words, limit=limit), domain)
    found = await accounts.load(tx, ids)
    people = [found[one] for one in ids if one in found and not found[one].reads_only]
    return [Recipient(Way.ACCOUNT, one.handle, one.name or one.handle) for one in people]


async def typed(tx: Tx, words: Sequence[str], domain: str) -> list[Recipient]:
    """Return recipients as a form shows them: what is not here is left out."""
    shown = []
    for word in words:
        if word.startswith("@"):
            people = await accounts.reachable(tx, [word[1:]], domain)
            shown += [Recipient(Way.ACCOUNT, handle, handle) for handle in people.values()]
        elif word.startswith(REGISTER):
            site = await sources.hospital(tx, word.removeprefix(REGISTER))
            shown += [Recipient(Way.HOSPITAL, site.finess, site.name, site.town, site.finess)] if site else []
        else:
            shown += [Recipient(Way.TEAM, word, word)]
    return shown
