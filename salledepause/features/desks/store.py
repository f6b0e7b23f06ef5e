"""SQL of desks and cards: who owns them, what they say and said, when members are there, when they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from salledepause.features.desks.model import Card, Desk, Member, Version, Whole, Wording
from salledepause.kernel.db import Tx

DESK = ", ".join(f"d.{name}" for name in Desk.__struct_fields__)
CARD = ", ".join(f"c.{name}" for name in Card.__struct_fields__)
VERSION = ", ".join(f"v.{name}" for name in Version.__struct_fields__)
WRITTEN = "remark, answer, nuance, sources, as_of, expires_on"
"""What a version of a card keeps."""


async def insert(tx: Tx, name: str, purpose: str, account_id: int) -> int:
    """Open a desk that somebody owns."""
    desk_id = int(await tx.value("INSERT INTO desks (name, purpose) VALUES (%s, %s) RETURNING id", [name, purpose]))
    await tx.send("INSERT INTO desk_members (desk_id, account_id, joined) VALUES (%s, %s, true)", [desk_id, account_id])
    return desk_id


async def change(tx: Tx, desk: Desk) -> None:
    """Write what a desk is; its version is left as it is."""
    query = "UPDATE desks SET name = %s, purpose = %s, asked = %s, answers = %s, pace = %s WHERE id = %s"
    await tx.send(query, [desk.name, desk.purpose, desk.asked, desk.answers, desk.pace, desk.id])


async def erase(tx: Tx, desk_id: int) -> None:
    """Forget a desk and all that it holds."""
    await tx.send("DELETE FROM desks WHERE id = %s", [desk_id])


async def one(tx: Tx, desk_id: int, *, held: bool = False) -> Desk | None:
    """Return a desk, held until the commit or not."""
    return await tx.one(Desk, f"SELECT {DESK} FROM desks d WHERE d.id = %s{' FOR UPDATE' if held else ''}", [desk_id])


async def of_account(tx: Tx, account_id: int) -> list[tuple[Desk, bool]]:
    """Return the desks that somebody owns (true), or is invited to, in the order of their opening."""
    query = f"""SELECT m.joined, {DESK} FROM desks d JOIN desk_members m ON m.desk_id = d.id
        WHERE m.account_id = %s ORDER BY d.id"""
    return [(Desk(*row[1:]), row[0]) for row in await tx.rows(query, [account_id])]


async def open_to_all(tx: Tx, most: int) -> list[Desk]:
    """Return the desks that anybody may ask, in the order of their names."""
    return await tx.all(Desk, f"SELECT {DESK} FROM desks d WHERE d.asked ORDER BY d.name, d.id LIMIT %s", [most])


async def every(tx: Tx) -> list[Desk]:
    """Return all desks, in the order of their opening."""
    return await tx.all(Desk, f"SELECT {DESK} FROM desks d ORDER BY d.id")


async def learned_anew(tx: Tx, desk_id: int) -> None:
    """Note that what a desk has learned is to be learned again."""
    await tx.send("UPDATE desks SET version = version + 1 WHERE id = %s", [desk_id])


async def members(tx: Tx, desk_id: int) -> list[Member]:
    """Return who owns a desk or is invited to."""
    query = "SELECT desk_id, account_id, joined, takes_in FROM desk_members WHERE desk_id = %s ORDER BY joined DESC, account_id"
    return await tx.all(Member, query, [desk_id])


async def invite(tx: Tx, desk_id: int, account_id: int) -> None:
    """Invite somebody."""
    query = "INSERT INTO desk_members (desk_id, account_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.send(query, [desk_id, account_id])


async def join(tx: Tx, desk_id: int, account_id: int) -> None:
    """Have who was invited own the desk too."""
    await tx.send("UPDATE desk_members SET joined = true WHERE desk_id = %s AND account_id = %s", [desk_id, account_id])


async def part(tx: Tx, desk_id: int, account_id: int) -> None:
    """Have somebody own a desk no more; their cards go to another owner, and are answered by themselves no more."""
    await tx.send(
        """UPDATE desk_cards SET automatic = false, owner_id = (SELECT min(m.account_id) FROM desk_members m
            WHERE m.desk_id = %(desk)s AND m.joined AND m.account_id <> %(who)s)
        WHERE desk_id = %(desk)s AND owner_id = %(who)s""",
        {"desk": desk_id, "who": account_id},
    )
    await tx.send("DELETE FROM desk_members WHERE desk_id = %s AND account_id = %s", [desk_id, account_id])


async def take_in(tx: Tx, desk_id: int, account_id: int, *, wanted: bool) -> None:
    """Note whether what is said to somebody goes to the desk."""
    query = "UPDATE desk_members SET takes_in = %s WHERE desk_id = %s AND account_id = %s"
    await tx.send(query, [wanted, desk_id, account_id])


async def set_hours(tx: Tx, desk_id: int, account_id: int, weekday: int, hours: Sequence[int]) -> None:
    """Write the hours that a member takes on a day of the week."""
    await tx.send(
        "DELETE FROM desk_weeks WHERE desk_id = %s AND account_id = %s AND weekday = %s", [desk_id, account_id, weekday]
    )
    query = "INSERT INTO desk_weeks (desk_id, account_id, weekday, hour) SELECT %s, %s, %s, unnest(%s::smallint[])"
    await tx.send(query, [desk_id, account_id, weekday, list(hours)])


async def hours(tx: Tx, desk_id: int) -> list[tuple[int, int, int]]:
    """Return (account id, weekday, hour) of the week of a desk, in order."""
    query = "SELECT account_id, weekday, hour FROM desk_weeks WHERE desk_id = %s ORDER BY weekday, hour, account_id"
    return [(row[0], row[1], row[2]) for row in await tx.rows(query, [desk_id])]


async def rung(tx: Tx, account_ids: Sequence[int], since: datetime) -> dict[int, list[datetime]]:
    """Return when some were told that remarks wait, since an instant."""
    found: dict[int, list[datetime]] = {one: [] for one in account_ids}
    query = "SELECT account_id, at FROM desk_rings WHERE account_id = ANY(%s) AND at > %s"
    for account_id, at in await tx.rows(query, [list(account_ids), since]):
        found[account_id].append(at)
    return found


async def ring(tx: Tx, account_ids: Sequence[int], at: datetime) -> None:
    """Note that some are told."""
    await tx.send("INSERT INTO desk_rings (account_id, at) SELECT unnest(%s::bigint[]), %s", [list(account_ids), at])


async def add_card(tx: Tx, desk_id: int, owner_id: int | None, written: Whole, at: datetime) -> int:
    """Write a new card, and its first version."""
    columns = f"{WRITTEN}, minutes, automatic, public"
    names = ", ".join(f"%({name.strip()})s" for name in columns.split(","))
    query = f"INSERT INTO desk_cards (desk_id, owner_id, {columns}) VALUES (%(desk)s, %(owner)s, {names}) RETURNING id"
    card_id = int(await tx.value(query, _values(written) | {"desk": desk_id, "owner": owner_id}))
    await _keep_version(tx, card_id, owner_id, at)
    return card_id


async def change_card(tx: Tx, card_id: int, written: Whole, owner_id: int | None) -> None:
    """Write what a card is, and whose; its version is left as it is."""
    sets = ", ".join(f"{name} = %({name})s" for name in _values(written))
    query = f"UPDATE desk_cards SET {sets}, owner_id = %(owner)s, lapse_told = false WHERE id = %(card)s"
    await tx.send(query, _values(written) | {"card": card_id, "owner": owner_id})


async def next_version(tx: Tx, card_id: int, by_id: int, at: datetime) -> None:
    """Keep what a card says now as its next version."""
    await tx.send("UPDATE desk_cards SET version = version + 1 WHERE id = %s", [card_id])
    await _keep_version(tx, card_id, by_id, at)


async def _keep_version(tx: Tx, card_id: int, by_id: int | None, at: datetime) -> None:
    query = f"""INSERT INTO desk_card_versions (card_id, version, at, by_id, {WRITTEN})
        SELECT id, version, %s, %s, {WRITTEN} FROM desk_cards WHERE id = %s"""
    await tx.send(query, [at, by_id, card_id])


def _values(written: Whole) -> dict[str, Any]:
    return {name: getattr(written, name) for name in Whole.__struct_fields__}


async def erase_card(tx: Tx, card_id: int) -> None:
    """Forget a card, its versions, its wordings and how often it was said."""
    await tx.send("DELETE FROM desk_cards WHERE id = %s", [card_id])


async def card(tx: Tx, card_id: int, *, held: bool = False) -> Card | None:
    """Return a card, held until the commit or not."""
    return await tx.one(Card, f"SELECT {CARD} FROM desk_cards c WHERE c.id = %s{' FOR UPDATE' if held else ''}", [card_id])


async def cards(tx: Tx, desk_id: int) -> list[Card]:
    """Return the cards of a desk, those said most often first."""
    return await tx.all(Card, f"SELECT {CARD} FROM desk_cards c WHERE c.desk_id = %s ORDER BY c.said DESC, c.id", [desk_id])


async def cards_of(tx: Tx, owner_id: int) -> list[Card]:
    """Return the cards of somebody, the oldest first."""
    return await tx.all(Card, f"SELECT {CARD} FROM desk_cards c WHERE c.owner_id = %s ORDER BY c.id", [owner_id])


async def versions(tx: Tx, card_id: int) -> list[Version]:
    """Return what a card said, the latest first."""
    query = f"SELECT {VERSION} FROM desk_card_versions v WHERE v.card_id = %s ORDER BY v.version DESC"
    return await tx.all(Version, query, [card_id])


async def lapsed(tx: Tx, today: date) -> list[tuple[int, int]]:
    """Return (card id, owner id) of cards past their date whose owner was not told, and note that they are."""
    query = """UPDATE desk_cards SET lapse_told = true WHERE expires_on < %s AND NOT lapse_told AND owner_id IS NOT NULL
        RETURNING id, owner_id"""
    return [(row[0], row[1]) for row in await tx.rows(query, [today])]


async def word(tx: Tx, card_id: int, texts: Sequence[tuple[bytes, str]], *, fits: bool, remark_id: int | None = None) -> None:
    """Note that texts, (key, text) pairs, are the remark of a card or are not; what was said of one before is said anew."""
    if texts:
        query = """INSERT INTO desk_wordings (card_id, key, text, fits, remark_id)
            SELECT %(card)s, w.key, w.text, %(fits)s, %(remark)s
            FROM unnest(%(keys)s::bytea[], %(texts)s::text[]) AS w (key, text)
            ON CONFLICT (card_id, key) DO UPDATE SET fits = excluded.fits WHERE desk_wordings.fits <> excluded.fits"""
        unique = dict(texts)
        values = {"card": card_id, "fits": fits, "remark": remark_id, "keys": list(unique), "texts": list(unique.values())}
        await tx.send(query, values)


async def unword(tx: Tx, card_id: int, key: bytes) -> None:
    """Forget a wording of a card."""
    await tx.send("DELETE FROM desk_wordings WHERE card_id = %s AND key = %s", [card_id, key])


async def wordings(tx: Tx, card_id: int, most: int) -> list[Wording]:
    """Return the latest wordings of a card."""
    query = "SELECT id, card_id, text, fits FROM desk_wordings WHERE card_id = %s ORDER BY id DESC LIMIT %s"
    return await tx.all(Wording, query, [card_id, most])


async def taught(tx: Tx, desk_id: int, of_each: int) -> list[Wording]:
    """Return what a desk learns from: the latest wordings of each card, those that fit and those that do not apart."""
    query = """SELECT id, card_id, text, fits FROM (SELECT w.*, row_number() OVER (
            PARTITION BY w.card_id, w.fits ORDER BY w.id DESC) AS place
            FROM desk_wordings w JOIN desk_cards c ON c.id = w.card_id WHERE c.desk_id = %s) AS latest
        WHERE place <= %s ORDER BY card_id, id"""
    return await tx.all(Wording, query, [desk_id, of_each])


async def known(tx: Tx, desk_id: int, keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return which card of a desk each of some wordings is known to be the remark of."""
    query = """SELECT w.key, min(w.card_id) FROM desk_wordings w JOIN desk_cards c ON c.id = w.card_id
        WHERE c.desk_id = %s AND w.fits AND w.key = ANY(%s) GROUP BY w.key"""
    return {bytes(row[0]): row[1] for row in await tx.rows(query, [desk_id, list(keys)])}


async def import_sayings(tx: Tx, lines: Sequence[tuple[bytes, int, datetime]]) -> set[bytes]:
    """Note that cards were said elsewhere, (key, card id, instant); count the new ones, and return their keys."""
    query = """WITH fresh AS (INSERT INTO desk_sayings (key, card_id, said_at)
            SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::timestamptz[])
            ON CONFLICT (key) DO NOTHING RETURNING key, card_id),
        counted AS (UPDATE desk_cards c SET said = c.said + f.n
            FROM (SELECT card_id, count(*) AS n FROM fresh GROUP BY card_id) AS f WHERE c.id = f.card_id)
        SELECT key FROM fresh"""
    keys, cards_, times = ([line[place] for line in lines] for place in range(3))
    return {bytes(one) for one in await tx.values(query, [keys, cards_, times])}


async def forget_abandoned(tx: Tx) -> None:
    """Forget desks that nobody owns any more."""
    query = "DELETE FROM desks d WHERE NOT EXISTS (SELECT FROM desk_members m WHERE m.desk_id = d.id AND m.joined)"
    await tx.send(query)
