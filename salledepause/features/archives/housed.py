"""What an archive holds that no other house knows: shifts, desks, questions at doors, shield; each a file, where there is any.

It leaves and does not come back: shifts, desks and shields are of the house where they are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from salledepause.features import accounts, company, desks, doors, posts, shield
from salledepause.features.accounts import Account
from salledepause.kernel import clock, ids
from salledepause.kernel.site import Site


async def company_kept(site: Site, me: Account) -> dict[str, Any]:
    """Return the shifts that somebody took and the words that they asked for; nothing where there are none."""
    async with site.db.reading() as tx:
        hours, week = await company.hours_of(tx, me.id), await company.week_of(tx, me.id)
        calls = await company.calls_of(tx, me.id)
    found = {
        "hours": [{"starts": starts, "there": there} for starts, there in hours],
        "week": [{"weekday": weekday, "hour": hour} for weekday, hour in week],
        "calls": [
            {"post": site.post_url(me.handle, one.post_id), "asked_at": one.asked_at, "answered_at": one.answered_at}
            for one in calls
        ],
    }
    return found if any(found.values()) else {}


async def desks_kept(site: Site, me: Account) -> dict[str, Any]:
    """Return the cards that somebody answers for, what they asked desks, which they told to stop; nothing where there is none."""
    async with site.db.reading() as tx:
        cards, asked = await desks.own(tx, me.id)
        stopped = await desks.stopped(tx, me.id)
    inside = {"id", "desk_id", "owner_id"}
    found = {
        "cards": [{name: value for name, value in msgspec.structs.asdict(one).items() if name not in inside} for one in cards],
        "asked": [{"text": one.text, "at": one.at, "state": one.state} for one in asked],
        "stopped": [{"desk": one.name, "everywhere": one.everywhere, "conversations": len(one.conversations)} for one in stopped],
    }
    return found if any(found.values()) else {}


async def shield_kept(site: Site, me: Account) -> dict[str, Any]:
    """Return how somebody set their shield, whom they trust, their weeks and their evidence; nothing for who never wore it.

    Of what waits, its kind, target and hour: the words are of others, until they are put aside as evidence.
    """
    async with site.db.reading() as tx:
        mine, helper = await shield.shield(tx, me.id), await shield.trusted.of(tx, me.id)
        friends = await shield.duels.duels(tx, me.id)
        tied = [one.other_id for one in friends] + ([helper.helper_id] if helper else [])
        people = await accounts.load(tx, tied)
        waiting, weeks = await shield.sas(tx, me.id), await shield.trend(tx, me.id)
        found = {
            "words": await shield.words(tx, me.id),
            "helper": site.profile_url(people[helper.helper_id].handle) if helper and helper.helper_id in people else None,
            "duels": [
                {"with": site.profile_url(people[one.other_id].handle), "agreed": one.agreed}
                for one in friends
                if one.other_id in people
            ],
            "waiting": [{"kind": one.kind, "target": one.target, "at": one.held_at, "state": one.state} for one in waiting],
            "weeks": [one for one in weeks if one.number],
        }
        proofs = await shield.evidence.file(tx, site, me.id)
    if not (mine.worn or any(found.values()) or proofs.items):
        return {}
    return {"worn": mine.worn, "digest": mine.digest, "digest_at": mine.digest_at, **found, "evidence": proofs}


async def doors_kept(site: Site, me: Account) -> dict[str, Any]:
    """Return what somebody asked behind open doors, and where it is answered; the words of others stay theirs."""
    async with site.db.reading() as tx:
        asked = await doors.own(tx, me.id)
        seen = await posts.visible(tx, [one.entry_id for one in asked if one.entry_id], me.id)
        who = await accounts.load(tx, {one.post.account_id for one in seen})
    entries = {one.post.id: site.post_url(who[one.post.account_id].handle, one.post.id) for one in seen}
    found = [
        {
            "door": str(one.door_id),
            "topic": one.topic,
            "text": one.text,
            "asked_at": clock.iso(ids.made_at(one.id)),
            "answer": entries.get(one.entry_id or 0),
        }
        for one in asked
    ]
    return {"asked": found} if found else {}


GATHERED: dict[str, Callable[[Site, Account], Awaitable[dict[str, Any]]]] = {
    "company.json": company_kept,
    "guichets.json": desks_kept,
    "portes.json": doors_kept,
    "bouclier.json": shield_kept,
}
"""By the name of its file."""
