"""What others make of a collection: follow its people, some or all; keep them as a list; carry it as a table, bring one in.

The table is Mastodon's of lists (CSV: the name, then `name@domain`), its third column ours: the reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection as Some
from itertools import islice
from typing import NamedTuple

from salledepause.features import accounts
from salledepause.features.graph import actions, collections, lists, readings
from salledepause.features.graph.model import Collected, People
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing

HEADER = ("List name", "Account address", "Reason")
MOST_LINES = 200
LONGEST_TABLE = 256 * 1024
"""Characters of a table brought in."""


class Taken(NamedTuple):
    """What became of each: how many were taken, how many could not be."""

    taken: int
    refused: int


async def follow_collected(tx: Tx, me: int, collection_id: int, account_ids: Some[int] | None = None) -> Taken:
    """Follow the people of a collection, those given or all; who is locked is asked. Raises Missing.

    Oneself, whom one follows, asked or blocks are passed over. Raises Forbidden where one may not act.
    """
    others = await _others(tx, me, collection_id, account_ids)
    wanted = [one for one in await readings.relationships(tx, me, others) if not (one.following or one.requested or one.blocking)]
    for one in wanted:
        await actions.follow(tx, me, one.id)
    return Taken(len(wanted), len(others) - len(wanted))


async def list_collected(tx: Tx, me: int, collection_id: int, account_ids: Some[int] | None = None) -> People:
    """Make a list of one's own of those of a collection whom one follows, under its name. Raises Missing, BadInput."""
    found = await collections.collection(tx, collection_id, me)
    others = await _others(tx, me, collection_id, account_ids)
    followed = [one.id for one in await readings.relationships(tx, me, others) if one.following]
    if not followed:
        raise BadInput("Une liste se fait de personnes que l'on suit : suivez-en une d'abord.")
    made = await lists.create_list(tx, me, found.name)
    await lists.add_members(tx, me, made.id, followed)
    return made


async def _others(tx: Tx, me: int, collection_id: int, account_ids: Some[int] | None) -> list[int]:
    """Return who is in a collection as one may see it, oneself apart, those given or all; raises Missing."""
    held = await _held(tx, collection_id, me)
    return [one.account_id for one in held if one.account_id != me and (account_ids is None or one.account_id in account_ids)]


async def _held(tx: Tx, collection_id: int, viewer: int | None) -> list[Collected]:
    found = await collections.collection(tx, collection_id, viewer)
    return (await collections.collected(tx, [found.id], viewer)).get(found.id, [])


async def table_of(tx: Tx, collection_id: int, viewer: int | None) -> bytes:
    """Return a collection as a table, of those whom the viewer may see. Raises Missing."""
    found = await collections.collection(tx, collection_id, viewer)
    held = await _held(tx, collection_id, viewer)
    people = await accounts.load(tx, [one.account_id for one in held])
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(HEADER)
    lines.writerows(
        (found.name, f"{people[one.account_id].handle}@{tx.domain}", " ".join(one.reason.split()))
        for one in held
        if one.account_id in people
    )
    return written.getvalue().encode()


async def bring_collected(tx: Tx, me: int, collection_id: int, table: str) -> Taken:
    """Put the people of a table in one's own collection; tell how many could not be. Raises Missing, BadInput."""
    if len(table) > LONGEST_TABLE or "\0" in table:
        raise BadInput("Ce fichier n'est pas une table CSV : attendu du texte en UTF-8, une ligne par entrée.")
    await collections.own_collection(tx, me, collection_id)
    taken = refused = 0
    for address, reason in _lines(table):
        try:
            who = await accounts.by_handle(tx, address, tx.domain)
            await collections.collect(tx, me, collection_id, who.id, reason)
            taken += 1
        except (Missing, Forbidden):
            refused += 1
    if not taken and not refused:
        raise BadInput("Il n'y a personne dans ce fichier.")
    return Taken(taken, refused)


def _lines(table: str) -> list[tuple[str, str | None]]:
    """Return the addresses of a table and their reasons, `None` where it has none; with or without a first line of titles."""
    try:
        rows = [row for row in islice(csv.reader(io.StringIO(table.removeprefix("\ufeff"))), MOST_LINES) if any(row)]
    except csv.Error as error:
        raise BadInput("Ce fichier n'est pas une table CSV : attendu du texte en UTF-8, une ligne par entrée.") from error
    titles = rows[0] if rows and HEADER[1] in rows[0] else None
    where = titles.index(HEADER[1]) if titles else 1
    why = titles.index(HEADER[2]) if titles and HEADER[2] in titles else None if titles else 2
    found = []
    for row in rows[1:] if titles else rows:
        address = row[0] if len(row) == 1 else row[where] if where < len(row) else ""
        reason = row[why] if why is not None and why < len(row) else None
        found.append((address.strip(), reason))
    return [(address, reason) for address, reason in found if address]
